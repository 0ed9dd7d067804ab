# SPDX-License-Identifier: Apache-2.0
"""plumb simulate: a small invented network, reported by real agents to a plumbd on a simulated
ledger, and what can be done with it afterwards."""

import json
import signal
import subprocess
import unittest

import support
from support import network

RULES = support.ROOT / "rules" / "jiangsu-2025"
END = "2025-01-20T00:00:00Z"
OUTLETS = 4


class SimulateTest(support.NetworkTest):
    def simulated(self, name):
        server = network.Server(self.programs, self.folder / name)
        network.run([self.programs.plumbd, "init", "--data", server.data, "--network", name,
                     "--simulated-until", END])
        self.start(server)
        return server

    def command(self, server, *flags):
        return [self.programs.plumb, "--data", server.data, "simulate", "--rules", RULES,
                "--seed", "7", "--outlets", OUTLETS, *flags]

    def simulate(self, server, *flags):
        done = network.run(self.command(server, *flags), seconds=120)
        return json.loads(done.stdout), done.stderr

    def scores(self, server):
        return server.plumb("scores", "--format", "csv").stdout

    def test_the_whole_way(self):
        server = self.simulated("a")
        summary, said = self.simulate(server)
        self.assertEqual((summary["outlets"], summary["agents"]), (OUTLETS, 3 * OUTLETS))
        self.assertGreater(summary["events"], 100)
        self.assertGreater(summary["cases"], 50)
        self.assertIn("agents are enrolled", said)
        status = server.wait_evaluated(60)
        self.assertTrue(status["clock"]["running"])
        self.assertEqual(status["evaluator"]["set_aside"], 0)
        self.assertEqual(status["evaluator"]["duplicates"], 0)
        server.plumb("ledger", "verify")
        self.again(server, summary)
        self.emit(server)
        self.live(server)

    def again(self, server, summary):
        """A second run finds everything done."""
        size = server.status()["ledger"]["size"]
        repeated, _ = self.simulate(server)
        self.assertEqual(repeated["events"], summary["events"])
        self.assertEqual(server.status()["ledger"]["size"], size)

    def emit(self, server):
        """The folders are those of plumb-agent."""
        before = server.status()["evaluator"]["events"]
        folder = next(path for path in sorted((server.folder / "agents").iterdir())
                      if "." not in path.name)
        agent = network.Agent(self.programs, server.folder, folder.name)
        agent.emit({"type": "search", "subject": "by-hand", "time": END,
                    "fields": {"searches": 2}})
        self.send_all(agent)
        self.assertEqual(server.wait_evaluated(60)["evaluator"]["events"], before + 1)

    def live(self, server):
        """Goes on reporting until it is asked to stop."""
        before = server.status()["evaluator"]["events"]
        process = self.keep(subprocess.Popen(
            [str(part) for part in self.command(server, "--live")], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, start_new_session=True))
        line = process.stderr.readline()
        while "live" not in line:
            self.assertTrue(line, "ended before it reported anything")
            line = process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0)
        self.assertGreater(server.wait_evaluated(60)["evaluator"]["events"], before)

    def test_the_same_seed_gives_the_same_scores(self):
        servers = [self.simulated(name) for name in ("b", "c")]
        until = ["--until", "2025-01-09"]
        first, second = (self.simulate(server, *until)[0] for server in servers)
        for key in ["events", "cases"]:
            self.assertEqual(first[key], second[key])
        self.assertEqual(self.scores(servers[0]), self.scores(servers[1]))
        # Cut off and taken up again is the same as in one go.
        self.simulate(servers[0], "--until", "2025-01-12")
        for server in servers:
            self.simulate(server, "--until", "2025-01-16")
        self.assertEqual(self.scores(servers[0]), self.scores(servers[1]))
        self.assertFalse(servers[0].status()["clock"]["running"])

    def test_a_live_ledger_and_a_pack_without_a_simulation_are_refused(self):
        server = self.serve(rules=None)
        self.refused(network.run(self.command(server), check=False), "live")
        done = network.run([self.programs.plumb, "--data", server.data, "simulate", "--rules",
                            support.RULES], check=False)
        self.refused(done, "simulation.yaml")


if __name__ == "__main__":
    unittest.main()
