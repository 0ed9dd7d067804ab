# SPDX-License-Identifier: Apache-2.0
"""plumb rules check, diff, explain and calendar: what a rule author sees, and the exit codes."""

import json
import shutil
import unittest

import support
from support import network


class RuleToolsTest(support.NetworkTest):
    programs_folder = support.RELEASE

    def rules(self, *words):
        return network.run([self.programs.plumb, "rules", *words], seconds=300, check=False)

    def pack(self, source, name):
        folder = self.folder / name
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns("data"))
        return folder

    def change(self, folder, path, *edits):
        text = (folder / path).read_text(encoding="utf-8")
        for before, after in edits:
            self.assertIn(before, text)
            text = text.replace(before, after, 1)
        (folder / path).write_text(text, encoding="utf-8")

    def test_diff(self):
        draft = self.pack(support.RULES, "draft")
        done = self.rules("diff", support.RULES, draft)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        self.change(draft, "standards/service.yaml", ("weight: 50", "weight: 45"),
                    ("weight: 30", "weight: 35"))
        done = self.rules("diff", support.RULES, draft)
        self.assertEqual(done.returncode, 1)
        self.assertIn("指标「按期办结」(on_time)\n  权重由 50 改为 45", done.stdout)
        self.assertEqual(done.stderr,
                         "plumb: 2 differences between boston-311 1 and boston-311 1\n")
        done = self.rules("diff", support.RULES, draft, "--lang", "en")
        self.assertIn("weight changed from 50 to 45", done.stdout)

    def test_diff_as_data(self):
        draft = self.pack(support.RULES, "draft")
        self.change(draft, "pack.yaml", ("max_future: 10m", "max_future: 20m"))
        done = self.rules("diff", support.RULES, draft, "--json")
        self.assertEqual(done.returncode, 1)
        told = json.loads(done.stdout)
        self.assertEqual([c["text"]["zh"] for c in told["changes"]],
                         ["允许的时间超前由 10 分钟 改为 20 分钟"])
        self.assertNotEqual(told["old"]["rule_hash"], told["new"]["rule_hash"])

    def test_diff_of_a_broken_pack(self):
        draft = self.pack(support.RULES, "draft")
        self.change(draft, "standards/service.yaml", ("weight: 50", "wieght: 50"))
        done = self.rules("diff", support.RULES, draft)
        self.refused(done, "standards/service.yaml:", "did you mean \"weight\"?")
        self.assertEqual(done.stdout, "")

    def test_check_refuses_what_cannot_be_meant(self):
        draft = self.pack(support.RULES, "draft")
        self.change(draft, "standards/service.yaml", ("numerator: case.overdue",
                                                      "numerator: case.overdue && 1 > 2"))
        self.refused(self.rules("check", draft),
                     "standards/service.yaml:113:16: \"numerator\" is false of every case")

    def test_warnings_stand_apart(self):
        done = self.rules("check", support.RULES)
        self.assertEqual(done.returncode, 0)
        self.assertNotIn("warning", done.stdout)
        self.assertIn("warning: standards/service.yaml:13:3: nothing is judged by the figure "
                      "\"opened\"\n", done.stderr)

    def test_calendars_of_the_packs_are_made_again(self):
        done = self.rules(
            "calendar", "--zone", "America/New_York", "--from", "2014-01-01", "--until",
            "2019-12-31", "--offsets-note",
            "Summer time from 02:00 on the second Sunday of March to 02:00 on the first Sunday of "
            "November (Energy Policy Act of 2005, section 110), as in the IANA time zone database.")
        self.assertEqual(done.stdout, self.calendar("boston-311"), done.stderr)
        done = self.rules(
            "calendar", "--zone", "Asia/Shanghai", "--from", "2020-12-01", "--until", "2026-12-31",
            "--work-days", support.ROOT / "rules/jiangsu-2025/data/chinese-days.json",
            "--work-days-note",
            "The State Council's yearly arrangement of holidays, through the npm package "
            "chinese-days 1.5.7 (data/README.md). Only what differs from Monday to Friday is "
            "listed: days off among them, and Saturdays and Sundays that are worked.")
        self.assertEqual(done.stdout, self.calendar("jiangsu-2025"), done.stderr)

    def calendar(self, pack):
        path = support.ROOT / "rules" / pack / "calendar.yaml"
        return path.read_text(encoding="utf-8")

    def test_calendar_refuses(self):
        def refused(zone, first, last, *sentences):
            self.refused(self.rules("calendar", "--zone", zone, "--from", first, "--until", last),
                         *sentences)
        refused("Asia/Shangai", "2025-01-01", "2025-12-31", "has no zone \"Asia/Shangai\"",
                "did you mean \"Asia/Shanghai\"?")
        refused("Asia/Shanghai", "2025-01-01", "2038-01-01", "within 1900 and 2037")
        refused("Asia/Shanghai", "2025-01-01", "2024-12-31", "is before --from 2025-01-01")
        refused("Asia/Shanghai", "2025-02-30", "2025-12-31", "2025-02-30")
        refused("Asia/Shanghai", "1900-01-01", "1901-12-31", "is no whole minute")

    def test_explain(self):
        done = self.rules("explain", support.RULES, "on_time", "--lang", "en")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("\n  weight: 50 points\n", done.stdout)
        done = self.rules("explain", support.RULES, "on_time")
        self.assertIn("\n  权重：50 分\n", done.stdout)
        self.refused(self.rules("explain", support.RULES, "on_tme"), "did you mean \"on_time\"?")

    def extension(self):
        base = self.pack(support.ROOT / "rules" / "jiangsu-2025", "jiangsu-2025")
        self.change(base, "pack.yaml", ("max_future:", "locked: [calendar.yaml]\nmax_future:"))
        local = self.folder / "xuzhou-2025"
        (local / "standards").mkdir(parents=True)
        text = (base / "pack.yaml").read_text(encoding="utf-8")
        (local / "pack.yaml").write_text(
            text.replace("id: jiangsu-2025", "id: xuzhou-2025")
            .replace("locked: [calendar.yaml]", "extends: jiangsu-2025@1"), encoding="utf-8")
        shutil.copy(base / "standards" / "outlet.yaml", local / "standards" / "outlet.yaml")
        return base, local

    def test_check_lists_what_an_extension_overrides(self):
        base, local = self.extension()
        self.change(local, "standards/outlet.yaml", ("zero: 0.80, full: 0.98",
                                                     "zero: 0.80, full: 0.99"))
        done = self.rules("check", local, "--lang", "zh")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"extends jiangsu-2025 1 in {base}, rule hash ", done.stdout)
        self.assertIn("\ntaken: calendar.yaml, events.yaml, ", done.stdout)
        self.assertIn("\noverridden: standards/outlet.yaml\n", done.stdout)
        self.assertIn("指标「开放日落实」(opening)\n  满分线由 98% 改为 99%", done.stdout)

    def test_check_refuses_what_the_base_locks(self):
        base, local = self.extension()
        shutil.copy(base / "calendar.yaml", local / "calendar.yaml")
        self.change(local, "calendar.yaml", ("    - 2021-01-01\n", ""))
        for command in ("check", "test"):
            self.refused(self.rules(command, local),
                         "calendar.yaml:1:1: \"calendar.yaml\" is locked at "
                         "../jiangsu-2025/pack.yaml:6:10 and must be as at "
                         "../jiangsu-2025/calendar.yaml:1:1")


if __name__ == "__main__":
    unittest.main()
