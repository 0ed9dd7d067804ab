# SPDX-License-Identifier: Apache-2.0
"""Random pairs of a rule set and a log, each from its own seed."""

import random
import re

import office_facts
from exact import DAY, Calendar, day_number, day_text, instant, instant_text
from yaml_subset import load

TITLE = "{zh: 名, en: Name}"
BASIS = "basis: Of the oracle., basis_kind: proposal"
HOUR = 3_600_000
EVENTS = """format: plumbline/events/v1
types:
  request:
    title: {zh: 请求, en: Request}
    steps:
      - {id: opened, title: {zh: 受理, en: Opened}}
      - {id: replied, title: {zh: 回复, en: Replied}}
      - {id: closed, title: {zh: 办结, en: Closed}, final: true}
    due: due
    fields:
      channel: {kind: enum, values: [web, phone, app], title: {zh: 渠道, en: Channel}}
      due: {kind: instant, title: {zh: 期限, en: Due}}
      fee: {kind: decimal, title: {zh: 费用, en: Fee}}
      items: {kind: count, required_in: [%s], title: {zh: 件数, en: Items}}
      note: {kind: string, title: {zh: 备注, en: Note}}
      number: {kind: integer, steps: [opened, closed], title: {zh: 数, en: Number}}
      urgent: {kind: bool, title: {zh: 急, en: Urgent}}
  visit:
    title: {zh: 走访, en: Visit}
    fields:
      channel: {kind: enum, values: [app, web], title: {zh: 渠道, en: Channel}}
      fee: {kind: decimal, title: {zh: 费用, en: Fee}}
      items: {kind: count, title: {zh: 件数, en: Items}}
      note: {kind: string, title: {zh: 备注, en: Note}}
      number: {kind: integer, title: {zh: 数, en: Number}}
      until: {kind: instant, title: {zh: 至, en: Until}}
      urgent: {kind: bool, title: {zh: 急, en: Urgent}}
"""
ZONES = {
    "America/New_York": [("2014-11-02T06:00:00Z", "-05:00"), ("2015-03-08T07:00:00Z", "-04:00"),
                         ("2015-11-01T06:00:00Z", "-05:00"), ("2016-03-13T07:00:00Z", "-04:00")],
    "America/Sao_Paulo": [("2014-02-16T02:00:00Z", "-03:00"), ("2015-10-18T03:00:00Z", "-02:00"),
                          ("2016-02-21T02:00:00Z", "-03:00")],
    "Asia/Shanghai": [("1991-09-14T15:00:00Z", "+08:00")],
    "Africa/Casablanca": [("2014-01-01T00:00:00Z", "+00:00"), ("2016-01-31T23:30:00Z", "+01:00"),
                          ("2016-02-28T23:00:00Z", "+00:00")],
}
PERIODS = ["month", "year", "month, year", "quarter", "month, quarter, year"]
NOTES = ["a", "b", "web", "上海", "Zoë", "😀"]


class Expressions:
    """Typed random expressions over one case type."""

    def __init__(self, rng, case_type):
        self.rng = rng
        self.steps = ["opened", "replied", "closed"] if case_type == "request" else []
        self.instants = ["due"] if self.steps else ["until"]

    def pick(self, *ways):
        return self.rng.choice(ways)()

    def boolean(self, depth):
        rng = self.rng
        if depth <= 0:
            return self.pick(lambda: "case.urgent", self.has,
                             lambda: "case.overdue" if self.steps else "case.urgent")
        lower = depth - 1
        sign = rng.choice(["<", "<=", ">", ">=", "==", "!="])
        equal = rng.choice(["==", "!="])
        return self.pick(
            lambda: f"({self.boolean(lower)} && {self.boolean(lower)})",
            lambda: f"({self.boolean(lower)} || {self.boolean(lower)})",
            lambda: f"!{self.boolean(0)}", lambda: f"!({self.boolean(lower)})",
            lambda: f"({self.number(lower)} {sign} {self.number(lower)})",
            lambda: f"({self.instant(lower)} {sign} {self.instant(0)})",
            lambda: f"({self.duration(lower)} {sign} {self.hours()})",
            lambda: f'(case.note {sign} "{rng.choice(NOTES)}")',
            lambda: f'(case.channel {equal} "web")', lambda: 'case.channel in ["app", "web"]',
            lambda: f"case.number in [1, -2, {rng.randint(3, 9)}]",
            lambda: f"({self.boolean(lower)} ? {self.boolean(lower)} : {self.boolean(lower)})",
            lambda: f'case.note.{rng.choice(["startsWith", "endsWith", "contains"])}("b")',
            lambda: self.boolean(0))

    def has(self):
        names = self.steps + self.instants + ["channel", "fee", "items", "note", "number"]
        return f"has(case.{self.rng.choice(names)})"

    def number(self, depth, kind=None):
        rng = self.rng
        kind = kind or rng.choice(["int", "dec"])
        if depth <= 0:
            if kind == "int":
                return rng.choice(["case.items", "case.number", "case.note.size()"])
            return "case.fee"
        left, right = self.number(depth - 1, kind), self.number(depth - 1)
        if kind == "int":
            right = self.number(depth - 1, kind)
        literal = rng.choice(["2", "7"] if kind == "int" else ["2", "0.3", "3.000001"])
        return self.pick(lambda: f"({left} {rng.choice('+-*')} {right})",
                         lambda: f"({left} / {right})", lambda: f"({left} / {literal})",
                         lambda: f"({literal} * {left})", lambda: f"-{self.number(0, kind)}",
                         lambda: f"({self.boolean(0)} ? {left} : {right})", lambda: left)

    def instant(self, depth):
        times = [f"case.{step}.time" for step in self.steps] or ["case.time"]
        if depth <= 0:
            return self.rng.choice(times + times + [f"case.{one}" for one in self.instants])
        inner = self.instant(depth - 1)
        return self.pick(lambda: f"({inner} {self.rng.choice('+-')} {self.duration(depth - 1)})",
                         lambda: f"workday_due({inner}, {self.rng.randint(1, 9)})",
                         lambda: f"workday_due({inner}, case.items)", lambda: inner,
                         lambda: 'timestamp("2015-03-01T00:00:00Z")')

    def hours(self):
        return f'duration("{self.rng.choice(["72h", "-1h30m", "36h15s500ms", "1ms"])}")'

    def duration(self, depth):
        if depth <= 0:
            return f"({self.instant(0)} - {self.instant(0)})"
        inner = self.duration(depth - 1)
        return self.pick(lambda: f"({inner} * case.items)", lambda: f"-{inner}",
                         lambda: f"({inner} + {self.hours()})", lambda: inner)


class RuleSet:
    """The files of a random pack."""

    def __init__(self, rng):
        self.rng = rng
        self.files = {"events.yaml": EVENTS % rng.choice(["closed", "opened", "closed, opened"])}
        zone = rng.choice(sorted(ZONES))
        self.calendar(zone)
        limits = "".join(f"{key}: {{limit: {rng.choice(['90s', '10m', '24h'])}, {BASIS}}}\n"
                         for key in ("late_after", "back_dated_after") if rng.random() < 0.4)
        self.files["pack.yaml"] = (
            f"format: plumbline/pack/v1\nid: small\nversion: \"1\"\ntitle: {TITLE}\n"
            f"time_zone: {zone}\nmax_future: {rng.choice(['90s', '24h', '30d', '366d'])}\n"
            f"{limits}levels:\n" +
            "".join(f"  - {{id: {level}, title: {TITLE}}}\n"
                    for level in ("network", "city", "outlet")))
        for name in ["alpha", "beta"][:rng.choice([1, 1, 2])]:
            self.files[f"standards/{name}.yaml"] = self.standard(name)

    def calendar(self, zone):
        rng = self.rng
        last = rng.choice(["2015-12-31", "2016-12-31", "2017-12-31"])
        days = rng.sample(range(day_number("2015-01-02"), day_number("2015-12-30")), 6)
        self.files["calendar.yaml"] = (
            f"format: plumbline/calendar/v1\ntime_zone: {zone}\n"
            f"covers: {{from: 2015-01-01, until: {last}}}\noffsets:\n" +
            "".join(f'  - {{from: {at}, offset: "{shift}"}}\n' for at, shift in ZONES[zone]) +
            "work_days:\n"
            f"  weekdays: [{rng.choice(['mon, tue, wed, thu, fri', 'sun, mon, sat'])}]\n"
            f"  holidays: [{', '.join(map(day_text, sorted(days[:3])))}]\n"
            f"  extra: [{', '.join(map(day_text, sorted(days[3:])))}]\n")

    def indicator(self, name, level):
        rng = self.rng
        case_type = rng.choice(["request", "request", "visit"])
        make = Expressions(rng, case_type)
        aggregate = rng.choice(["count", "share", "sum", "mean", "quantile", "distinct"])
        levels = [level] + [one for one in ("network", "city", "outlet")
                            if one != level and rng.random() < 0.4]
        lines = [f"title: {TITLE}", f"case: {case_type}", f"levels: [{', '.join(levels)}]",
                 f"aggregate: {aggregate}"]
        if rng.random() < 0.6:
            lines.append("by: [channel]")
        if rng.random() < 0.15:
            kinds = rng.sample(["agent", "rating_page", "inspector", "feed"], rng.randint(1, 3))
            lines.append(f"sources: [{', '.join(kinds)}]")
        if rng.random() < 0.7:
            lines.append(f"where: '{make.boolean(rng.randint(0, 3))}'")
        dated = make.instant(0) if rng.random() < 0.7 else make.instant(1)
        while "timestamp" in dated:
            dated = make.instant(1)
        lines.append(f"dated_by: '{dated}'")
        kind = "counted"
        if aggregate == "share":
            kind = "share"
            lines.append(f"numerator: '{make.boolean(rng.randint(0, 3))}'")
            if rng.random() < 0.4:
                lines.append(f"bound: {rng.choice(['lower', 'upper'])}")
        elif aggregate == "distinct":
            lines.append("value: case.note")
        elif aggregate != "count":
            kind = rng.choice(["int", "dec", "duration"])
            value = make.duration(rng.randint(0, 2)) if kind == "duration" else \
                make.number(rng.randint(0, 2), kind)
            lines.append(f"value: '{value}'")
            if aggregate == "quantile":
                lines.append(f"quantile: {rng.choice(['0.5', '0.9', '1', '0.333333', '0.000001'])}")
        if kind == "duration":
            lines.append(f"unit: {{id: {rng.choice(['minute', 'hour', 'day'])}, "
                         f"decimals: {rng.randint(0, 6)}}}")
        elif kind in ("dec", "share") and rng.random() < 0.5:
            lines.append(f"unit: {{id: none, decimals: {rng.randint(0, 6)}}}")
        rolls = aggregate in ("count", "sum", "share", "mean") and rng.random() < 0.25
        if rng.random() < 0.5:
            least = 0 if aggregate in ("count", "sum", "distinct") and not rolls else 1
            lines.append(f"min_sample: {rng.randint(least, 3)}")
        if rolls:
            first, second = sorted(rng.sample([1, 2, 30, 90, 400], 2))
            lines += [[f"window: {{days: {first}}}"], [f"fallback: {{days: {second}}}"],
                      [f"window: {{days: {first}}}", f"fallback: {{days: {second}}}"]][
                          rng.randrange(3)]
        return f"  {name}:\n" + "".join(f"    {line}\n" for line in lines), kind

    def over(self, made, levels_of):
        """Indicators over those that were made, as (text, kind): a sum, and a ratio."""
        rng, out = self.rng, []
        adding = [i for i, (text, kind) in enumerate(made) if kind != "duration" and
                  "{days: " not in text and
                  ("aggregate: count" in text or "aggregate: sum" in text)]
        totals = [i for i, (text, kind) in enumerate(made)
                  if kind == "counted" and "{days: " not in text]
        if len(adding) > 1 and rng.random() < 0.7:
            parts = rng.sample(adding, rng.randint(2, len(adding)))
            whole = all(made[i][1] in ("counted", "int") for i in parts)
            counts = all(made[i][1] == "counted" for i in parts)
            out.append((f"sum: [{', '.join(f'i{i}' for i in parts)}]", parts,
                        "counted" if counts else "int" if whole else "dec"))
        if len(totals) > 1 and rng.random() < 0.7:
            parts = rng.sample(totals, 2)
            out.append((f"ratio: {{of: i{parts[0]}, over: i{parts[1]}}}", parts, "ratio"))
        lines = []
        for i, (form, parts, kind) in enumerate(out, len(made)):
            levels = [one for one in levels_of[parts[0]] if all(one in levels_of[j] for j in parts)]
            text = f"  i{i}:\n    title: {TITLE}\n    levels: [{', '.join(levels)}]\n" \
                   f"    {form}\n"
            if kind in ("dec", "ratio"):
                text += f"    unit: {{id: none, decimals: {rng.randint(0, 6)}}}\n"
            if rng.random() < 0.5:
                text += f"    min_sample: {rng.randint(1 if kind == 'ratio' else 0, 3)}\n"
            lines.append((text, "counted" if kind == "ratio" else kind))
        return lines

    def norm(self, zero, numbers):
        return [f"linear: {{zero: {zero}, full: norm}}", "norm:",
                f"  classes: {{lib: {numbers[0]}, uni: {numbers[1]}}}",
                f"  otherwise: {numbers[2]}", "  basis: Of the oracle.", "  basis_kind: proposal"]

    def measure(self, kind, of_outlets):
        """The lines of a criterion that turn a figure into points."""
        rng = self.rng
        bounds = ["0.1", "0.25", "0.5", "0.9"] if kind == "share" else ["1", "2", "5", "40"]
        if kind in ("int", "dec", "duration"):
            bounds = ["-3.5", "0", "2.25", "90"]
        low, high = sorted(rng.sample(range(4), 2))
        if of_outlets and rng.random() < 0.2:
            numbers = rng.sample(bounds[1:], 3)
            if rng.random() < 0.3:
                return self.norm(bounds[3], bounds[:3])
            return self.norm(bounds[0], numbers)
        if rng.random() < 0.5:
            ends = [bounds[low], bounds[high]]
            rng.shuffle(ends)
            lines = [f"linear: {{zero: {ends[0]}, full: {ends[1]}}}"]
            if rng.random() < 0.3:
                lines.append(f"met_at: {rng.choice(ends)}")
            return lines
        parts = rng.sample(["1", "0.75", "0.333333", "0.1", "0"], 3)
        parts.sort(reverse=rng.random() < 0.5)
        lines = ["bands:", f"  - {{up_to: {bounds[low]}, share: {parts[0]}}}",
                 f"  - {{up_to: {bounds[high]}, share: {parts[1]}}}", f"  - {{share: {parts[2]}}}"]
        if parts[0] != "1":
            lines.append(f"met_at: {bounds[low]}")
        return lines

    def conditions(self, blocks, part):
        """That part of the points of each block."""
        said = [f"{{block: {block}, at_least: {max(int(cents * part), 1) / 100}, {BASIS}}}"
                for block, cents in blocks.items()]
        return f"{said[0]}, " if len(said) == 1 else f"[{', '.join(said)}], "

    def standard(self, name):
        rng = self.rng
        level = rng.choice(["outlet", "outlet", "outlet", "city", "network"])
        made = [self.indicator(f"i{i}", level) for i in range(rng.randint(1, 6))]
        made += self.over(made, [re.search(r"levels: \[(.*)\]", text)[1].split(", ")
                                 for text, _ in made])
        order = rng.sample(range(len(made)), len(made))
        until = rng.choice(["", "", "until: 2015-12-31\n"])
        limit = rng.choice(["", f"max_weight_without_data: {rng.choice(['0', '25.5', '100'])}\n"])
        out = [f"format: plumbline/standard/v1\nid: {name}\ntitle: {TITLE}\nlevel: {level}\n"
               f"periods: [{rng.choice(PERIODS)}]\nfrom: 2015-01-01\n"
               f"{until}{limit}indicators:\n" + "".join(made[i][0] for i in order) + "blocks:\n"]
        count = rng.randint(1, 6)
        cuts = [0, *sorted(rng.sample(range(1, 10000), count - 1)), 10000]
        if rng.random() < 0.4:  # equal weights: parts of a redistribution tie
            cuts = [10000 * i // count for i in range(count + 1)]
        blocks = {}  # id: hundredths of points
        for i in range(count):
            if i == 0 or rng.random() < 0.4:
                blocks[f"b{i}"] = 0
                out.append(f"  - id: b{i}\n    title: {TITLE}\n    criteria:\n")
            which = rng.randrange(len(made))
            weight = cuts[i + 1] - cuts[i]
            blocks[list(blocks)[-1]] += weight
            out.append(f"      - id: c{i}\n        title: {TITLE}\n        indicator: i{which}\n"
                       f"        weight: {weight // 100}.{weight % 100:02}\n" +
                       "".join(f"        {line}\n"
                               for line in self.measure(made[which][1], level == "outlet")) +
                       "        basis: Of the oracle.\n        basis_kind: proposal\n")
        mins = [*sorted(rng.sample(range(1, 100), rng.randint(1, 3)), reverse=True), 0]
        part = rng.choice([0, 0, 0.3, 0.6, 0.95])
        out.append("grades:\n")
        for i, least in enumerate(mins):
            asked = "requires: " + self.conditions(blocks, part) if part and least else ""
            out.append(f"  - {{id: g{i}, title: {TITLE}, min: {least}, {asked}{BASIS}}}\n")
            blocks = dict(list(blocks.items())[:1])  # the next grade asks for no more
        if level == "outlet" and rng.random() < 0.4:
            out.append("vetoes:\n" + "".join(
                f"  - {{id: v{i}, title: {TITLE}, finding: f{i}, {BASIS}}}\n" for i in range(2)))
        if rng.random() < 0.4:
            which = rng.randrange(len(made))
            bound = "0.5" if made[which][1] == "share" else "2"
            out.append(f"caps:\n  - {{id: k, title: {TITLE}, grade: g{len(mins) - 1}, indicator: "
                       f"i{which}, {rng.choice(['above', 'below'])}: {bound}, {BASIS}}}\n")
        return "".join(out)


class LogMaker:
    """A random log for a pack."""

    def __init__(self, rng, files):
        self.rng = rng
        self.calendar = Calendar(load(files["calendar.yaml"]))
        self.edges = []
        for day in ("2015-01-01", "2015-02-01", "2015-03-01", "2015-04-01", "2016-01-01",
                    "2016-02-29", "2016-03-01", "2015-10-18", "2015-03-08"):
            self.edges.append(self.calendar.day_start(day_number(day)))
        self.edges += [at for at, _ in self.calendar.offsets[1:]]

    def time(self):
        rng = self.rng
        if rng.random() < 0.4:
            return rng.choice(self.edges) + rng.choice([0, 0, -1, 1, 59_999, -HOUR])
        return rng.randint(instant("2014-12-20T00:00:00Z"), instant("2016-03-10T00:00:00Z"))

    def field(self, kind):
        rng = self.rng
        return {"enum": lambda: rng.choice(["web", "app"]), "instant": self.time,
                "decimal": lambda: rng.choice([0, rng.randint(-5, 5) * 500_000,
                                               rng.randint(-9_999_999, 9_999_999), 2**62]),
                "count": lambda: rng.choice([0, 1, 2, 3, 40]), "bool": lambda: rng.randint(0, 1),
                "integer": lambda: rng.choice([0, 1, -2, 7, rng.randint(-9, 9), 2**63 - 1]),
                "string": lambda: rng.choice(NOTES)}[kind]()

    def event(self, at):
        rng = self.rng
        case_type = rng.choice(["request.opened", "request.opened", "request.replied",
                                "request.closed", "request.closed", "visit"])
        fields = {name: [kind, self.field(kind)] for name, kind, chance in (
            ("channel", "enum", 0.6), ("fee", "decimal", 0.6), ("note", "string", 0.6),
            ("urgent", "bool", 0.5), ("items", "count", 0.9)) if rng.random() < chance}
        if rng.random() < 0.5 and case_type != "request.replied":
            fields["number"] = ["integer", self.field("integer")]
        if rng.random() < 0.5:
            fields["until" if case_type == "visit" else "due"] = [
                "instant", at + rng.choice([0, 1, HOUR, 5 * DAY, -DAY])]
        if rng.random() < 0.05:
            case_type = self.spoil(case_type, fields)
        return {"type": case_type, "subject": f"s{rng.randint(1, 12)}", "time": at,
                "fields": fields}

    def spoil(self, case_type, fields):
        kind = self.rng.randrange(4)
        if kind == 0:
            return "request.begun"
        if kind == 1:
            fields["colour"] = ["string", "red"]
        elif kind == 2:
            fields["channel"] = ["enum", "fax"]
        else:
            fields["note"] = ["string", "x" * 65]
        return case_type

    def amendment(self, own, at, sent, sequence):
        """A correct or void of one of the stream's events, or of what is none."""
        rng = self.rng
        of = rng.choice(sent[own])
        fields = {"of": ["string", of["type"]], "reason": ["string", "wrong"],
                  "stream": ["string", own], "sequence": ["count", of["sequence"]]}
        kind = "void"
        if rng.random() < 0.6:
            kind = "correct"
            names = [("fee", "decimal"), ("note", "string"), ("items", "count"),
                     ("channel", "enum"), ("urgent", "bool")]
            for name, of_kind in rng.sample(names, rng.randint(1, 3)):
                fields[f"new.{name}"] = [of_kind, self.field(of_kind)]
            if of["type"] != "visit" and rng.random() < 0.4:
                fields["new.due"] = ["instant", at + rng.choice([0, HOUR, -5 * DAY, 5 * DAY])]
        event = {"type": kind, "subject": of["subject"], "fields": fields,
                 "time": at + rng.choice([0, 0, -DAY, 10 * DAY, rng.randint(-9, 60) * DAY])}
        if rng.random() < 0.2:
            self.spoil_amendment(event, own, sent, sequence)
        return event

    def spoil_amendment(self, event, own, sent, sequence):
        rng, fields = self.rng, event["fields"]
        kind = rng.randrange(6)
        if kind == 0:
            fields["sequence"] = ["count", sequence + rng.choice([-1, 0, 1, 9])]
        elif kind == 1 and len(sent) > 1:
            fields["stream"] = ["string", rng.choice([one for one in sent if one != own])]
        elif kind == 2:
            fields["of"] = ["string", rng.choice(["visit", "request.closed", "request.begun"])]
        elif kind == 3:
            event["subject"] = "s99"
        elif event["type"] == "void":
            fields["new.note"] = ["string", "a"]
        else:
            fields["new.channel"] = ["enum", "fax"]

    def fill(self, entry, sent, last, at):
        """The events of a batch; `sent` has what each stream sent, `last` its last sequence."""
        rng, own = self.rng, entry["stream"]
        for _ in range(rng.randint(1, 8)):
            last[own] = last.get(own, 0) + 1
            if sent.get(own) and rng.random() < self.amends:
                entry["events"].append(self.amendment(own, at, sent, last[own]))
                continue
            when = at + rng.randint(-3 * DAY, DAY) if rng.random() < 0.4 else self.time()
            entry["events"].append(self.event(when))
            sent.setdefault(own, []).append({**entry["events"][-1], "sequence": last[own]})

    def log(self):
        rng = self.rng
        self.amends = rng.choice([0, 0.1, 0.4])
        sent, last = {}, {}
        outlets = [{"outlet": f"o{i}", "places": rng.choice([{}, {"city": "c1"}, {"city": "c2"}])}
                   for i in range(rng.randint(1, 4))]
        streams = [{"outlet": rng.choice(outlets)["outlet"], "historical": rng.random() < 0.3,
                    "source": rng.choice(["agent", "agent", "rating_page", "inspector", "feed"])}
                   for _ in range(rng.randint(1, 6))]
        begin = instant("2015-01-01T12:00:00Z")
        at, entries = begin, []
        for _ in range(rng.randint(0, 14)):
            at += rng.choice([0, 1, HOUR, 20 * DAY, rng.randint(0, 60 * DAY)])
            stream = rng.randrange(len(streams))
            entries.append({"stream": stream, **streams[stream], "recorded_at": at,
                            "wall": at + rng.choice([0, 0, -2 * HOUR, 2 * HOUR]), "events": []})
            self.fill(entries[-1], sent, last, at)
        as_of = -(-at // 60_000) * 60_000 + rng.choice([0, 60_000, DAY, 40 * DAY, 400 * DAY])
        if rng.random() < 0.2:
            as_of = max([as_of, *(-(-one // 60_000) * 60_000 for one in self.edges[:4])])
        steps, done = [], begin
        for _ in range(rng.randint(0, 6)):
            done = min(done + rng.randint(0, 100) * DAY, as_of)
            steps.append([rng.randint(0, 6), -(-done // 60_000) * 60_000])
        findings = []
        for i in range(rng.choice([0, 0, 1, 3])):
            first = rng.randint(day_number("2014-12-01"), day_number("2016-03-01"))
            findings.append({"id": f"n{rng.randint(0, 9)}{i}", "code": f"f{rng.randrange(2)}",
                             "outlet": rng.choice(outlets)["outlet"], "from": day_text(first)})
            if rng.random() < 0.5:
                findings[-1]["until"] = day_text(first + rng.randint(0, 60))
        return {"outlets": outlets, "streams": streams, "entries": entries, "begin": begin,
                "as_of": as_of, "steps": steps, "findings": findings,
                **office_facts.random_facts(rng, outlets, begin, at)}


def pair(seed):
    rng = random.Random(seed)
    files = RuleSet(rng).files
    return {"seed": seed, "files": files, **LogMaker(rng, files).log()}


if __name__ == "__main__":
    import sys
    for path, content in pair(int(sys.argv[1]))["files"].items():
        print(f"# {path}\n{content}")
    print(instant_text(pair(int(sys.argv[1]))["as_of"]))
