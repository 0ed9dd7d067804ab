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


class Log:
    """All that a log gives: cases, and what each outlet's events count as."""

    def __init__(self, pack, log, types, calendar):
        self.cases = {}
        self.accepted = []   # (outlet, time, late, back_dated) of events not later than as-of
        self.set_aside = []  # (outlet, rule, count)
        self.duplicates = []  # outlets
        self.as_of = log["as_of"]
        for entry in log["entries"]:
            if "events" in entry:
                for event in entry["events"]:
                    self.take(pack, types, calendar, entry, event)

    def take(self, pack, types, calendar, entry, event):
        outlet, at = entry["outlet"], event["time"]
        case_type, step, fault = event_fault(types, event)
        if fault is None and at > entry["recorded_at"] + span(pack["max_future"]):
            fault = "future"
        if fault:
            self.set_aside.append((outlet, fault, 1))
            return
        if at > self.as_of:
            return

        def flagged(key, known):
            limit = pack.get(key)
            return bool(limit) and not entry["historical"] and known - at > span(limit["limit"])
        sealed = min(entry["wall"], entry["recorded_at"])
        self.accepted.append((outlet, at, flagged("late_after", entry["recorded_at"]),
                              flagged("back_dated_after", sealed)))
        key = outlet, case_type.id, event["subject"]
        if key not in self.cases:
            self.cases[key] = Case(case_type, outlet, self.as_of, calendar)
        case = self.cases[key]
        if step in case.times:
            self.duplicates.append(outlet)
            return
        case.times[step] = at
        for name, (_, value) in event["fields"].items():
            case.values[name] = value
