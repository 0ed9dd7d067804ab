# SPDX-License-Identifier: Apache-2.0
"""Expressions of section 4 of docs/formats/rules.md: read, typed and computed.

A value is (type, payload); types are bool, int, dec (millionths), text, instant, duration. MISSING
and ERROR stand beside them.
"""

import re

from exact import INT_MAX, INT_MIN, MILLION, divide, instant

MISSING, ERROR = ("missing", None), ("error", None)
TOKEN = re.compile(r"""\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<sign>\|\||&&|==|!=|<=|>=|[<>+\-*/!?:()\[\],.]))""", re.X)
TYPE_OF_KIND = {"bool": "bool", "integer": "int", "count": "int", "decimal": "dec",
                "string": "text", "code": "text", "enum": "text", "reference": "text",
                "instant": "instant"}


class Refused(Exception):
    """The expression is not of the language."""


def tokens(text):
    at, out = 0, []
    text = text.rstrip()
    while at < len(text):
        found = TOKEN.match(text, at)
        if not found:
            raise Refused(f"cannot read {text[at:]}")
        out.append((found.lastgroup, found[found.lastgroup]))
        at = found.end()
    return out + [("end", "")]


def duration(text):
    found = re.fullmatch(r"(-?)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?", text)
    if not found or not any(found.groups()[1:]):
        raise Refused(f"not a duration: {text}")
    hours, minutes, seconds, rest = (int(part or 0) for part in found.groups()[1:])
    value = ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest
    return -value if found[1] else value


class Parser:
    """Recursive descent, from the loosest operator to the tightest. Nodes are functions of a
    case: an object with field(name), step(name), overdue(), has(name) and calendar."""

    def __init__(self, text, case_type):
        self.tokens = tokens(text)
        self.at = 0
        self.case_type = case_type

    def peek(self):
        return self.tokens[self.at][1] if self.tokens[self.at][0] == "sign" else None

    def take(self, *signs):
        if self.peek() in signs:
            self.at += 1
            return self.tokens[self.at - 1][1]
        return None

    def need(self, sign):
        if not self.take(sign):
            raise Refused(f"{sign} expected, not {self.tokens[self.at]}")

    def word(self, kind):
        found, text = self.tokens[self.at]
        if found != kind:
            raise Refused(f"{kind} expected, not {text}")
        self.at += 1
        return text

    def whole(self):
        node = self.conditional()
        if self.tokens[self.at][0] != "end":
            raise Refused(f"{self.tokens[self.at]} is too much")
        return node

    def conditional(self):
        condition = self.logical("||")
        if not self.take("?"):
            return condition
        yes = self.conditional()
        self.need(":")
        no = self.conditional()
        kinds = {yes[0], no[0]}
        if condition[0] != "bool" or (len(kinds) > 1 and kinds != {"int", "dec"}):
            raise Refused("the parts of ?: do not fit")
        kind = yes[0] if len(kinds) == 1 else "dec"

        def compute(case):
            chosen = condition[1](case)
            if chosen in (MISSING, ERROR):
                return chosen
            value = (yes if chosen[1] else no)[1](case)
            return to_decimal(value) if kind == "dec" else value
        return kind, compute

    def logical(self, sign):
        left = self.logical("&&") if sign == "||" else self.comparison()
        while self.take(sign):
            right = self.logical("&&") if sign == "||" else self.comparison()
            left = logic(left, right, sign == "||")
        return left

    def comparison(self):
        left = self.sum()
        while True:
            sign = self.take("==", "!=", "<", "<=", ">", ">=")
            if sign:
                left = compare(left, self.sum(), sign)
            elif self.tokens[self.at] == ("name", "in"):
                self.at += 1
                left = self.membership(left)
            else:
                return left

    def membership(self, left):
        self.need("[")
        values = [self.unary()]
        while self.take(","):
            values.append(self.unary())
        self.need("]")
        node = None
        for value in values:
            one = compare(left, value, "==")
            node = one if node is None else logic(node, one, True)
        return node

    def sum(self):
        left = self.product()
        while True:
            sign = self.take("+", "-")
            if not sign:
                return left
            left = arithmetic(left, self.product(), sign)

    def product(self):
        left = self.unary()
        while True:
            sign = self.take("*", "/")
            if not sign:
                return left
            left = arithmetic(left, self.unary(), sign)

    def unary(self):
        if self.take("!"):
            kind, node = self.unary()
            if kind != "bool":
                raise Refused("! wants a bool")
            return "bool", strict(lambda value: ("bool", not value[1]), node)
        if self.take("-"):
            kind, node = self.unary()
            if kind not in ("int", "dec", "duration"):
                raise Refused("- wants a number or a duration")
            return kind, strict(lambda value: bounded(kind, -value[1]), node)
        return self.member(self.primary())

    def member(self, node):
        while self.take("."):
            name = self.word("name")
            self.need("(")
            if name == "size":
                node = size(node)
            else:
                other = self.conditional()
                if node[0] != "text" or other[0] != "text":
                    raise Refused(f"{name} is of texts")
                test = {"startsWith": str.startswith, "endsWith": str.endswith,
                        "contains": lambda a, b: b in a}[name]
                node = "bool", strict(
                    lambda a, b, test=test: ("bool", test(a[1], b[1])), node[1], other[1])
            self.need(")")
        return node

    def primary(self):
        kind, text = self.tokens[self.at]
        if self.take("("):
            node = self.conditional()
            self.need(")")
            return node
        self.at += 1
        if kind == "number":
            return number(text)
        if kind == "text":
            return constant("text", re.sub(r"\\(.)", r"\1", text[1:-1]))
        if kind == "name" and text in ("true", "false"):
            return constant("bool", text == "true")
        if kind == "name" and text == "case":
            return self.name()
        if kind == "name":
            return self.function(text)
        raise Refused(f"{text} is not a value")

    def name(self):
        self.need(".")
        name = self.word("name")
        if name in self.case_type.steps:
            if not (self.take(".") and self.word("name") == "time"):
                raise Refused(f"{name} is a step, not a value")
            return "instant", lambda case: case.step(name)
        if name == "time" and not self.case_type.has_steps:
            return "instant", lambda case: case.step(self.case_type.id)
        if name == "overdue" and self.case_type.due:
            return "bool", lambda case: ("bool", case.overdue())
        if name not in self.case_type.fields:
            raise Refused(f"no field {name}")
        return TYPE_OF_KIND[self.case_type.fields[name]["kind"]], lambda case: case.field(name)

    def function(self, name):
        self.need("(")
        if name == "has":
            if self.word("name") != "case":
                raise Refused("has() wants case.<name>")
            self.need(".")
            what = self.word("name")
            if what not in self.case_type.steps and what not in self.case_type.fields:
                raise Refused(f"no field {what}")
            node = "bool", lambda case: ("bool", case.has(what))
        elif name == "timestamp":
            node = constant("instant", instant(self.word("text")[1:-1]))
        elif name == "duration":
            node = constant("duration", duration(self.word("text")[1:-1]))
        elif name == "size":
            node = size(self.conditional())
        elif name == "workday_due":
            first = self.conditional()
            self.need(",")
            node = workday(first, self.conditional())
        else:
            raise Refused(f"no function {name}")
        self.need(")")
        return node


def constant(kind, value):
    return kind, lambda case: (kind, value)


def number(text):
    if "." not in text:
        return constant("int", int(text))
    whole, fraction = text.split(".")
    if len(fraction) > 6:
        raise Refused(f"{text} has more than six decimals")
    return constant("dec", int(whole) * MILLION + int(fraction.ljust(6, "0")))


def bounded(kind, value):
    return (kind, value) if INT_MIN <= value <= INT_MAX else ERROR


def to_decimal(value):
    return bounded("dec", value[1] * MILLION) if value[0] == "int" else value


def strict(compute, *nodes):
    """An operation that needs all parts: an error is stronger than what is missing."""
    def run(case):
        values = [node(case) for node in nodes]
        if ERROR in values:
            return ERROR
        return MISSING if MISSING in values else compute(*values)
    return run


def logic(left, right, decides):
    if left[0] != "bool" or right[0] != "bool":
        raise Refused("&& and || want bools")

    def run(case):
        values = left[1](case), right[1](case)
        if ("bool", decides) in values:
            return "bool", decides
        for other in (ERROR, MISSING):
            if other in values:
                return other
        return "bool", not decides
    return "bool", run


def compare(left, right, sign):
    kinds = {left[0], right[0]}
    if len(kinds) > 1 and kinds != {"int", "dec"}:
        raise Refused(f"{left[0]} {sign} {right[0]}")
    scale = {left[0]: 1, right[0]: 1}
    if kinds == {"int", "dec"}:
        scale["int"] = MILLION

    def compute(a, b):
        x, y = a[1], b[1]
        if len(scale) > 1:
            x, y = x * scale[a[0]], y * scale[b[0]]
        return "bool", {"==": x == y, "!=": x != y}[sign] if sign in ("==", "!=") else \
            {"<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[sign]
    return "bool", strict(compute, left[1], right[1])


RESULT = {("instant", "-", "instant"): "duration", ("instant", "-", "duration"): "instant",
          ("instant", "+", "duration"): "instant", ("duration", "+", "duration"): "duration",
          ("duration", "-", "duration"): "duration", ("duration", "*", "int"): "duration"}


def arithmetic(left, right, sign):
    kinds = {left[0], right[0]}
    if kinds <= {"int", "dec"}:
        kind = "int" if kinds == {"int"} else "dec"
        # An integer that becomes a decimal may overflow, and then nothing missing outweighs it.
        parts = [strict(to_decimal, node) if kind == "dec" else node for _, node in (left, right)]
        return kind, strict(lambda a, b: numbers(kind, sign, a, b), *parts)
    kind = RESULT.get((left[0], sign, right[0]))
    if kind is None:
        raise Refused(f"{left[0]} {sign} {right[0]}")

    def compute(a, b):
        value = {"+": a[1] + b[1], "-": a[1] - b[1], "*": a[1] * b[1]}[sign]
        return bounded(kind, value)
    return kind, strict(compute, left[1], right[1])


def numbers(kind, sign, a, b):
    x, y = a[1], b[1]
    if sign in "+-":
        return bounded(kind, x + y if sign == "+" else x - y)
    if sign == "*":
        return bounded(kind, x * y if kind == "int" else divide(x * y, MILLION))
    if y == 0:
        return ERROR
    if kind == "dec":
        return bounded(kind, divide(x * MILLION, y))
    return bounded(kind, abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1))


def size(node):
    if node[0] != "text":
        raise Refused("size() is of a text")
    return "int", strict(lambda value: ("int", len(value[1])), node[1])


def workday(first, count):
    if (first[0], count[0]) != ("instant", "int"):
        raise Refused("workday_due() wants an instant and an integer")

    def run(case):
        def compute(at, n):
            if not 1 <= n[1] <= 3660:
                return ERROR
            return bounded("instant", case.calendar.workday_due(at[1], n[1]))
        return strict(compute, first[1], count[1])(case)
    return "instant", run


def compile_text(text, case_type):
    """(type, function of a case)."""
    return Parser(text, case_type).whole()
