# SPDX-License-Identifier: Apache-2.0
"""plumb rules backtest over the ledger of a running plumbd: read-only, as table and CSV."""

import csv
import io
import shutil
import unittest

import support

PERIOD = "2015-02"


class RuleBacktestTest(support.NetworkTest):

    def setUp(self):
        super().setUp()
        self.server = self.serve()
        agent = self.enrolled(self.server, "pwd")
        for number in range(1, 7):
            agent.emit(support.opened(number, due="2015-02-03T10:00:00Z"))
            agent.emit({"type": "request.closed", "subject": f"{number:012d}",
                        "time": f"2015-02-0{1 + number // 2}T12:00:00Z"})
        self.send_all(agent)
        self.server.wait_evaluated()
        self.draft = self.folder / "draft"
        shutil.copytree(support.RULES, self.draft, ignore=shutil.ignore_patterns("data"))

    def backtest(self, *flags, check=True):
        return self.server.plumb("rules", "backtest", support.RULES, self.draft, "--period", PERIOD,
                                 *flags, check=check)

    def lines(self):
        text = self.backtest("--csv").stdout
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def test_the_same_rules_change_nothing(self):
        size = self.server.status()["ledger"]["size"]
        unit = [line for line in self.lines() if line["line"] == "unit"][0]
        self.assertEqual((unit["unit"], unit["grade_change"]), ("pwd", "same"))
        self.assertEqual(unit["old_score"], unit["new_score"])
        self.assertNotEqual(unit["old_score"], "")
        self.assertIn("1 results, 0 better and 0 worse grades", self.backtest().stdout)
        self.assertEqual(self.server.status()["ledger"]["size"], size)

    def test_other_grades_are_told(self):
        standard = self.draft / "standards" / "service.yaml"
        text = standard.read_text(encoding="utf-8")
        before = [line for line in self.lines() if line["line"] == "unit"][0]
        for grade, least in (("excellent", 90), ("good", 80), ("acceptable", 60)):
            if before["old_grade"] == grade:
                text = text.replace(f"min: {least}", f"min: {least + 9}", 1)
        changed = text if before["old_grade"] != "unsatisfactory" else text.replace(
            "min: 60", "min: 1", 1)
        standard.write_text(changed, encoding="utf-8")
        after = [line for line in self.lines() if line["line"] == "unit"][0]
        self.assertEqual(after["old_grade"], before["old_grade"])
        self.assertEqual(after["old_score"], after["new_score"])
        self.assertIn(after["grade_change"], ("up", "down"))
        self.assertIn(f"{after['old_grade']} -> {after['new_grade']}", self.backtest().stdout)

    def test_what_it_refuses(self):
        done = self.server.plumb("rules", "backtest", support.RULES, self.draft, "--period", "2099",
                                 check=False)
        self.refused(done, "neither pack judges anything in 2099")
        done = self.backtest("--as-of", "2016-01-01T00:00:01Z", check=False)
        self.refused(done, "whole minute")


if __name__ == "__main__":
    unittest.main()
