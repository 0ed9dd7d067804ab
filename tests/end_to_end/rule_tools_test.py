# SPDX-License-Identifier: Apache-2.0
"""plumb rules diff: what a rule author sees, and the exit codes."""

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


if __name__ == "__main__":
    unittest.main()
