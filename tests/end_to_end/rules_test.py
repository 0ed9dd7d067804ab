# SPDX-License-Identifier: Apache-2.0
"""plumb rules test, mutate and eval: what a rule author sees, and the exit codes."""

import re
import shutil
import unittest

import support
import yaml
from support import network

PACKS = sorted(path.parent for path in (support.ROOT / "rules").glob("*/pack.yaml"))
EDGES = support.ROOT / "tests" / "evaluator" / "data" / "edges"


def read(path):
    return yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)


def rows(pack):
    """What the tests of the pack expect, row by row."""
    for path in sorted(pack.glob("tests/*.yaml")):
        for test in read(path)["tests"]:
            yield from test.get("expect", [])


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

    def expected(self, pack):
        """(standard, kind, id) of all that a test of the pack expects something of."""
        found = set()
        for row in rows(pack):
            if "target" in row:
                found.add(("target", row.get("verdict"), row["target"]))
                continue
            standard = row["standard"]
            for name, said in row.get("criteria", {}).items():
                found.update((standard, said[word] if word == "verdict" else word, name)
                             for word in said)
            found.update((standard, "figure", name) for name in row.get("figures", {}))
            for kind in ("vetoes", "caps"):
                found.update((standard, kind, name) for name in row.get(kind, "").split(", "))
            found.add((standard, "grade", row.get("grade")))
        return found

    def test_each_criterion_and_target_of_a_pack_has_a_test_both_ways(self):
        for pack in PACKS:
            wanted = {("target", verdict, read(path)["id"]) for path in pack.glob("targets/*.yaml")
                      for verdict in ("met", "not_met")}
            for standard in map(read, sorted(pack.glob("standards/*.yaml"))):
                criteria = [one["id"] for block in standard["blocks"] for one in block["criteria"]]
                wanted |= {(standard["id"], kind, name) for name in criteria
                           for kind in ("points", "met", "not_met")}
                wanted |= {(standard["id"], "figure", name) for name in standard["indicators"]}
                wanted |= {(standard["id"], kind, one["id"]) for kind in ("vetoes", "caps")
                           for one in standard.get(kind, [])}
                wanted |= {(standard["id"], "grade", one["id"]) for one in standard["grades"]}
            with self.subTest(pack.name):
                self.assertEqual(sorted(wanted - self.expected(pack)), [])

    def test_what_is_reported_at_an_edge(self):
        done = self.rules("test", EDGES)
        self.assertEqual(done.returncode, 0, done.stdout)
        names = re.findall(r"  - name: (.*)", (EDGES / "tests/edges.yaml").read_text("utf-8"))
        self.assertGreater(len(names), 20)
        table = (support.ROOT / "docs" / "bad-input.md").read_text(encoding="utf-8")
        for name in names:
            self.assertIn(f'"{name}"', table)

    def test_an_outlet_with_a_million_events(self):
        folder = self.folder / "million"
        shutil.copytree(EDGES, folder)
        lines = []
        for part in range(50):
            case = f'subject: "{part}-#", repeat: 10000'
            lines += [f"      - {{type: request.opened, {case}, time: 2024-05-06 10:00, "
                      "fields: {due: 2024-05-10 10:00, fee: 5, items: 2}}",
                      f"      - {{type: request.closed, {case}, "
                      f"time: 2024-05-0{8 + part % 2} 10:00}}"]
        (folder / "tests" / "edges.yaml").write_text(
            "format: plumbline/tests/v1\ntests:\n  - name: a million\n    as_of: 2024-07-01\n"
            "    events:\n" + "\n".join(lines) + "\n    expect:\n      - standard: service\n"
            "        period: 2024-05\n        events: 1000000\n        score: 90\n"
            "        figures: {closed: {value: 500000}, hours: {value: 60, n: 500000}}\n",
            encoding="utf-8")
        done = self.rules("test", folder)
        self.assertEqual((done.returncode, done.stdout), (0, "1 of 1 tests pass\n"))

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
