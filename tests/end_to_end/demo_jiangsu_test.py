# SPDX-License-Identifier: Apache-2.0
"""The main job as a newcomer meets it: `script/demo --once` in full, and then what it left on disk:
the promised figures, results that can be made again from the ledger alone, and the proof that the
same seed makes the same province."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import support
from support import network

RULES = support.ROOT / "rules" / "jiangsu-2025"


class DemoJiangsuTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="plumbline-jiangsu-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.data = cls.folder / "network"
        cls.done = subprocess.run(
            [support.ROOT / "script" / "demo", "--once", "--data", cls.data],
            stdout=subprocess.PIPE, text=True, check=False, timeout=1800)
        if cls.done.returncode != 0:
            raise AssertionError(f"script/demo --once ended with {cls.done.returncode}")
        cls.summary = json.loads(cls.done.stdout)
        cls.plumb = [support.RELEASE / "plumb", "--data", cls.data / "server"]
        cls.scores = json.loads(network.run([*cls.plumb, "scores", "--format", "json"]).stdout)

    def bodies(self, **wanted):
        return [body for body in self.scores["results"]
                if all(body.get(key) == value for key, value in wanted.items())]

    def test_prints_one_object_with_every_key(self):
        self.assertEqual(self.done.stdout.count("\n"), 1)
        self.assertEqual(set(self.summary), {"pack", "urls", "events", "cases", "outlets",
                                             "outlets_scored", "targets", "checkpoint", "seconds"})
        self.assertEqual(self.summary["pack"], "jiangsu-2025")
        self.assertGreater(self.summary["events"], 300_000)
        self.assertGreaterEqual(self.summary["outlets"], 105)
        self.assertEqual(self.summary["outlets_scored"], self.summary["outlets"])
        self.assertGreater(self.summary["cases"]["open"], 0)
        self.assertGreater(self.summary["cases"]["closed"], 50_000)
        self.assertLess(self.summary["seconds"]["ingest"], 120)

    def test_the_targets_are_those_of_the_policy(self):
        targets = {item["id"]: item for item in self.summary["targets"]}
        self.assertLessEqual({"t1", "t1a", "t1b", "t2", "t3"}, set(targets))
        # 48 of 95: one county that opened in November 2025 decides.
        self.assertEqual(targets["t1"],
                         {"id": "t1", "value": "0.505263", "goal": "> 0.5", "verdict": "met"})
        self.assertEqual(targets["t1a"]["verdict"], "met")
        self.assertEqual(targets["t1b"]["verdict"], "met")
        self.assertEqual(targets["t2"]["verdict"], "met")
        self.assertEqual(targets["t3"]["verdict"], "not_met")

    def test_verify_recomputes_the_root_from_disk(self):
        done = network.run([*self.plumb, "ledger", "verify"])
        self.assertIn(self.summary["checkpoint"]["root"], done.stdout)

    def test_a_rebuild_is_byte_for_byte_what_was_served(self):
        served = network.run([*self.plumb, "scores", "--format", "json"]).stdout
        environment = dict(os.environ, LC_ALL="C", TZ="America/New_York")
        rebuilt = network.run([*self.plumb, "scores", "--rebuild", "--size",
                               str(self.scores["size"]), "--as-of", self.scores["as_of"],
                               "--format", "json"], env=environment).stdout
        self.assertEqual(len(served), len(rebuilt))
        self.assertTrue(served == rebuilt, "the rebuilt results differ from what was served")

    def test_there_are_good_poor_silent_and_vetoed_outlets(self):
        year = [body for body in self.bodies(level="outlet")
                if body["period"]["id"] == "2025" and body["standard"] == "outlet"]
        grades = {body["grade"] for body in year}
        self.assertLessEqual({"good", "pass", "fail"}, grades)
        verdicts = {body["verdict"] for body in year}
        self.assertIn("not_reported", verdicts)
        vetoed = [body for body in year if body["vetoes"]]
        self.assertEqual([body["grade"] for body in vetoed], ["fail"] * len(vetoed))
        self.assertGreaterEqual(len(vetoed), 1)

    def test_nothing_of_the_simulation_is_set_aside(self):
        self.assertEqual({body["set_aside"]["count"] for body in self.bodies(level="network")
                          if "set_aside" in body}, {0})


if __name__ == "__main__":
    unittest.main()
