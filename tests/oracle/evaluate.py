# SPDX-License-Identifier: Apache-2.0
"""The result bodies of a log, from docs/formats/rules.md and results.md alone."""

import datetime
import json
from fractions import Fraction

from cases import YEAR_1900, YEAR_2200, CaseType, Log
from exact import (DAY, EPOCH, MILLION, Calendar, day_number, day_text, decimal, instant_text,
                   text_of, wilson_lower)
from expressions import ERROR, MISSING, compile_text
from scoring import score
from yaml_subset import load

UNIT_MS = {"minute": 60_000, "hour": 3_600_000, "day": DAY}


class Indicator:
    """One indicator of a standard, compiled."""

    def __init__(self, name, tree, types):
        self.id = name
        self.levels = [str(level) for level in tree["levels"]]
        self.type = types[tree["case"]]
        self.by = [str(field) for field in tree.get("by") or []]
        self.aggregate = str(tree["aggregate"])
        self.bound = tree.get("bound")
        self.parts = {key: compile_text(tree[key], self.type)
                      for key in ("where", "dated_by", "numerator", "value") if key in tree}
        self.min_sample = int(tree.get("min_sample", "1"))
        self.quantile = decimal(tree["quantile"]) if "quantile" in tree else None
        kind = self.parts["value"][0] if "value" in self.parts else None
        unit = tree.get("unit") or {}
        self.unit = str(unit.get("id", "none"))
        counted = self.aggregate in ("count", "distinct") or \
            (self.aggregate == "sum" and kind == "int")
        self.whole = counted
        self.decimals = 0 if counted else int(unit.get("decimals", "6"))
        self.scale = {"dec": MILLION, "duration": UNIT_MS.get(self.unit, 1)}.get(kind, 1)
        self.window = int((tree.get("window") or {}).get("days", 0))
        self.fallback = int((tree.get("fallback") or {}).get("days", 0))
        self.sources = tuple(str(kind) for kind in tree.get("sources") or [])
        self.rows = []
        self.left_out = []  # (outlet, instant) of what would count by events of other kinds
        self.failed = set()

    def read(self, log):
        """Keeps (outlet, instant, numerator, value, groups) of each case that counts."""
        seen = log.cases_of(self.sources) if self.sources else log.cases
        for key, case in log.cases.items():
            if case.type is not self.type:
                continue
            found = self.contribution(seen[key]) if key in seen else None
            if found is ERROR:
                self.failed.add(key)
            elif found:
                self.rows.append(found)
            elif self.sources:
                whole = self.contribution(case)
                if whole and whole is not ERROR:
                    self.left_out.append(whole[:2])

    def contribution(self, case):
        got = {}
        for key in ("where", "dated_by", "numerator", "value"):
            if key not in self.parts:
                continue
            got[key] = self.parts[key][1](case)
            if got[key] == ERROR:
                return ERROR
            if key == "where" and got[key] != ("bool", True):
                return None
            if key in ("dated_by", "value") and got[key] == MISSING:
                return None
            if key == "dated_by" and not YEAR_1900 <= got[key][1] < YEAR_2200:
                return None
        groups = {field: case.values.get(field) for field in self.by}
        return (case.outlet, got["dated_by"][1], got.get("numerator") == ("bool", True),
                got.get("value", MISSING)[1], groups)

    def figure(self, rows):
        """(members of the figure, exact value or None, whether it suffices)."""
        n = len(rows)
        out = {"n": n}
        value = None
        values = [row[3] for row in rows]
        if self.aggregate == "count":
            value = Fraction(n)
        elif self.aggregate == "distinct":
            value = Fraction(len(set(values)))
        elif self.aggregate == "sum":
            value = Fraction(sum(values), self.scale)
        elif self.aggregate == "share":
            x = out["numerator"] = sum(row[2] for row in rows)
            value = self.share(x, n) if n else None
        elif n and self.aggregate == "mean":
            value = Fraction(sum(values), n * self.scale)
        elif n:
            rank = -(-self.quantile * n // 1)
            value = Fraction(sorted(values)[int(rank) - 1], self.scale)
        out["value"] = None if value is None else text_of(value, self.decimals)
        return out, value, n >= self.min_sample

    def share(self, x, n):
        if self.bound == "lower":
            return Fraction(wilson_lower(x, n), MILLION)
        if self.bound == "upper":
            return 1 - Fraction(wilson_lower(n - x, n), MILLION)
        return Fraction(x, n)

    def range_of(self, outlets, period, day, calendar):
        """(first instant, instant behind the last, days or None) of what counts."""
        def last(days):
            return calendar.day_start(day - days + 1), calendar.day_start(day + 1), days
        taken = last(self.window) if self.window else (*period, None)
        n = sum(row[0] in outlets and taken[0] <= row[1] < taken[1] for row in self.rows)
        return last(self.fallback) if self.fallback and n < self.min_sample else taken

    def spared(self, outlets, start, end):
        """The member that says how many cases were left out for their source."""
        if not self.sources:
            return {}
        return {"left_out": sum(outlet in outlets and start <= at < end
                                for outlet, at in self.left_out)}

    def rolled(self, days):
        return {"days": days} if self.window or self.fallback else {}

    def body(self, rows):
        out, _, sufficient = self.figure(rows)
        by = []
        for field in self.by:
            groups = []
            for value in [*self.type.fields[field]["values"], None]:
                part = [row for row in rows if row[4][field] == value]
                if part:
                    groups.append({"group": value, **self.figure(part)[0]})
            by.append({"field": field, "groups": groups})
        return {"id": self.id, "by": by, "sufficient": sufficient, "unit": self.unit, **out}


class Over:
    """An indicator over others: a sum or a ratio of their figures."""

    def __init__(self, name, tree, known):
        self.id = name
        self.levels = [str(level) for level in tree["levels"]]
        unit = tree.get("unit") or {}
        self.unit = str(unit.get("id", "none"))
        self.min_sample = int(tree.get("min_sample", "1"))
        self.is_ratio = "ratio" in tree
        self.parts = [str(one) for one in (
            (tree["ratio"]["of"], tree["ratio"]["over"]) if self.is_ratio else tree["sum"])]
        self.whole = not self.is_ratio and all(known[one].whole for one in self.parts)
        self.decimals = 0 if self.whole else int(unit.get("decimals", "6"))

    def figure(self, chosen):
        parts = [chosen[one] for one in self.parts]
        if self.is_ratio:
            n, value = parts[1][1]["n"], None
            if parts[1][2] != 0:
                value = parts[0][2] / parts[1][2]
        else:
            n, value = sum(one[1]["n"] for one in parts), sum(one[2] for one in parts)
        out = {"n": n, "value": None if value is None else text_of(value, self.decimals)}
        return out, value, value is not None and n >= self.min_sample

    def body(self, chosen):
        out, _, sufficient = self.figure(chosen)
        return {"id": self.id, "by": [], "sufficient": sufficient, "unit": self.unit, **out}


def compiled(standard, types):
    """The indicators of a standard: those over cases, sums, ratios; each kind in file order."""
    trees = standard["indicators"]
    made = {name: Indicator(name, tree, types) for name, tree in trees.items()
            if "sum" not in tree and "ratio" not in tree}
    for form in ("sum", "ratio"):
        made.update({name: Over(name, tree, made) for name, tree in trees.items() if form in tree})
    return list(made.values())


def periods(kinds, standard, calendar, as_of):
    """(id, first day, day behind the last) of each period of a standard that has begun."""
    first = EPOCH + datetime.timedelta(days=day_number(standard["from"]))
    last = day_number(standard["until"]) if standard.get("until") else None
    for kind in kinds:
        year, month = first.year, first.month
        while True:
            if kind == "month":
                behind = (year + month // 12, month % 12 + 1)
                name = f"{year}-{month:02}"
            elif kind == "quarter":
                behind = (year + month // 10, (month + 2) % 12 + 1)
                name = f"{year}-Q{month // 3 + 1}"
            else:
                behind, name = (year + 1, 1), str(year)
            start = day_number(f"{year}-{month:02}-01")
            end = day_number(f"{behind[0]}-{behind[1]:02}-01")
            if calendar.day_start(start) > as_of or (last is not None and end - 1 > last):
                break
            yield name, start, end
            year, month = behind


def holds(fact, day):
    """Whether a fact is true on a day."""
    last = day_number(fact["until"]) if fact.get("until") else day
    return day_number(fact["from"]) <= day <= last


class Evaluation:
    """Rows of one rule set over one log."""

    def __init__(self, pair):
        files = {path: load(text) for path, text in pair["files"].items()}
        self.pack = files["pack.yaml"]
        self.calendar = Calendar(files["calendar.yaml"])
        self.types = {name: CaseType(name, tree)
                      for name, tree in files["events.yaml"]["types"].items()}
        self.standards = [files[path] for path in sorted(files) if path.startswith("standards/")]
        self.outlets = {one["outlet"]: one["places"] for one in pair["outlets"]}
        self.as_of = pair["as_of"]
        self.findings = pair.get("findings") or []
        self.exempt = pair.get("exemptions") or []
        self.classes = pair.get("classes") or []
        self.published = pair.get("norms") or []
        self.failed = set()  # cases for which an expression of any standard failed
        self.log = Log(self.pack, pair, self.types, self.calendar)

    def units(self, level):
        """code -> outlets."""
        if level == "network":
            return {"ALL": set(self.outlets)}
        out = {}
        for outlet, places in self.outlets.items():
            code = outlet if level == "outlet" else places.get(level)
            if code:
                out.setdefault(code, set()).add(outlet)
        return out

    def rows(self):
        out = {}
        made = [compiled(one, self.types) for one in self.standards]
        for one in sum(made, []):
            if isinstance(one, Indicator):
                one.read(self.log)
                self.failed |= one.failed
        for standard, indicators in zip(self.standards, made):
            levels = {str(standard["level"])}.union(*(one.levels for one in indicators))
            kinds = [str(kind) for kind in standard["periods"]]
            for period in periods(kinds, standard, self.calendar, self.as_of):
                for level in levels:
                    for unit, outlets in self.units(level).items():
                        body = self.body(standard, indicators, period, (level, unit, outlets))
                        out[str(standard["id"]), level, unit, period[0]] = canonical(body)
        return out

    def body(self, standard, indicators, period, place):
        name, first, behind = period
        level, unit, outlets = place
        start, end = self.calendar.day_start(first), self.calendar.day_start(behind)
        scored = level == standard["level"]
        accepted = [one for one in self.log.accepted
                    if one[0] in outlets and start <= one[1] < end]
        figures = {}
        chosen = {}
        for one in indicators:
            if level not in one.levels:
                continue
            given = chosen
            if isinstance(one, Indicator):
                day = min(behind - 1, self.calendar.local_day(self.as_of))
                *span, days = one.range_of(outlets, (start, end), day, self.calendar)
                given = [row for row in one.rows
                         if row[0] in outlets and span[0] <= row[1] < span[1]]
            figures[one.id] = one.body(given)
            chosen[one.id] = (one, *one.figure(given))
            if isinstance(one, Indicator):
                spared = {**one.spared(outlets, *span), **one.rolled(days)}
                figures[one.id].update(spared)
                chosen[one.id][1].update(spared)
        body = {
            "pack": self.pack["id"], "version": self.pack["version"], "standard": standard["id"],
            "level": level, "unit": unit, "events": len(accepted),
            "indicators": [figures[name] for name in standard["indicators"] if name in figures],
            "period": {"id": name, "start": instant_text(start), "end": instant_text(end),
                       "ended": self.as_of >= end,
                       "provisional_calendar": behind - 1 > self.calendar.last},
            "set_aside": self.set_aside(outlets),
            "duplicates": sum(one in outlets for one in self.log.duplicates),
            "failed_cases": sum(key[0] in outlets for key in self.failed)}
        flags = {word: sum(one[place] for one in accepted) for word, place, key in
                 (("late", 2, "late_after"), ("back_dated", 3, "back_dated_after"))
                 if self.pack.get(key)}
        if flags:
            body["flags"] = flags
        amended = [state for outlet, state in self.log.amended if outlet in outlets]
        if amended:
            body["amended"] = {state: amended.count(state) for state in ("corrected", "voided")}
        vetoes = self.vetoes(standard, unit, first, behind) if scored else []
        free = self.exemptions(standard, unit, behind - 1) if level == "outlet" else []
        norms = self.norms(standard, unit, first, behind - 1) if level == "outlet" else {}
        body.update(score(standard, scored, bool(accepted), chosen, vetoes, free, norms))
        return body

    def norms(self, standard, unit, first, last):
        """criterion -> the member "norm" of its line."""
        day, out = min(last, self.calendar.local_day(self.as_of)), {}
        mine = [fact for fact in self.classes
                if fact["outlet"] == unit and holds(fact, day)]
        named = max(mine, key=lambda fact: (fact["from"], fact["id"]))["class"] if mine else None
        start = self.calendar.day_start(first)
        for one in sum((block["criteria"] for block in standard["blocks"]), []):
            if "norm" not in one:
                continue
            number = one["norm"]["classes"].get(named, one["norm"]["otherwise"])
            zero = decimal(one["linear"]["zero"])
            above = decimal(one["norm"]["otherwise"]) > zero
            known = [fact for fact in self.published
                     if (fact["standard"], fact["criterion"], fact["class"]) ==
                     (standard["id"], one["id"], named) and fact["recorded_at"] < start and
                     holds(fact, first) and decimal(fact["value"]) != zero and
                     (decimal(fact["value"]) > zero) == above]
            fact = max(known, key=lambda one: (one["recorded_at"], one["id"])) if known else None
            value = text_of(decimal(fact["value"] if fact else number), 6)
            out[one["id"]] = {"value": value.rstrip("0").rstrip(".") if "." in value else value,
                              "class": named, "fact": fact["id"] if fact else None}
        return out

    def exemptions(self, standard, unit, last):
        day = min(last, self.calendar.local_day(self.as_of))
        return [{"id": fact["id"], "criterion": one["id"], "until": fact["until"]}
                for block in standard["blocks"] for one in block["criteria"]
                for fact in sorted(self.exempt, key=lambda one: one["id"])
                if (fact["outlet"], fact["standard"], fact["criterion"]) ==
                (unit, standard["id"], one["id"]) and
                day_number(fact["from"]) <= day <= day_number(fact["until"])]

    def vetoes(self, standard, unit, first, behind):
        today, out = self.calendar.local_day(self.as_of), []
        for veto in standard.get("vetoes") or []:
            for fact in sorted(self.findings, key=lambda one: one["id"]):
                begins, until = day_number(fact["from"]), fact.get("until")
                last = day_number(until) if until else behind
                if fact["outlet"] == unit and fact["code"] == veto["finding"] and \
                        max(first, begins) <= min(behind - 1, last, today):
                    out.append({"id": veto["id"], "finding": fact["id"],
                                "since": day_text(begins)})
        return out

    def set_aside(self, outlets):
        rules = {}
        for outlet, rule, count in self.log.set_aside:
            if outlet in outlets:
                rules[rule] = rules.get(rule, 0) + count
        return {"count": sum(rules.values()),
                "rules": [{"rule": rule, "count": rules[rule]} for rule in sorted(rules)]}


def canonical(body):
    """RFC 8785; every key is ASCII, and there are no numbers but integers."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
