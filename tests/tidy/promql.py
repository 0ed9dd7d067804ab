# SPDX-License-Identifier: Apache-2.0
"""Queries of rules, alerts and dashboards: every metric exists, and no query makes an answer up.

A query that answers where there is no data (`or vector(0)`, `vector(1)`, `time()`) would show a
figure that nobody has measured. So each query, and each side of an `or`, must select a series.
"""

import json
import re

import project

RULES = re.compile(r"^dashboards/prometheus/rules/[^/]+\.yml$")
DASHBOARDS = re.compile(r"^dashboards/grafana/provisioning/dashboards/[^/]+\.json$")
# What Prometheus itself writes.
BUILT_IN = {"up", "ALERTS", "ALERTS_FOR_STATE"}

_TOKEN = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)
    |(?P<braces>\{(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\$\{[^}]*\}|[^{}"'])*\})
    |(?P<range>\[[^\]]*\])
    |(?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
    |(?P<number>(?:0x[0-9a-fA-F]+|(?:[0-9]*\.)?[0-9]+(?:[eE][+-]?[0-9]+)?)
        (?:ms|[smhdwy])?(?:[0-9]+(?:ms|[smhdwy]))*)
    |(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)
    |(?P<other>.)""", re.X | re.S)
_LABEL_LISTS = {"by", "without", "on", "ignoring", "group_left", "group_right"}
_WORDS = _LABEL_LISTS | {"and", "or", "unless", "bool", "offset", "inf", "nan", "atan2", "start",
                         "end"}


def tokens(query):
    """(kind, text) of each token but space; `by (...)` and its like hold no series: left out."""
    found = [(m.lastgroup, m.group(0)) for m in _TOKEN.finditer(query) if m.lastgroup != "space"]
    out, at = [], 0
    while at < len(found):
        word = found[at][1].lower()
        if word in _LABEL_LISTS:
            at += 1
            if at < len(found) and found[at][1] == "(":
                at = next((end for end in range(at, len(found)) if found[end][1] == ")"),
                          len(found)) + 1
            continue
        out.append(found[at])
        at += 1
    return out


def _selects(listed, at):
    """Whether the token at `at` is the name of a metric."""
    kind, text = listed[at]
    after = listed[at + 1][1] if at + 1 < len(listed) else ""
    return kind == "name" and after != "(" and text.lower() not in _WORDS


def metrics(query):
    """The names of the metrics that a query selects."""
    listed = tokens(query)
    return [listed[at][1] for at in range(len(listed)) if _selects(listed, at)]


def _operand(listed, at, step):
    """The positions of what stands on one side of the `or` at `at`; no operator binds weaker."""
    opening = {1: "(", -1: ")"}[step]
    closing = {1: ")", -1: "("}[step]
    depth, at = 0, at + step
    while 0 <= at < len(listed):
        word = listed[at][1].lower()
        depth += {opening: 1, closing: -1}.get(word, 0)
        if depth < 0 or (depth == 0 and word in ("or", ",")):
            return
        yield at
        at += step


def problems(query):
    """How a query answers where there is no data: a list of sentences."""
    listed = tokens(query)
    said = []
    if any(text == "vector" for kind, text in listed if kind == "name"):
        said.append("vector() makes a series up")
    if re.search(r"\bor\s+on\s*\(\s*\)", query):
        said.append("`or on ()` takes the place of series that are not there")
    if any(kind == "braces" and "__name__" in text for kind, text in listed):
        said.append("__name__ hides which metric is meant")
    for at, (_, text) in enumerate(listed):
        if text.lower() != "or":
            continue
        for side, step in (("left", -1), ("right", 1)):
            if not any(_selects(listed, number) for number in _operand(listed, at, step)):
                said.append(f"the {side} side of `or` selects no series")
    if not metrics(query):
        said.append("it selects no series")
    return said


def rules(text):
    """Each rule of a rules file: {"line", "record" or "alert", "expr", "annotations", ...}.

    Reads the form in which this project writes rules: one key a line, blocks after `|`.
    """
    found, block = [], None
    for number, line in enumerate(text.splitlines(), 1):
        begins = re.match(r"^      - (record|alert): (\S+)$", line)
        key = re.match(r"^        (\w+):(?: (.*))?$", line)
        if begins:
            found.append({"line": number, "annotations": {}, begins[1]: begins[2], "expr": ""})
            block = None
        elif key and found:
            block = key[1]
            found[-1].setdefault(block, "")
            if block == "expr" and key[2] not in ("|", ">-"):
                found[-1]["expr"] = key[2] or ""
            elif block not in ("annotations", "expr"):
                found[-1][block] = key[2] or ""
        elif block == "annotations" and (note := re.match(r"^          (\w+): (.+)$", line)):
            found[-1]["annotations"][note[1]] = note[2]
        elif block == "expr" and line.startswith("          "):
            found[-1]["expr"] += line.strip() + "\n"
        elif line.strip() and not line.lstrip().startswith("#"):
            block = None
    return found


def dashboard_queries(text):
    """(where, query) of each query of a dashboard: its panels', and those of its variables."""
    out = []

    def walk(value, where):
        if isinstance(value, dict):
            title = value.get("title") or value.get("name") or where
            if isinstance(value.get("expr"), str):
                out.append((where, value["expr"]))
            if value.get("type") == "query" and "query" in value:
                asked = value["query"]
                out.append((f"variable {value.get('name')}", variable_query(
                    asked["query"] if isinstance(asked, dict) else asked)))
            for inner in value.values():
                walk(inner, title)
        elif isinstance(value, list):
            for inner in value:
                walk(inner, where)

    walk(json.loads(text), "dashboard")
    return out


def variable_query(asked):
    """What `label_values(QUERY, label)` or `query_result(QUERY)` of a variable selects."""
    inside = re.fullmatch(r"label_values\((.*),\s*\w+\s*\)|query_result\((.*)\)", asked, re.S)
    return (inside[1] or inside[2]) if inside else asked


def queries(files):
    """(path, where, query) of every query of the project."""
    out = []
    for path, text in files.items():
        if RULES.search(path):
            out += [(path, f"{rule['line']}: {rule.get('record') or rule.get('alert')}",
                     rule["expr"]) for rule in rules(text)]
        elif DASHBOARDS.search(path):
            out += [(path, where, query) for where, query in dashboard_queries(text)]
    return out


def known_metrics(files):
    """What the C++ sources name, and what the rules record."""
    known = set(BUILT_IN)
    for path, text in files.items():
        if project.is_cpp(path) and not project.is_test(path):
            known.update(re.findall(r'"(plumbline_[a-z0-9_]+)"', project.without_comments(text)))
        elif RULES.search(path):
            known.update(rule["record"] for rule in rules(text) if "record" in rule)
    return known


def promql(files):
    known = known_metrics(files)
    findings = []
    for path, where, query in queries(files):
        findings += [f"{path}: {where}: {sentence}: {query.strip()}"
                     for sentence in problems(query)]
        findings += [f"{path}: {where}: no source names the metric {name}"
                     for name in metrics(query) if name not in known]
    return findings


def alerts(files, tests):
    """Alerts without their texts in both languages, or without both kinds of test; `tests` are
    the texts of promtool's test files."""
    findings = []
    for path, text in files.items():
        if not RULES.search(path):
            continue
        for rule in (rule for rule in rules(text) if "alert" in rule):
            name = rule["alert"]
            findings += [f"{path}:{rule['line']}: {name} has no {key}"
                         for key in ("summary_zh", "summary_en", "description_zh",
                                     "description_en") if key not in rule["annotations"]]
            cases = re.split(r"^  - name: ", "\n".join(tests), flags=re.M)
            mine = [case for case in cases if re.search(rf"\balertname: {name}\b", case)]
            if not any("exp_alerts:" in case for case in mine):
                findings.append(f"{path}:{rule['line']}: no test shows {name} firing")
            if not any("exp_alerts:" not in case for case in mine):
                findings.append(f"{path}:{rule['line']}: no test shows {name} quiet throughout")
    return findings
