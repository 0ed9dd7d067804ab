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

    def test_an_exemption_is_granted_listed_and_ended(self):
        server = self.serve()
        agent = self.enrolled(server, "pwd")
        agent.emit(support.opened(1))
        self.send_all(agent)
        server.wait_evaluated()
        what = ["pwd", "--standard", "service", "--criterion", "on_time", "--from", "2015-01-01"]
        self.refused(self.plumb(server, "exempt", "grant", *what, "--until", "2090-12-31"),
                     "--reason is needed")
        self.refused(self.plumb(server, "exempt", "grant", "pwd", "--standard", "service",
                                "--criterion", "on_tme", "--until", "2090-12-31", "--reason", "r"),
                     'no criterion "on_tme" (did you mean "on_time"?)')
        self.refused(self.plumb(server, "exempt", "grant", "pwd", "--standard", "servise",
                                "--criterion", "on_time", "--until", "2090-12-31", "--reason", "r"),
                     'did you mean "service"?')
        self.refused(self.plumb(server, "exempt", "grant", *what, "--until", "2014-12-31",
                                "--reason", "r"), "before it begins")
        granted = self.plumb(server, "exempt", "grant", *what, "--until", "2090-12-31", "--reason",
                             "flood")
        self.assertEqual(granted.returncode, 0, granted.stderr)
        self.refused(self.plumb(server, "exempt", "grant", *what, "--until", "2091-12-31",
                                "--reason", "r"), "is on record")
        listed = json.loads(self.plumb(server, "exempt", "list", "--json").stdout)["exemptions"]
        self.assertEqual([(one["criterion"], one["until"], one["state"], one["reason"])
                          for one in listed], [("on_time", "2090-12-31", "holds", "flood")])
        self.assertTrue(listed[0]["owner"].startswith("os:"), listed)
        server.wait_evaluated()
        self.assertEqual(self.verdicts(server), {"not_applicable"})

        name = listed[0]["id"]
        self.refused(self.plumb(server, "exempt", "end", name, "--on", "2014-12-31", "--reason",
                                "r"), "cannot become its last day")
        self.refused(self.plumb(server, "exempt", "end", name[:-1], "--reason", "r"),
                     f'did you mean "{name}"?')
        ended = self.plumb(server, "exempt", "end", name, "--on", "2015-02-27", "--reason", "dry")
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertIn("over", self.plumb(server, "exempt", "list", "--outlet", "pwd").stdout)
        server.wait_evaluated()
        self.assertEqual(self.verdicts(server), {"insufficient_data"})

    def verdicts(self, server):
        """Of the criterion in the one month with events, whose last day is 2015-02-28."""
        text = server.plumb("scores", "--format", "json", "--period", "2015-02", "--level",
                            "outlet").stdout
        return {line["verdict"] for body in json.loads(text)["results"]
                for block in body["blocks"] for line in block["criteria"]
                if line["id"] == "on_time"}


if __name__ == "__main__":
    unittest.main()
