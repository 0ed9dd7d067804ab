# SPDX-License-Identifier: Apache-2.0
"""Debian's Prometheus scrapes plumbd, and its own query API gives the figures of `plumb status`."""

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
        prometheus.start(server.addresses["metrics"])
        self.keep(prometheus.process)
        self.assertEqual(prometheus.values('up{job="plumbline"}'), ["1"])
        self.expect(prometheus, "plumbline_collector_events_total", 3)
        self.expect(prometheus, 'plumbline_collector_batches_total{outcome="committed"}', 3)
        self.expect(prometheus, 'plumbline_collector_batches_total{outcome="equivocated"}', 0)
        self.expect(prometheus, "plumbline_ledger_entries", status["ledger"]["size"])

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


if __name__ == "__main__":
    unittest.main()
