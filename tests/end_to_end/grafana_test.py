# SPDX-License-Identifier: Apache-2.0
"""The committed Grafana dashboards are what dashboards/grafana/src makes, and both languages ask
the same questions."""

import json
import subprocess
import tempfile
import unittest
from pathlib import Path

import support

GRAFANA = support.ROOT / "dashboards" / "grafana"
COMMITTED = GRAFANA / "provisioning" / "dashboards"


def panels(board):
    """All panels of a dashboard, those of closed rows included."""
    for panel in board["panels"]:
        yield panel
        yield from panel.get("panels", [])


class GrafanaTest(unittest.TestCase):
    def boards(self):
        found = {path.name: json.loads(path.read_text(encoding="utf-8"))
                 for path in COMMITTED.glob("*.json")}
        self.assertEqual(sorted(found), ["county.en.json", "county.zh.json", "province.en.json",
                                         "province.zh.json"])
        return found

    def test_the_committed_files_are_what_the_sources_make(self):
        with tempfile.TemporaryDirectory(prefix="plumbline-grafana-") as folder:
            done = subprocess.run([support.ROOT / "script" / "build-grafana", folder],
                                  capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            made = sorted(Path(folder).glob("*.json"))
            self.assertEqual([path.name for path in made], sorted(self.boards()))
            for path in made:
                with self.subTest(path.name):
                    self.assertEqual(path.read_bytes(), (COMMITTED / path.name).read_bytes(),
                                     "run script/build-grafana and commit what it makes")

    def test_both_languages_ask_the_same(self):
        def questions(board):
            asked = [target["expr"] for panel in panels(board)
                     for target in panel.get("targets", [])]
            return [query.replace("_name_en", "_name_zh").replace("title_en", "title_zh")
                    for query in asked]

        boards = self.boards()
        for name in ("province", "county"):
            zh, en = questions(boards[f"{name}.zh.json"]), questions(boards[f"{name}.en.json"])
            self.assertGreater(len(zh), 8)
            self.assertEqual(zh, en)

    def test_every_panel_says_what_it_shows_and_reads_the_provisioned_source(self):
        source = (GRAFANA / "provisioning" / "datasources" / "plumbline.yaml").read_text(
            encoding="utf-8")
        self.assertIn("    uid: plumbline\n", source)
        for name, board in self.boards().items():
            self.assertEqual(board["uid"], "plumbline-" + name.removesuffix(".json").replace(
                ".", "-"))
            ids = [panel["id"] for panel in panels(board)]
            self.assertEqual(len(set(ids)), len(ids))
            for panel in panels(board):
                with self.subTest(name, panel=panel["title"]):
                    self.assertNotEqual(panel["title"], "")
                    if panel["type"] == "row":
                        continue
                    self.assertNotEqual(panel["description"], "")
                    self.assertEqual(panel["datasource"]["uid"], "plumbline")
                    self.assertIn("noValue", panel["fieldConfig"]["defaults"])


if __name__ == "__main__":
    unittest.main()
