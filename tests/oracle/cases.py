# SPDX-License-Identifier: Apache-2.0
"""From a log to cases: which events fit the pack, and how events of one subject become a case."""

import re

from exact import day_number, span
from expressions import MISSING, TYPE_OF_KIND

TEXTS = ("string", "code", "enum", "reference")
YEAR_1900, YEAR_2200 = day_number("1900-01-01") * 86_400_000, day_number("2200-01-01") * 86_400_000


class CaseType:
    """A type of events.yaml."""

    def __init__(self, name, tree):
        self.id = name
        self.has_steps = bool(tree.get("steps"))
        steps = tree.get("steps") or [{"id": name}]
        self.steps = [str(step["id"]) for step in steps] if self.has_steps else []
        self.all_steps = self.steps or [name]
        self.final = next((str(one["id"]) for one in steps if one.get("final") == "true"), None)
        self.due = tree.get("due")
        self.fields = tree.get("fields") or {}

    def step_of(self, event_type):
        """The step that an event type of this case type reports."""
        if not self.has_steps:
            return self.id if event_type == self.id else None
        head, _, step = event_type.partition(".")
        return step if head == self.id and step in self.steps else None


def text_fault(text):
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in text):
        return "not_text"
    return "too_long" if len(text) > 64 else "empty" if not text else None


def field_fault(rule, kind, value):
    if rule["kind"] != kind or (kind == "bool" and value not in (0, 1)):
        return "wrong_kind"
    if kind == "count" and value < 0:
        return "negative"
    if kind == "instant" and not YEAR_1900 <= value < YEAR_2200:
        return "out_of_range"
    if kind not in TEXTS:
        return None
    if text_fault(value):
        return text_fault(value)
    if kind == "enum":
        return None if value in rule["values"] else "not_in_enum"
    if rule.get("pattern") and not re.fullmatch(rule["pattern"], value):
        return "pattern"
    return "personal_data" if MOBILE.search(value) else None


MOBILE = re.compile(r"(?<!\d)(?:(?:\+|00)86)?1[3-9]\d{9}(?!\d)")


def event_fault(types, event):
    """(case type, step, None) of an event that fits, else (None, None, the rule it breaks)."""
    found = [(one, one.step_of(event["type"])) for one in types.values()
             if one.step_of(event["type"])]
    if not found:
        return None, None, "unknown_type"
    case_type, step = found[0]
    subject = event["subject"]
    if not 1 <= len(subject.encode()) <= 64 or any(ord(one) < 32 for one in subject):
        return None, None, "bad_subject"
    if MOBILE.search(subject):
        return None, None, "personal_data"
    for name, (kind, value) in sorted(event["fields"].items()):
        rule = case_type.fields.get(name)
        if rule is None:
            return None, None, "unknown_field"
        if rule.get("steps") and step not in rule["steps"]:
            return None, None, "field_not_of_step"
        fault = field_fault(rule, kind, value)
        if fault:
            return None, None, fault
    for name, rule in case_type.fields.items():
        if step in (rule.get("required_in") or []) and name not in event["fields"]:
            return None, None, "missing_field"
    return case_type, step, None


class Case:
    """What an expression reads."""

    def __init__(self, case_type, outlet, as_of, calendar):
        self.type = case_type
        self.outlet = outlet
        self.as_of = as_of
        self.calendar = calendar
        self.times = {}
        self.values = {}

    def step(self, name):
        return ("instant", self.times[name]) if name in self.times else MISSING

    def field(self, name):
        if name not in self.values:
            return MISSING
        kind = TYPE_OF_KIND[self.type.fields[name]["kind"]]
        value = self.values[name]
        return kind, bool(value) if kind == "bool" else value

    def has(self, name):
        return name in self.times or name in self.values

    def overdue(self):
        return self.type.final not in self.times and self.type.due in self.values and \
            self.values[self.type.due] < self.as_of


AMENDMENTS = ("correct", "void")
OWN_FIELDS = ("of", "reason", "sequence", "stream")


def amendment_fault(types, event):
    """(case type, step, None) of the event that is meant, else the rule it breaks."""
    fields = event["fields"]
    given = {name.removeprefix("new."): value for name, value in fields.items()
             if name not in OWN_FIELDS}
    if event["type"] == "void" and given:
        return None, None, "unknown_field"
    if any(name not in fields for name in OWN_FIELDS) or (event["type"] == "correct" and not given):
        return None, None, "missing_field"
    of = fields["of"][1]
    found = [(one, one.step_of(of)) for one in types.values() if one.step_of(of)]
    if not found:
        return None, None, "unknown_type"
    case_type, step = found[0]
    for name, (kind, value) in sorted(given.items()):
        rule = case_type.fields.get(name)
        if rule is None:
            return None, None, "unknown_field"
        if rule.get("steps") and step not in rule["steps"]:
            return None, None, "field_not_of_step"
        fault = field_fault(rule, kind, value)
        if fault:
            return None, None, fault
    return case_type, step, None


class Act:
    """An accepted event, and what was said of it later, in ledger order."""

    def __init__(self, source, step, at, flags, values):
        self.source = source  # (stream, sequence)
        self.step = step
        self.at = at
        self.flags = flags
        self.values = values
        self.amendments = []  # (time, new values, or None where it voids)


class Log:
    """All that a log gives: cases, and what each outlet's events count as."""

    def __init__(self, pack, log, types, calendar):
        self.pack, self.types = pack, types
        self.cases = {}
        self.by_sources = {}  # kinds of source -> the cases that their events alone make
        self.log = pack, log, types, calendar
        self.accepted = []   # (outlet, time, late, back_dated) of events not later than as-of
        self.set_aside = []  # (outlet, rule, count)
        self.duplicates = []  # outlets
        self.amended = []  # (outlet, "corrected" or "voided")
        self.as_of = log["as_of"]
        self.acts = {}  # (outlet, case type, subject) -> acts in ledger order
        last = {}
        for entry in log["entries"]:
            for event in entry.get("events") or []:
                stream = entry.get("stream")
                last[stream] = last.get(stream, 0) + 1
                take = self.amend if event["type"] in AMENDMENTS else self.take
                fault = take(entry, event, (stream, last[stream]))
                if fault:
                    self.set_aside.append((entry["outlet"], fault, 1))
        for (outlet, case_type, subject), acts in self.acts.items():
            self.fold(Case(types[case_type], outlet, self.as_of, calendar), subject, acts)

    def cases_of(self, kinds):
        """The cases as the events of those kinds of source alone make them."""
        if kinds not in self.by_sources:
            pack, log, types, calendar = self.log
            entries = [one for one in log["entries"] if one.get("source", "agent") in kinds]
            self.by_sources[kinds] = Log(pack, {**log, "entries": entries}, types, calendar).cases
        return self.by_sources[kinds]

    def take(self, entry, event, source):
        """Takes an event, or answers with the rule it breaks."""
        at = event["time"]
        case_type, step, fault = event_fault(self.types, event)
        if fault is None and at > entry["recorded_at"] + span(self.pack["max_future"]):
            fault = "future"
        if fault:
            return fault

        def flagged(key, known):
            limit = self.pack.get(key)
            return bool(limit) and not entry["historical"] and known - at > span(limit["limit"])
        sealed = min(entry["wall"], entry["recorded_at"])
        flags = (flagged("late_after", entry["recorded_at"]), flagged("back_dated_after", sealed))
        values = {name: value for name, (_, value) in event["fields"].items()}
        key = entry["outlet"], case_type.id, event["subject"]
        self.acts.setdefault(key, []).append(Act(source, step, at, flags, values))
        return None

    def amend(self, entry, event, source):
        """Takes a correct or void, or answers with the rule it breaks."""
        case_type, step, fault = amendment_fault(self.types, event)
        if fault is None and event["time"] > entry["recorded_at"] + span(self.pack["max_future"]):
            fault = "future"
        if fault:
            return fault
        fields = event["fields"]
        if fields["stream"][1] != entry["stream"]:
            return "other_stream"
        means = entry["stream"], fields["sequence"][1]
        key = entry["outlet"], case_type.id, event["subject"]
        found = [act for act in self.acts.get(key, [])
                 if act.source == means and act.step == step and means[1] < source[1]]
        if not found:
            return "unknown_target"
        values = {name[4:]: value for name, (_, value) in fields.items() if name[:4] == "new."}
        found[0].amendments.append((event["time"],
                                    None if event["type"] == "void" else values))
        return None

    def fold(self, case, subject, acts):
        key = case.outlet, case.type.id, subject
        for act in acts:
            reached = act.at <= self.as_of
            if reached:
                self.cases[key] = case
            new, state = {}, None
            for at, values in act.amendments:
                if at > self.as_of:
                    continue
                if state == "voided":
                    self.duplicates.append(case.outlet)
                    continue
                state = "voided" if values is None else "corrected"
                new.update(values or {})
            if not reached:
                continue
            if state:
                self.amended.append((case.outlet, state))
            if state == "voided":
                continue
            self.accepted.append((case.outlet, act.at, *act.flags))
            if act.step in case.times:
                self.duplicates.append(case.outlet)
                continue
            case.times[act.step] = act.at
            case.values.update({**act.values, **new})
