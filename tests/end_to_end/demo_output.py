# SPDX-License-Identifier: Apache-2.0
"""`script/demo --once` in full, and what holds of every network that it leaves on disk."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import support
from support import network


class DemoOutput:
    """To be mixed into a test case: `options` go to script/demo; `summary` is the object that it
    printed, `scores` what is served, `data` the network's folder."""

    options = ()

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="plumbline-demo-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.data = cls.folder / "network"
        cls.done = subprocess.run(
            [support.ROOT / "script" / "demo", *cls.options, "--once", "--data", cls.data],
            stdout=subprocess.PIPE, text=True, check=False, timeout=1800)
        if cls.done.returncode != 0:
            raise AssertionError(f"script/demo --once ended with {cls.done.returncode}")
        cls.summary = json.loads(cls.done.stdout)
        cls.plumb = [support.RELEASE / "plumb", "--data", cls.data / "server"]
        cls.scores = json.loads(network.run([*cls.plumb, "scores", "--format", "json"]).stdout)

    def test_verify_recomputes_the_root_from_disk(self):
        done = network.run([*self.plumb, "ledger", "verify"])
        self.assertIn(self.summary["checkpoint"]["root"], done.stdout)
        self.assertIn(str(self.summary["checkpoint"]["size"]), done.stdout)

    def test_a_rebuild_is_byte_for_byte_what_was_served(self):
        served = network.run([*self.plumb, "scores", "--format", "json"]).stdout
        for zone in ("Asia/Shanghai", "America/New_York"):
            environment = dict(os.environ, LC_ALL="C", TZ=zone)
            rebuilt = network.run([*self.plumb, "scores", "--rebuild", "--size",
                                   str(self.scores["size"]), "--as-of", self.scores["as_of"],
                                   "--format", "json"], env=environment).stdout
            self.assertEqual(len(served), len(rebuilt))
            self.assertTrue(served == rebuilt, "the rebuilt results differ from what was served")
