# SPDX-License-Identifier: Apache-2.0
"""The main job on real data: `script/demo --pack boston-311 --once` in full, and then what it left
on disk. Every figure of the independent reference is compared, in both directions."""

import csv
import unittest

import demo_output
import support
from support import network

REFERENCE = support.RULES / "data" / "boston311_2015q1.reference.csv"

# Column of the reference -> (indicator, member of its figure).
COLUMNS = {
    "opened": ("opened", "n"),
    "with_target": ("with_target", "n"),
    "with_target_closed": ("with_target_closed", "n"),
    "closed_by_target": ("closed_by_target", "n"),
    "ontime_rate_closed": ("ontime_closed", "value"),
    "due_or_closed": ("due_or_closed", "n"),
    "ontime_rate_due": ("ontime_due", "value"),
    "median_h_utc": ("median_hours", "value"),
    "p90_h_utc": ("p90_hours", "value"),
}
# Kind of unit of the reference -> the enum field that network figures are split by.
FIELDS = {"neighborhood": "neighborhood", "Source": "source"}
MONTHS = ["2015-01", "2015-02", "2015-03"]


def member_text(figure, member):
    """A member of a figure as the reference writes it; no data is empty."""
    if figure is None:
        return "0" if member == "n" else ""
    value = figure[member]
    return "" if value is None else str(value)


class DemoBostonTest(demo_output.DemoOutput, unittest.TestCase):
    maxDiff = None
    options = ("--pack", "boston-311")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bodies = {(body["level"], body["unit"], body["period"]["id"]): body
                      for body in cls.scores["results"]}

    def test_the_as_of_is_the_one_that_the_pack_fixes(self):
        self.assertEqual(self.scores["as_of"], "2016-01-13T03:23:00Z")

    def test_prints_one_object_with_the_expected_figures(self):
        self.assertEqual(self.done.stdout.count("\n"), 1)
        summary = dict(self.summary)
        urls, checkpoint = summary.pop("urls"), summary.pop("checkpoint")
        seconds = summary.pop("seconds")
        self.assertEqual(summary, {"pack": "boston-311", "events": 107245,
                                   "cases": {"open": 8993, "closed": 49126}, "outlets": 17,
                                   "outlets_scored": 17, "targets": []})
        self.assertEqual(set(urls), {"portal", "metrics", "prometheus"})
        self.assertTrue(all(url.startswith("http://127.0.0.1:") for url in urls.values()))
        self.assertEqual(set(checkpoint), {"size", "root"})
        self.assertGreater(checkpoint["size"], 17)
        self.assertEqual(set(seconds), {"ingest", "evaluate"})

    def test_the_exported_folder_verifies_to_the_same_root(self):
        folder = self.folder / "exported"
        network.run([*self.plumb, "ledger", "export", folder])
        done = network.run([support.RELEASE / "plumb", "ledger", "verify", "--folder", folder])
        self.assertIn(self.summary["checkpoint"]["root"], done.stdout)

    def outlet_of(self):
        return {row["code"]: row["outlet"]
                for row in network.read_table(support.RULES / "data" / "outlets.csv")}

    def figure(self, row, indicator):
        """The figure of our results that stands against a row of the reference."""
        kind, unit, month = row["unit_kind"], row["unit"], row["month"]
        if kind == "Department":
            body = self.bodies[("outlet", self.outlet_of()[unit], month)]
        else:
            body = self.bodies[("network", "ALL", month)]
        figure = next(item for item in body["indicators"] if item["id"] == indicator)
        if kind in ("ALL", "Department"):
            return figure
        groups = next(split["groups"] for split in figure["by"] if split["field"] == FIELDS[kind])
        wanted = unit or None
        return next((item for item in groups if item["group"] == wanted), None)

    def test_every_row_of_the_reference_matches(self):
        differences, compared = [], 0
        with open(REFERENCE, newline="", encoding="utf-8") as table:
            rows = list(csv.DictReader(table))
        for row in rows:
            for column, (indicator, member) in COLUMNS.items():
                ours = member_text(self.figure(row, indicator), member)
                compared += 1
                if ours != row[column]:
                    differences.append(f"{row['unit_kind']} {row['unit']!r} {row['month']} "
                                       f"{column}: {ours!r}, the reference has {row[column]!r}")
        self.assertEqual(len(rows), 130)
        self.assertEqual(compared, 130 * len(COLUMNS))
        self.assertEqual(differences, [])

    def test_no_unit_is_counted_that_the_reference_does_not_have(self):
        with open(REFERENCE, newline="", encoding="utf-8") as table:
            known = {(row["unit_kind"], row["unit"], row["month"])
                     for row in csv.DictReader(table) if row["opened"] != "0"}
        codes = {outlet: code for code, outlet in self.outlet_of().items()}
        found = set()
        for (level, unit, month), body in self.bodies.items():
            if month not in MONTHS:
                continue
            figure = next(item for item in body["indicators"] if item["id"] == "opened")
            if figure["n"] == 0:
                continue
            found.add(("ALL", "ALL", month) if level == "network"
                      else ("Department", codes[unit], month))
            if level == "network":
                found.update((kind, group["group"] or "", month)
                             for kind, field in FIELDS.items() for split in figure["by"]
                             if split["field"] == field for group in split["groups"])
        self.assertEqual(found ^ known, set())


if __name__ == "__main__":
    unittest.main()
