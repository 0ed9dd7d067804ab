# SPDX-License-Identifier: Apache-2.0
"""Debian's Prometheus scrapes plumbd, and its own query API gives the figures of `plumb status`."""

import datetime
import unittest

import support
from support import network


class PrometheusTest(support.NetworkTest):
    def test_scrapes_and_answers_queries(self):
        server = self.serve()
        agent = self.enrolled(server, "pwdx", "PWDx")
        for case in range(3):
            agent.emit(support.opened(case))
        self.send_all(agent)
        status = server.wait_evaluated()
        prometheus = network.Prometheus(self.folder)
        prometheus.start(server.addresses["metrics"], interval="1s")
        self.keep(prometheus.process)
        self.assertEqual(prometheus.values('up{job="plumbline"}'), ["1"])
        self.expect(prometheus, "plumbline_collector_events_total", 3)
        self.expect(prometheus, 'plumbline_collector_batches_total{outcome="committed"}', 3)
        self.expect(prometheus, 'plumbline_collector_batches_total{outcome="equivocated"}', 0)
        self.expect(prometheus, "plumbline_ledger_entries", status["ledger"]["size"])
        # The rules of dashboards/prometheus are evaluated too.
        self.expect(prometheus, "instance:plumbline_checkpoint_lag_entries:difference", 0)
        self.assertEqual(prometheus.values('ALERTS{alertname!="CalendarEnding"}'), [])

    def expect(self, prometheus, query, value):
        network.wait_until(
            f"Prometheus answers {value} to {query}",
            lambda: [float(text) for text in prometheus.values(query)] == [value], 30,
            prometheus.process, prometheus.log)

    def test_every_series_has_the_project_s_name(self):
        server = self.serve()
        status, text = network.http_get(server.metrics)
        self.assertEqual(status, 200)
        names = {line.split("{")[0].split(" ")[0] for line in text.splitlines()
                 if line and not line.startswith("#")}
        self.assertGreater(len(names), 5)
        foreign = [name for name in names if not name.startswith("plumbline_")]
        self.assertEqual(foreign, [])

    def test_says_what_it_stands_for(self):
        server = self.serve()
        server.wait_evaluated()
        as_of = server.status()["evaluator"]["as_of"]
        instant = datetime.datetime.fromisoformat(as_of.replace("Z", "+00:00")).timestamp()
        network.wait_until("every part is ready in /metrics",
                           lambda: [self.metric(server, f'plumbline_ready{{part="{part}"}}')
                                    for part in ("storage", "checkpoint", "evaluator")]
                           == [1, 1, 1], 30)
        self.assertEqual(self.metric(server, "plumbline_evaluator_as_of_timestamp_seconds"),
                         instant)
        self.assertEqual(self.metric(server, "plumbline_evaluator_stopped"), 0)
        self.assertEqual(self.metric(server, "plumbline_ledger_simulated"), 0)
        self.assertGreater(
            self.metric(server, 'plumbline_calendar_end_timestamp_seconds{pack="boston-311"}'),
            instant)

    def test_says_that_a_ledger_is_simulated(self):
        server = network.Server(self.programs, self.folder / "simulated")
        server.folder.mkdir()
        network.run([self.programs.plumbd, "init", "--data", server.data, "--network", "s",
                     "--simulated-until", "2026-10-31T00:00:00Z"])
        self.start(server)
        self.assertEqual(self.metric(server, "plumbline_ledger_simulated"), 1)

    def metric(self, server, series):
        """The value of a series in /metrics; None where it is not there."""
        for line in network.http_get(server.metrics)[1].splitlines():
            name, _, value = line.rpartition(" ")
            if name == series:
                return float(value)
        return None


if __name__ == "__main__":
    unittest.main()
