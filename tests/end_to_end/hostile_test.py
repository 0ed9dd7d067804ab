# SPDX-License-Identifier: Apache-2.0
"""Honest agents report while hostile peers hold all they are let hold.

Method: plumbd with room for 60 connections, and a swarm from another loopback address that wants
300: half handshakes, handshakes that trickle, frames that claim 4 GB, silence. Only when the swarm
holds everything that its address may hold do the agents start. They must get done while it is
still there. Without the quotas of an address the swarm has all 60 places and nobody else gets in.

Seen to fail: with the bounds of an address as large as those of all (listener.cc, `addresses` and
`unauthenticated`), no quota of an address is ever met.
"""

import pathlib
import subprocess
import sys
import unittest

import support
from support import network

SWARM = pathlib.Path(support.ROOT) / "tests" / "support" / "network" / "swarm.py"
SESSIONS = 60
QUOTAS = ("--max-sessions", SESSIONS, "--max-sessions-per-address", 30,
          "--max-unauthenticated", 40, "--max-unauthenticated-per-address", 20)


class HostileTest(support.NetworkTest):
    def test_honest_agents_get_done_beside_a_swarm(self):
        self.honest_agents_get_done_beside(1, "unauthenticated_address")

    def test_swarms_of_many_addresses_make_room_for_another(self):
        """Seen to fail: with FairPlaces that takes nothing away the agents find no place."""
        self.honest_agents_get_done_beside(4, "unauthenticated")

    def honest_agents_get_done_beside(self, addresses, met):
        server = network.Server(self.programs, self.folder / "net")
        server.init("net")
        self.start(server, flags=QUOTAS)
        server.activate(support.RULES)
        agents = [self.enrolled(server, f"outlet-{number}") for number in range(4)]
        for number, agent in enumerate(agents):
            agent.emit(support.opened(number))
        for number in range(addresses):
            swarm = self.keep(subprocess.Popen(
                [sys.executable, str(SWARM), server.agents, "--count", str(300 // addresses),
                 "--rate", str(400 // addresses), "--from", f"127.0.0.{66 + number}"],
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True))
        self.wait_metric(server, swarm, 'plumbline_collector_over_quota_total'
                         f'{{quota="{met}"}}', 50)
        sessions = self.value(server, "plumbline_collector_sessions")
        self.assertGreaterEqual(sessions, 10)
        self.assertLess(sessions, SESSIONS)
        for agent in agents:
            self.send_all(agent)
        self.assertIsNone(swarm.poll(), "the swarm has gone")
        self.assertGreaterEqual(self.value(server, "plumbline_collector_sessions"), 5)
        self.assertEqual(self.value(server, "plumbline_collector_events_total"), 4)
        self.assertEqual(server.get("/readyz")[0], 200)

    def value(self, server, name):
        for line in network.http_get(server.metrics)[1].splitlines():
            if line.startswith(name + " "):
                return float(line.rsplit(" ", 1)[1])
        return 0.0

    def wait_metric(self, server, process, name, least):
        network.wait_until(f"{name} is at least {least}",
                           lambda: self.value(server, name) >= least, 60, process)


class OptionsTest(support.NetworkTest):
    def test_the_help_teaches_the_limits(self):
        text = network.run([self.programs.plumbd, "run", "--help"]).stdout
        for option in ("--max-sessions", "--max-sessions-per-address", "--max-unauthenticated",
                       "--handshake-timeout", "--hello-timeout", "--frame-timeout",
                       "--idle-timeout", "--evaluator-lag"):
            self.assertIn(option, text)

    def test_a_limit_that_is_none_is_refused(self):
        for flags in (("--max-sessions", "0"), ("--max-sessions", "many"),
                      ("--idle-timeout", "-1")):
            done = network.run([self.programs.plumbd, "run", "--data", self.folder, *flags],
                               check=False)
            self.refused(done, flags[0])


if __name__ == "__main__":
    unittest.main()
