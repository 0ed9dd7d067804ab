# SPDX-License-Identifier: Apache-2.0
"""plumb signals on served results: what is listed, as data, and that no score moves."""

import json
import shutil
import unittest

import support

SIGNALS = """format: plumbline/integrity/v1
signals:
  - id: busy
    title: {zh: 受理量高, en: Many requests}
    standard: service
    indicator: opened
    above: 1
    basis: Of this test.
    basis_kind: proposal
"""


class SignalsTest(support.NetworkTest):
    programs_folder = support.RELEASE

    def setUp(self):
        super().setUp()
        self.pack = self.folder / "boston-311"
        shutil.copytree(support.RULES, self.pack, ignore=shutil.ignore_patterns("data"))
        (self.pack / "integrity.yaml").write_text(SIGNALS, encoding="utf-8")
        self.server = self.serve()
        self.agent = self.enrolled(self.server, "pwd")

    def report(self, number):
        self.agent.emit(support.opened(number))
        self.send_all(self.agent)
        self.server.wait_evaluated()

    def signals(self, *flags, check=True):
        return self.server.plumb("signals", self.pack, *flags, check=check)

    def test_a_figure_beyond_its_bound_is_listed_and_no_score_moves(self):
        self.report(1)
        self.assertRegex(self.signals("--period", "2015").stdout, r"^0 signals, as of ")
        before = self.server.plumb("scores", "--format", "json").stdout
        self.report(2)
        self.assertIn("2015  pwd  busy: 受理量高 (Many requests) is 2, above 1, over 2; proposal\n"
                      "1 signals, as of ", self.signals("--period", "2015").stdout)
        told = json.loads(self.signals("--period", "2015", "--json").stdout)
        self.assertEqual((told["unit"], told["value"], told["n"], told["basis_kind"]),
                         ("pwd", "2", 2, "proposal"))
        after = self.server.plumb("scores", "--format", "json").stdout
        self.assertEqual(json.loads(before)["rule_hash"], json.loads(after)["rule_hash"])

    def test_what_it_refuses(self):
        self.report(1)
        (self.pack / "integrity.yaml").write_text(SIGNALS.replace("opened", "opend"), "utf-8")
        for done in (self.signals(check=False),
                     self.server.plumb("rules", "check", self.pack, check=False)):
            self.refused(done, "integrity.yaml:6:16: there is no indicator \"opend\"",
                         "did you mean \"opened\"?")
        (self.pack / "integrity.yaml").unlink()
        self.refused(self.signals(check=False), "has no integrity.yaml")


if __name__ == "__main__":
    unittest.main()
