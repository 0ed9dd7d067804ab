# SPDX-License-Identifier: Apache-2.0
"""The monitoring guide in both languages names the same metrics and alerts, and all that rules and
dashboards ask for."""

import pathlib
import re
import unittest

import promql

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = [ROOT / "docs" / "guides" / name for name in ("monitoring.md", "monitoring.zh.md")]
RULES = ROOT / "dashboards" / "prometheus" / "rules"
BOARDS = ROOT / "dashboards" / "grafana" / "provisioning" / "dashboards"


def table(text, heading):
    """The first cells of the table below a heading."""
    section = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in section.splitlines() if line.startswith("|")]
    return [row.split("|")[1].strip() for row in rows[2:]]


def metrics(cells):
    """The names of a table's first cells, written out: `_x` goes on where the last name began."""
    found = set()
    for cell in cells:
        prefix = ""
        for name in re.findall(r"`([a-z_]+)[^`]*`", cell):
            if name.startswith("_"):
                # The part of the name before is `plumbline_<part>` or `plumbline_<part>_<noun>`.
                name = prefix + name
            else:
                prefix = "_".join(name.split("_")[:2])
                if name.startswith("plumbline_collector_outlet_"):
                    prefix = "plumbline_collector_outlet"
            found.add(name)
    return found


class MonitoringTest(unittest.TestCase):
    def setUp(self):
        self.en, self.zh = [page.read_text(encoding="utf-8") for page in PAGES]

    def test_both_languages_name_the_same_metrics(self):
        english, chinese = table(self.en, "Metrics"), table(self.zh, "运行数据")
        self.assertGreater(len(english), 20)
        spans = [re.findall(r"`[^`]*`", cell) for cell in english]
        self.assertEqual(spans, [re.findall(r"`[^`]*`", cell) for cell in chinese])

    def test_both_languages_name_the_alerts_that_there_are(self):
        alerts = {rule["alert"] for rule in promql.rules(
            (RULES / "alerts.yml").read_text(encoding="utf-8")) if "alert" in rule}
        self.assertEqual(set(table(self.en, "Alerts")), alerts)
        self.assertEqual(table(self.en, "Alerts"), table(self.zh, "告警"))

    def test_every_metric_that_rules_and_dashboards_ask_for_is_explained(self):
        explained = metrics(table(self.en, "Metrics"))
        asked = "".join(path.read_text(encoding="utf-8")
                        for path in [*RULES.glob("*.yml"), *BOARDS.glob("*.json")])
        asked = re.sub(r"- name: plumbline_\w+", "", asked)  # groups of rules
        # What a rule records has a colon before its name.
        names = set(re.findall(r"(?<![:\w-])plumbline_[a-z_]+", asked))
        self.assertGreater(len(names), 20)
        self.assertEqual(sorted(names - explained), [])

    def test_every_metric_that_plumbd_has_is_explained(self):
        explained = metrics(table(self.en, "Metrics"))
        made = set()
        for path in ROOT.glob("*/*.cc"):
            if path.parent.name != "build":
                made |= set(re.findall(r'"(plumbline_[a-z_]+[a-z])"',
                                       path.read_text(encoding="utf-8")))
        self.assertGreater(len(made), 30)
        self.assertEqual(sorted(made - explained), [])

    def test_words_of_labels_stand_on_both_pages(self):
        for words in (self.en, self.zh):
            for code in ("denied", "unauthenticated", "conflict", "not_found", "invalid",
                         "exhausted", "unavailable"):
                self.assertIn(f"`{code}`", words)


if __name__ == "__main__":
    unittest.main()
