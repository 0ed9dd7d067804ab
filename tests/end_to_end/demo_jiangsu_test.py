# SPDX-License-Identifier: Apache-2.0
"""The main job as a newcomer meets it: `script/demo --once` in full, and then what it left on disk:
the promised figures, results that can be made again from the ledger alone, and the same figures in
the portal and in Prometheus."""

import datetime
import decimal
import json
import unittest
import urllib.request

import demo_output
import support
from support import network


class Portal:
    """The portal's API, signed in as the province."""

    def __init__(self, base):
        self.base = base
        asked = urllib.request.Request(base + "/api/v1/session", data=b'{"demo":"province"}',
                                       headers={"Content-Type": "application/json",
                                                "X-Plumbline": "1"})
        with urllib.request.urlopen(asked, timeout=10) as answer:
            self.cookie = answer.headers["Set-Cookie"].split(";")[0]

    def get(self, path):
        asked = urllib.request.Request(self.base + "/api/v1" + path,
                                       headers={"Cookie": self.cookie})
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return json.loads(answer.read())


def seconds(instant):
    return int(datetime.datetime.fromisoformat(instant.replace("Z", "+00:00")).timestamp())


class DemoJiangsuTest(demo_output.DemoOutput, unittest.TestCase):
    maxDiff = None

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
        self.assertEqual(set(self.summary["seconds"]), {"ingest", "evaluate"})

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

    def of_year(self, year):
        return [body for body in self.bodies(level="outlet", standard="outlet")
                if body["period"]["id"] == year]

    def test_there_are_good_poor_silent_and_vetoed_outlets(self):
        self.assertLessEqual({"excellent", "good", "pass", "fail"},
                             {body["grade"] for body in self.of_year("2025")})
        self.assertIn("not_reported", {body["verdict"] for body in self.of_year("2025")})
        # The one whose ratings were its own: found in April 2026, the score stays.
        vetoed = [body for body in self.of_year("2026") if body["vetoes"]]
        self.assertEqual([body["grade"] for body in vetoed], ["fail"])
        self.assertNotEqual(vetoed[0]["grade_by_score"], "fail")
        self.assertGreater(float(vetoed[0]["score"]), 60)

    def shown_by_the_api(self, portal):
        """(as-of, {query: value}) of what the pages show, as Prometheus should have it."""
        overview = portal.get("/overview?period=2025")
        shown = {}
        for target in overview["targets"]:
            where = f'pack="jiangsu-2025",target="{target["id"]}"'
            shown[f"plumbline_target_goal{{{where}}}"] = target["goal"]["value"]
            for statement in ("final", "running"):
                for reading in target[statement]["readings"]:
                    shown[f'plumbline_target_value{{{where},statement="{statement}",'
                          f'reading="{reading["id"]}"}}'] = reading["value"]
        for tile in overview["map"]["tiles"]:
            shown[f'plumbline_county_covered{{target="t1",county="{tile["code"]}"}}'] = \
                "1" if tile["state"] == "covered" else "0"
        for city in overview["cities"]:
            for row in portal.get(f"/cities/{city['code']}?period=2025")["outlets"]:
                if row["grade"] is not None and row["score"] is not None:
                    shown[f'plumbline_outlet_score{{standard="outlet",period="2025",'
                          f'outlet="{row["id"]}"}}'] = row["score"]
        return seconds(overview["standing"]["as_of"]), shown

    def test_prometheus_shows_what_the_api_answers(self):
        server = network.Server(network.Programs(support.RELEASE), self.data)
        prometheus = network.Prometheus(self.folder)
        with network.all_stopped(prometheus, server):
            server.start(flags=["--demo-accounts"])
            server.wait_evaluated()
            prometheus.start(server.addresses["metrics"], interval="1s")
            portal = Portal(server.http)

            def agrees():
                as_of, shown = self.shown_by_the_api(portal)
                found = {query: prometheus.values(query) for query in shown}
                self.assertTrue(all(len(values) == 1 for values in found.values()),
                                [query for query, values in found.items() if len(values) != 1])
                same = prometheus.values("plumbline_evaluator_as_of_timestamp_seconds")
                # A minute that passed in between is another as-of: look again.
                if [int(float(value)) for value in same] != [as_of]:
                    return None
                return shown, {query: values[0] for query, values in found.items()}

            shown, found = network.wait_until("API and Prometheus have one as-of", agrees, 90)
        self.assertGreater(len(shown), 200)
        self.assertEqual({query: decimal.Decimal(value).normalize()
                          for query, value in shown.items()},
                         {query: decimal.Decimal(value).normalize()
                          for query, value in found.items()})

    def test_nothing_of_the_simulation_is_set_aside(self):
        self.assertEqual({body["set_aside"]["count"] for body in self.bodies(level="network")
                          if "set_aside" in body}, {0})


if __name__ == "__main__":
    unittest.main()
