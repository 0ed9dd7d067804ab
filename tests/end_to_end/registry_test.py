# SPDX-License-Identifier: Apache-2.0
"""The registry through the programs: a CSV file is applied once, shown with both times, and
refused with the place of every problem."""

import json
import unittest

import support

GOOD = """kind,id,from,name_zh,level,parent,place,place:county
division,320100,,南京市,city,,,
division,320102,,玄武区,county,320100,,
institution,ip-320102,2025-11-03,<b>机构</b>,county,,320102,
outlet,lib-1,,南京图书馆,,,,320102
"""
BAD = """kind,id,from,name_zh,level,parent,place,place:county
institution,ip-2,2025-11-3,机构,county,,320102,
institution,ip-3,2025-11-03,机构,county,,330102,
"""


class RegistryTest(support.NetworkTest):
    def plumb(self, server, *arguments):
        return server.plumb(*arguments, check=False)

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def test_a_file_is_applied_once_and_shown(self):
        server = self.serve(rules=None)
        path = self.file("network.csv", GOOD)
        dry = self.plumb(server, "registry", "apply", path, "--dry-run")
        self.assertEqual(dry.returncode, 0, dry.stderr)
        self.assertIn("added     institution ip-320102", dry.stdout)
        self.refused(self.plumb(server, "registry", "show", "--kind", "institutoin"),
                     "did you mean \"institution\"")
        self.refused(self.plumb(server, "registry", "apply", path), "--reason is needed")
        done = self.plumb(server, "registry", "apply", path, "--reason", "letter 12", "--json")
        self.assertEqual(json.loads(done.stdout)["added"], 3, done.stderr)
        self.assertEqual(json.loads(done.stdout)["outlets_added"], 1)
        again = self.plumb(server, "registry", "apply", path, "--reason", "letter 12", "--json")
        self.assertIsNone(json.loads(again.stdout)["index"])
        self.assertEqual(json.loads(again.stdout)["unchanged"], 4)
        shown = self.plumb(server, "registry", "show", "--id", "ip-320102", "--json")
        fact = json.loads(shown.stdout)["facts"][0]
        self.assertEqual(fact["attributes"]["name_zh"], "<b>机构</b>")
        early = self.plumb(server, "registry", "show", "--known", "2020-01-01", "--json")
        self.assertEqual(json.loads(early.stdout), {"facts": []})

    def test_every_problem_has_its_place(self):
        server = self.serve(rules=None)
        self.plumb(server, "registry", "apply", self.file("network.csv", GOOD), "--reason", "r")
        path = self.file("bad.csv", BAD)
        self.refused(self.plumb(server, "registry", "apply", path, "--reason", "r"),
                     f'{path}:2: column "from": "2025-11-3" is not a date',
                     f'{path}:3: column "place": the division "330102" is not known here')
        shown = self.plumb(server, "registry", "show", "--kind", "institution", "--json")
        self.assertEqual(len(json.loads(shown.stdout)["facts"]), 1)


if __name__ == "__main__":
    unittest.main()
