# SPDX-License-Identifier: Apache-2.0
"""Every query of rules and dashboards against a real Prometheus that scrapes a real plumbd.

The rule pack fixes its as-of, so the results stand still: each query must answer, and each answer
must be the figure that `plumb scores` gives. Alerts are provoked where that is cheap; the others
fire in dashboards/prometheus/tests.
"""

import json
import re
import shutil
import signal
import statistics
import sys
import unittest

import boards
import support
from support import network

sys.path.insert(0, str(support.ROOT / "tests" / "tidy"))
import promql  # noqa: E402  (the path above makes it known)

WATCHED = support.ROOT / "tests" / "end_to_end" / "data" / "watched"
# People visited by each outlet: 80 are full points. bing-1 reports nothing.
REPORTS = {"jia-1": [40, 32], "jia-2": [44], "yi-1": [80, 10]}
# Panels that show nothing while all is well, or where nobody's score lies.
MAY_BE_EMPTY = {"Alerts now", "Distribution of scores (outlets)"}


class HurriedPrometheus(network.Prometheus):
    """Rules as they are, but for how long an alert waits before it fires."""

    def configure(self, target, interval):
        super().configure(target, interval)
        path = self.folder / "rules" / "alerts.yml"
        text = re.sub(r"^        for: .*$", "        for: 2s", path.read_text(encoding="utf-8"),
                      flags=re.M)
        path.write_text(text, encoding="utf-8")


class WatchedNetwork(support.NetworkTest):
    """A network of four outlets in three counties and two cities, scraped every second."""

    def setUp(self):
        super().setUp()
        self.server = network.Server(self.programs, self.folder / "net")
        self.server.init("watched")
        self.first_ledger = self.folder / "first.db"
        shutil.copy(self.server.data / "ledger.db", self.first_ledger)
        self.start(self.server)
        self.server.activate(WATCHED / "rules")
        self.server.plumb("registry", "apply", WATCHED / "network.csv", "--reason", "set-up")
        self.agents = {outlet: self.report(outlet, visits) for outlet, visits in REPORTS.items()}
        self.server.wait_evaluated()
        self.prometheus = HurriedPrometheus(self.folder)
        self.prometheus.start(self.server.addresses["metrics"], interval="1s")
        self.keep(self.prometheus.process)

    def report(self, outlet, visits):
        agent = network.Agent(self.programs, self.server.folder, outlet)
        agent.enroll(self.server.agents, self.server.token(outlet, historical=True))
        for number, people in enumerate(visits):
            agent.emit({"type": "visit", "subject": f"v{number}",
                        "time": f"2025-0{number + 1}-10T02:00:00Z", "fields": {"people": people}})
        self.send_all(agent)
        return agent

    def until(self, what, condition, seconds=60):
        return network.wait_until(what, condition, seconds, self.prometheus.process,
                                  self.prometheus.log)

    def settled(self):
        """Waits until Prometheus has recorded what the rules make of the last scrape."""
        self.until("the rules have recorded two rounds", lambda: self.prometheus.query(
            "instance:plumbline_collector_events:rate5m"))
        return self.prometheus

    def results(self):
        """The bodies of `plumb scores`."""
        return json.loads(self.server.plumb("scores", "--format", "json").stdout)["results"]

    def statements(self):
        """{(target, statement): body}."""
        return {(body["target"], body["statement"]): body for body in self.results()
                if body.get("kind") == "target"}

    def scores(self):
        """{(outlet, period): score} of those that have a grade."""
        return {(body["unit"], body["period"]["id"]): float(body["score"])
                for body in self.results()
                if body.get("level") == "outlet" and body.get("grade") is not None}

    def by(self, query, *labels):
        """{values of the labels: value} of a query's answer, each once."""
        found = {}
        for sample in self.prometheus.query(query):
            key = tuple(sample["metric"].get(label) for label in labels)
            self.assertNotIn(key, found, query)
            found[key[0] if len(key) == 1 else key] = float(sample["value"][1])
        return found


class QueriesTest(WatchedNetwork):
    def setUp(self):
        """The reports are historical: of their streams nobody expects to hear. One agent more
        is connected, and has nothing to say."""
        super().setUp()
        agent = network.Agent(self.programs, self.server.folder, "bing-1")
        agent.enroll(self.server.agents, self.server.token("bing-1"))
        self.keep(agent.start())

    def settled(self):
        self.until("plumbd has told of the agent", lambda: self.prometheus.query(
            "plumbline_collector_outlet_missing_events"))
        return super().settled()

    def test_every_query_answers(self):
        self.settled()
        rules = [rule for path in sorted((support.ROOT / "dashboards" / "prometheus" /
                                          "rules").glob("*.yml"))
                 for rule in promql.rules(path.read_text(encoding="utf-8"))]
        recorded = [rule["record"] for rule in rules if "record" in rule]
        self.assertGreater(len(recorded), 20)
        for name in recorded:
            with self.subTest(name):
                self.assertTrue(self.until(f"{name} is recorded",
                                           lambda name=name: self.prometheus.query(name)))
        asked = 0
        for name in ("province.zh", "province.en", "county.zh", "county.en"):
            board = boards.Board(name, self.prometheus)
            english = boards.Board(name[:-2] + "en", self.prometheus)
            for (title, query), (known_as, _) in zip(board.queries(), english.queries()):
                with self.subTest(name, title=title, query=query):
                    asked += 1
                    if known_as not in MAY_BE_EMPTY:
                        self.assertNotEqual(self.prometheus.query(query), [])
        self.assertGreater(asked, 80)

    def test_figures_are_those_of_plumb_scores(self):
        self.settled()
        scores = self.scores()
        self.assertGreaterEqual(len(scores), 6)
        self.assertEqual(self.by("plumbline_outlet_score", "outlet", "period"), scores)
        self.expect_places(scores)
        self.expect_targets()
        covered = {(body["target"], body["unit"]): float(body["covered"]["strict"])
                   for body in self.results()
                   if body.get("kind") == "target_unit" and body["statement"] == "running"}
        self.assertEqual(len(covered), 3)
        self.assertEqual(self.by("plumbline_county_covered", "target", "county"), covered)
        self.assertEqual(self.by("city:plumbline_county_covered:sum", "city_name_zh"),
                         {"宁州市": 1, "锡州市": 0})
        self.assertEqual(self.by("city:plumbline_county_covered:count", "city"),
                         {"3201": 2, "3202": 1})

    def expect_places(self, scores):
        """Averages, quantiles and counts by county and city, from the outlets' scores."""
        jia = sorted(scores[outlet, "2025"] for outlet in ("jia-1", "jia-2"))
        ning = sorted(scores[outlet, "2025"] for outlet in ("jia-1", "jia-2", "yi-1"))
        of = '{period="2025"}'
        averages = self.by(f"county:plumbline_outlet_score:avg{of}", "county")
        self.assertAlmostEqual(averages["320101"], statistics.mean(jia))
        self.assertAlmostEqual(
            self.by(f"city:plumbline_outlet_score:avg{of}", "city")["3201"],
            statistics.mean(ning))
        self.assertEqual(self.by(f"city:plumbline_outlet_score:count{of}", "city")["3201"], 3)
        median = self.by('city:plumbline_outlet_score:quantile{period="2025", quantile="0.5"}',
                         "city")
        self.assertAlmostEqual(median["3201"], statistics.median(ning))
        bands = {}
        for (_, period), score in scores.items():
            if period == "2025":
                band = str(int(score // 10 * 10))
                bands[band] = bands.get(band, 0) + 1
        self.assertEqual(self.by(f"pack:plumbline_outlet_score:count_by_band{of}", "band"), bands)

    def expect_targets(self):
        statements = self.statements()
        self.assertEqual(set(statements), {("covered", "running"), ("products", "running"),
                                           ("products", "final")})
        values = {(target, statement, reading["id"]): float(reading["value"])
                  for (target, statement), body in statements.items()
                  for reading in body["readings"]}
        verdicts = {(target, statement, reading["id"]): float(reading["verdict"] == "met")
                    for (target, statement), body in statements.items()
                    for reading in body["readings"]}
        goals = {target: float(body["goal"]["value"])
                 for (target, _), body in statements.items()}
        labels = ("target", "statement", "reading")
        self.assertEqual(self.by("plumbline_target_value", *labels), values)
        self.assertEqual(self.by("plumbline_target_reached", *labels), verdicts)
        self.assertEqual(self.by("plumbline_target_goal", "target"), goals)
        self.assertEqual(goals, {"covered": 0.5, "products": 2})
        for key, ratio in self.by("target:plumbline_target_value:ratio_of_goal",
                                  *labels).items():
            self.assertAlmostEqual(ratio, values[key] / goals[key[0]])

    def test_panels_show_the_figures_by_name(self):
        self.settled()
        scores = self.scores()
        board = boards.Board("county.zh", self.prometheus, {"city": "3201", "county": "320101"})
        self.assertEqual(board.options["city"], [("3201", "宁州市"), ("3202", "锡州市")])
        self.assertEqual(sorted(board.options["county"]),
                         [("320101", "甲区"), ("320102", "乙区")])
        now, = board.answer("各网点当前得分")
        period = board.chosen["period"]
        self.assertEqual(period, "2025-02")
        self.assertEqual({sample["metric"]["outlet"]: float(sample["value"][1])
                          for sample in now},
                         {outlet: score for (outlet, of), score in scores.items()
                          if of == period and outlet.startswith("jia-")})
        covered, = board.answer("是否覆盖")
        self.assertEqual([(sample["metric"]["title_zh"], sample["value"][1])
                          for sample in covered], [("县级机构覆盖率", "1")])
        province = boards.Board("province.en", self.prometheus)
        counties, = province.answer("Counties, covered or not")
        self.assertEqual({(sample["metric"]["city_name_en"], sample["metric"]["county_name_en"]):
                          sample["value"][1] for sample in counties},
                         {("Ningzhou", "Jia District"): "1", ("Ningzhou", "Yi District"): "0",
                          ("Xizhou", "Bing County"): "0"})
        self.expect_presence(province)
        self.assertEqual(sorted(province.options["target"]),
                         [("covered", "Counties with an institution"), ("products", "Products")])


    def expect_presence(self, province):
        """One outlet is expected to be heard: it is connected and has nothing to send."""
        self.assertEqual(self.by("plumbline_collector_outlet_connected", "outlet"), {"bing-1": 1})
        counts = [[float(sample["value"][1]) for sample in one]
                  for one in province.answer("Outlets heard (outlets)")]
        self.assertEqual(counts, [[1], [1], [0], [0]])
        for answer in province.answer("Outlets not heard for longest"):
            self.assertEqual([sample["metric"]["outlet"] for sample in answer], ["bing-1"])


class AlertsTest(WatchedNetwork):
    def firing(self, name):
        return self.prometheus.query(f'ALERTS{{alertname="{name}", alertstate="firing"}}')

    def test_alerts_that_can_be_provoked_fire(self):
        # The results stand nineteen days before a deadline, a month before the calendar's end.
        for name in ("CalendarEnding", "TargetNotReached"):
            self.until(f"{name} fires", lambda name=name: self.firing(name))
        alert, = self.firing("TargetNotReached")
        self.assertEqual(alert["metric"]["title_zh"], "县级机构覆盖率")
        for name in ("Equivocation", "CollectorRefusing", "EventsSetAside",
                     "CheckpointRefused", "PlumblineDown"):
            self.assertEqual(self.firing(name), [])
        self.copy_a_key()
        for name in ("Equivocation", "CollectorRefusing"):
            self.until(f"{name} fires", lambda name=name: self.firing(name))
        self.assertEqual(self.firing("CollectorRefusing")[0]["metric"]["code"], "conflict")
        shown = boards.Board("province.en", self.prometheus).answer("Alerts now")[0]
        self.assertIn("Equivocation", {sample["metric"]["alertname"] for sample in shown})
        self.forget_a_type()
        self.until("EventsSetAside fires", lambda: self.firing("EventsSetAside"))
        self.take_entries_away()
        self.until("CheckpointRefused fires", lambda: self.firing("CheckpointRefused"))
        self.server.kill()
        self.until("PlumblineDown fires", lambda: self.firing("PlumblineDown"))

    def copy_a_key(self):
        """Two agents with one key, each with another batch of the same number. Both have been
        welcomed before either sends: an agent that finds its stream ahead of it sends nothing."""
        agent = self.agents["jia-1"]
        twin = network.Agent(self.programs, self.server.folder, "twin")
        shutil.copytree(agent.data, twin.data)
        running = [self.keep(each.start()) for each in (agent, twin)]
        self.until("both are connected", lambda: self.by(
            "plumbline_collector_sessions", "job") == {"plumbline": 2})
        for each, people in ((agent, 1), (twin, 2)):
            each.emit({"type": "visit", "subject": "again", "time": "2025-02-20T02:00:00Z",
                       "fields": {"people": people}})
        self.until("the second content of the batch is refused", lambda: self.by(
            'plumbline_collector_batches_total{outcome="equivocated"}', "job") == {"plumbline": 1})
        for process in running:
            if process.poll() is None:
                network.stop_process(process)

    def forget_a_type(self):
        """Activates rules that do not know what was reported."""
        rules = self.folder / "other-rules"
        shutil.copytree(WATCHED / "rules", rules)
        for path in (rules / "events.yaml", rules / "standards" / "visits.yaml"):
            text = path.read_text(encoding="utf-8")
            path.write_text(re.sub(r"\bvisit\b", "call", text).replace("case.visit", "case.call"),
                            encoding="utf-8")
        self.server.activate(rules)

    def take_entries_away(self):
        """Puts an older ledger under the published checkpoint, as a careless restore would."""
        self.server.stop()
        shutil.copy(self.first_ledger, self.server.data / "ledger.db")
        with self.assertRaises(network.StepFailed):
            self.server.start(seconds=5)   # waits for /readyz
        self.keep(self.server.process)
        # plumbd listens on another port now.
        self.prometheus.configure(self.server.addresses["metrics"], "1s")
        self.prometheus.process.send_signal(signal.SIGHUP)


if __name__ == "__main__":
    unittest.main()
