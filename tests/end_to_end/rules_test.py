# SPDX-License-Identifier: Apache-2.0
"""plumb rules test, mutate and eval: what a rule author sees, and the exit codes."""

import shutil
import unittest

import support
from support import network

PACKS = sorted(path.parent for path in (support.ROOT / "rules").glob("*/pack.yaml"))


class RulesToolsTest(support.NetworkTest):
    # Mutation evaluates some hundred rule sets.
    programs_folder = support.RELEASE

    def rules(self, *words):
        return network.run([self.programs.plumb, "rules", *words], seconds=300, check=False)

    def boston(self):
        folder = self.folder / "boston-311"
        shutil.copytree(support.RULES, folder, ignore=shutil.ignore_patterns("data"))
        return folder

    def test_tests_pass_and_a_wrong_weight_is_told(self):
        folder = self.boston()
        done = self.rules("test", folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"^(\d+) of \1 tests pass\n$")
        standard = folder / "standards" / "service.yaml"
        text = standard.read_text(encoding="utf-8")
        standard.write_text(text.replace("weight: 50", "weight: 49").replace(
            "weight: 30", "weight: 31"), encoding="utf-8")
        done = self.rules("test", folder)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"FAILED tests/service\.yaml:\d+: \w+")
        self.assertIn("criteria.on_time.points\n    expected  43.75\n    found     42.88\n",
                      done.stdout)
        self.assertRegex(done.stderr, r"^plumb: \d+ of \d+ tests fail\n$")

    def test_filter(self):
        done = self.rules("test", support.RULES, "--filter", "2015 alone")
        self.assertEqual((done.returncode, done.stdout), (0, "1 of 1 tests pass\n"))
        done = self.rules("test", support.RULES, "--filter", "nothing is called so")
        self.refused(done, "has \"nothing is called so\" in its name")

    def test_a_broken_test_is_a_problem_of_the_pack(self):
        folder = self.boston()
        tests = folder / "tests" / "service.yaml"
        tests.write_text(tests.read_text(encoding="utf-8").replace("score: 35", "scor: 35", 1),
                         encoding="utf-8")
        for command in ("check", "test", "mutate"):
            self.refused(self.rules(command, folder), "tests/service.yaml:",
                         "unknown key \"scor\"", "did you mean \"score\"?")

    def test_all_packs_are_watched(self):
        self.assertEqual([pack.name for pack in PACKS],
                         ["boston-311", "jiangsu-2025", "library"])
        for pack in PACKS:
            done = self.rules("mutate", pack, "--jobs", 2, "--at-least", 90)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertRegex(done.stdout,
                             r"\d+ of \d+ changes are noticed \((9\d|100) %\)")

    def test_all_packs_pass_the_checks_and_their_tests(self):
        for pack in PACKS:
            done = self.rules("check", pack)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("no problem in", done.stdout)
            self.assertRegex(self.rules("test", pack).stdout, r"^(\d+) of \1 tests pass\n$")

    def test_a_broken_import_mapping_is_a_problem_of_check_alone(self):
        folder = self.boston()
        mapping = folder / "import" / "boston311.yaml"
        text = mapping.read_text(encoding="utf-8")
        mapping.write_text(text.replace("subject:", "subjekt:", 1), encoding="utf-8")
        (folder / "pack.yaml").write_text(
            (folder / "pack.yaml").read_text(encoding="utf-8").replace("version:", "versoin:"),
            encoding="utf-8")
        self.refused(self.rules("check", folder), "pack.yaml:", "unknown key \"versoin\"")
        shutil.copy(support.RULES / "pack.yaml", folder / "pack.yaml")
        self.refused(self.rules("check", folder), "import/boston311.yaml:",
                     "unknown key \"subjekt\"", "did you mean \"subject\"?")
        # It is an aid and no rule: what is judged does not wait for it.
        self.assertEqual(self.rules("test", folder).returncode, 0)

    def test_a_pack_that_loses_its_tests_is_not(self):
        folder = self.boston()
        tests = folder / "tests" / "service.yaml"
        text = tests.read_text(encoding="utf-8")
        tests.write_text(text[:text.index("\n  - name: an open request")] + "\n",
                         encoding="utf-8")
        done = self.rules("mutate", folder, "--at-least", 90)
        self.refused(done, "fewer than 90 % of the changes are noticed",
                     "no test notices min: 90 -> 91")

    def test_eval(self):
        data = self.folder / "case.json"
        data.write_text('{"due": "2015-01-10T00:00:00Z", "source": "Twitter",\n'
                        '\t"opened": {"time": "2015-01-02T12:00:00Z"}}', encoding="utf-8")
        pack = ("--data", data, "--pack", support.RULES, "--case", "request")
        done = self.rules("eval", "workday_due(case.opened.time, 1)", *pack)
        self.assertEqual((done.returncode, done.stdout), (0, "instant 2015-01-06T05:00:00Z\n"))
        done = self.rules("eval", "case.due - case.opened.time", "--data", data)
        self.assertEqual((done.returncode, done.stdout), (0, "duration 180h\n"))
        done = self.rules("eval", "case.source == \"Twiter\"", *pack)
        self.refused(done, "\n  case.source == \"Twiter\"\n                 ^\n  column 16: ",
                     "did you mean \"Twitter\"?")
        done = self.rules("eval", "1 + 1", *pack[:4])
        self.refused(done, "--pack and --case go together")


if __name__ == "__main__":
    unittest.main()
