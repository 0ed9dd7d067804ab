# SPDX-License-Identifier: Apache-2.0
"""The pages in a real browser, on a small simulated province: tests/browser/pages.mjs looks at all
of them, and an event reported through an agent changes the score on a page that is open."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from small_province import LIVE, Province
from support import ROOT

NODE = ["bash", "-c", 'source script/node-lib && use_node && exec node "$@"', "node"]
# A build that is there already, for a developer; script/test takes the one it makes.
WEB = pathlib.Path(os.environ.get("PLUMBLINE_WEB", ROOT / "build" / "web"))


class BrowserTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        subprocess.run([ROOT / "script" / "build-web"], check=True, timeout=900)
        folder = tempfile.mkdtemp(prefix="plumbline-province-")
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        cls.province = Province(folder)
        cls.addClassCleanup(cls.province.server.stop)
        cls.province.build(WEB)

    def run_node(self, script, **environment):
        """Runs a file of node tests; one that fails shows all that it said."""
        done = subprocess.run(
            [*NODE, "--test", "--test-reporter=tap", f"tests/browser/{script}"], cwd=ROOT,
            env={**os.environ, "PLUMBLINE_PORTAL": self.province.server.http, **environment},
            capture_output=True, text=True, timeout=900, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        passed = re.search(r"^# pass (\d+)$", done.stdout, re.M)
        self.assertGreater(int(passed.group(1)), 0)

    def test_pages(self):
        self.run_node("pages.mjs")

    def test_a_report_changes_the_open_page(self):
        self.run_node("live.mjs", PLUMBLINE_OUTLET=LIVE,
                      PLUMBLINE_EMIT=self.province.emit_command(LIVE))


if __name__ == "__main__":
    unittest.main()
