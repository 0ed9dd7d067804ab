# SPDX-License-Identifier: Apache-2.0
"""The product against the oracle on 500 pairs, and the oracle against the examples of the pages."""

import json
import os
import pathlib
import re
import unittest

import campaign
import cases
import evaluate
import exact
import expressions
import generate
import scoring
import yaml_subset

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("PLUMBLINE_FOLD_PAIRS",
                                      ROOT / "build/debug/tests/fold_pairs"))


def page(name):
    return (ROOT / "docs/formats" / name).read_text(encoding="utf-8")


def blocks(text, kind):
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.M | re.S)


class PageTest(unittest.TestCase):
    """The examples of docs/formats hold in the oracle."""

    def setUp(self):
        self.events = yaml_subset.load(blocks(page("rules.md"), "yaml")[0])
        self.type = cases.CaseType("request", self.events["types"]["request"])
        calendar = exact.Calendar(yaml_subset.load(
            "covers: {from: 2015-01-01, until: 2015-12-31}\n"
            "offsets:\n  - {from: 2014-01-01T00:00:00Z, offset: \"+08:00\"}\n"
            "work_days: {weekdays: [mon, tue, wed, thu, fri], holidays: [], extra: []}\n"))
        self.case = cases.Case(self.type, "a", exact.instant("2015-01-05T00:00:00Z"), calendar)
        self.case.times["opened"] = exact.instant("2015-01-02T12:00:00Z")
        self.case.values = {"channel": "web", "due": exact.instant("2015-01-10T00:00:00Z"),
                            "fee": 2_500_000, "items": 7}

    def written(self, value):
        kind, payload = value
        if kind == "dec":
            text = exact.written(payload, 6).rstrip("0")
            return text + "0" if text.endswith(".") else text
        return {"bool": lambda: str(payload).lower(), "int": lambda: str(payload),
                "text": lambda: f'"{payload}"', "instant": lambda: exact.instant_text(payload),
                "duration": lambda: f"{payload // 3_600_000}h"}.get(kind, lambda: kind)()

    def test_values_of_expressions(self):
        lines = blocks(page("rules.md"), "values")[0].splitlines()
        self.assertGreater(len(lines), 25)
        for line in lines:
            text, answer = line.split("  =>  ")
            found = self.written(expressions.compile_text(text, self.type)[1](self.case))
            self.assertEqual(found.removesuffix(".0"), answer, text)

    def test_the_standard_of_the_page_compiles(self):
        standard = yaml_subset.load(blocks(page("rules.md"), "yaml")[1])
        for name, tree in standard["indicators"].items():
            evaluate.Indicator(name, tree, {"request": self.type})
        speed = standard["blocks"][0]["criteria"][1]
        self.assertEqual(scoring.share_of_points(speed, exact.decimal("24.1")),
                         exact.decimal("0.5"))

    def test_wilson(self):
        self.assertEqual([exact.wilson_lower(*pair) for pair in ((9, 10), (90, 100), (900, 1000))],
                         [595844, 825633, 879848])

    def test_the_result_of_the_page(self):
        body = json.loads(blocks(page("results.md"), "json")[0].replace("\n", ""))
        folder = ROOT / "tests/evaluator/data/small"
        files = {str(path.relative_to(folder)): path.read_text(encoding="utf-8")
                 for path in folder.rglob("*.yaml")}
        opened = exact.instant("2015-01-05T15:00:00Z")
        event = {"subject": "1", "time": opened, "type": "request.opened", "fields": {
            "channel": ["enum", "web"], "due": ["instant", opened + 86_400_000]}}
        closed = {"subject": "1", "time": opened + 9_000_000, "type": "request.closed",
                  "fields": {"items": ["count", 1]}}
        entry = {"outlet": "a", "recorded_at": opened, "wall": opened, "historical": True,
                 "events": [event, closed]}
        rows = evaluate.Evaluation({
            "files": files, "outlets": [{"outlet": "a", "places": {}}], "entries": [entry],
            "as_of": exact.instant("2015-03-01T00:00:00Z")}).rows()
        self.assertEqual(rows["service", "outlet", "a", "2015-01"], evaluate.canonical(body))


class YamlTest(unittest.TestCase):
    def test_what_is_not_of_the_subset_is_refused(self):
        for text in ("a: &x 1", "a: *x", "a: !t 1", "a: |\n  b", "--- \na: 1", "a: 1\na: 2",
                     "a: {b: 1", "a: b: c", "a: 'b", "\ta: 1"):
            with self.subTest(text), self.assertRaises(yaml_subset.YamlError):
                yaml_subset.load(text)

    def test_shipped_packs_are_read(self):
        paths = [path for path in sorted((ROOT / "rules").rglob("*.yaml"))
                 if path.parent.name == "standards" or path.name == "events.yaml"]
        self.assertGreater(len(paths), 1)
        for path in paths:
            self.assertIn("format", yaml_subset.load(path.read_text(encoding="utf-8")))


class PairsTest(unittest.TestCase):
    def test_500_pairs_are_equal_byte_for_byte(self):
        self.assertTrue(PROGRAM.exists(), f"{PROGRAM} is not built")
        self.assertEqual(campaign.compare(PROGRAM, 500, seed=1), [])

    def test_the_pairs_reach_what_the_language_has(self):
        """Over the first 300 pairs of the suite every member that judges takes each form."""
        seen = set()
        for number in range(300):
            pair = generate.pair(10**9 + number)
            seen.update(form for form in ("  sum: [", "  ratio: {", "sources: [", "window: {",
                                         "fallback: {", "full: norm")
                        if any(form in text for text in pair["files"].values()))
            rows = evaluate.Evaluation(pair).rows()
            for text in rows.values():
                body = json.loads(text)
                seen.update([body["verdict"], *(one["rule"] for one in body["set_aside"]["rules"])])
                words = ("vetoes", "caps", "grade_limited", "failed_cases", "duplicates", "grade",
                         "flags", "amended", "exemptions")
                seen.update(word for word in words if body.get(word))
                seen.update("holds" if one["holds"] else "holds not"
                            for one in body.get("conditions", []))
                seen.update("days" if one["days"] else "no days" for one in body["indicators"]
                            if "days" in one)
                for line in sum((block["criteria"] for block in body["blocks"]), []):
                    if "norm" in line:
                        seen.add("published norm" if line["norm"]["fact"] else "norm of the pack")
                        seen.update(["norm of no class"] * (line["norm"]["class"] is None))
                seen.update("left_out" for one in body["indicators"] if one.get("left_out"))
                seen.update(["provisional"] * body["period"]["provisional_calendar"])
                seen.update(line["verdict"] + "!" for block in body["blocks"]
                            for line in block["criteria"])
        wanted = {"met", "not_met", "insufficient_data", "not_reported", "not_applicable", "vetoes",
                  "caps", "grade_limited", "failed_cases", "duplicates", "grade", "flags", "future",
                  "unknown_type", "unknown_field", "not_in_enum", "too_long", "missing_field",
                  "provisional", "met!", "not_met!", "insufficient_data!", "not_reported!",
                  "holds", "holds not", "  sum: [", "  ratio: {", "amended", "other_stream",
                  "unknown_target", "exemptions", "not_applicable!",
                  "sources: [", "left_out", "window: {", "fallback: {", "days", "no days",
                  "full: norm", "norm of the pack", "published norm", "norm of no class"}
        self.assertEqual(wanted - seen, set())


if __name__ == "__main__":
    unittest.main()
