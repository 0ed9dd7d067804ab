# SPDX-License-Identifier: Apache-2.0
"""The real plumbd and the real plumb-agent on a network that delays, cuts, half-closes, doubles
connections and swallows acknowledgements: what `emit` answered is in the ledger, once, in order.

Method: a proxy between the two hurts the first connection of each run in one way and leaves the
next ones alone; the agent ends by itself once everything is acknowledged. How many bytes a session
has is measured on one that nobody hurts, so that the cuts fall into handshake, hello, batch,
acknowledgement and proofs alike. tests/network does the same at every byte, inside one process.

Seen to fail: where a batch counts as acknowledged once it is sent (sender_machine.cc, `BatchSent`),
the agent that was killed believes what it never heard.
"""

import json
import sys
import threading
import unittest

import support
from support import network

sys.path.insert(0, str(support.ROOT / "tests" / "support" / "network"))
from fault_proxy import Fault, FaultProxy  # noqa: E402  (the path above makes it known)

POINTS = 12  # places in a session where it is cut
EVENTS = 3   # of a run, in one batch


class NetworkFaultsTest(support.NetworkTest):
    def setUp(self):
        super().setUp()
        self.server = self.serve()
        self.agent = self.enrolled(self.server, "isd")
        self.cases = 0
        self.hurt = 0
        self.up, self.down = self.report(Fault())
        self.assertGreater(min(self.up, self.down), 500)

    def emit(self):
        self.agent.call("emit", stdin="".join(
            support.line(support.opened(self.cases + i)) for i in range(EVENTS)))
        self.cases += EVENTS

    def report(self, fault, later=Fault()):
        """One more batch, whose first connection suffers. Returns the bytes up and down of the
        last one."""
        self.emit()
        proxy = FaultProxy(self.server.agents, lambda n: fault if n == 0 else later)
        try:
            done = self.agent.call("run", "--until-empty", "--server", proxy.address,
                                   "--deadline", 120, check=False)
            self.assertEqual(done.returncode, 0, f"{fault}: {done.stderr}")
            self.hurt += proxy.connections > 1
            return proxy.up, proxy.down
        finally:
            proxy.close()

    def expect_all_once(self):
        text = self.server.plumb("ledger", "show", "--kind", "batch", "--events", "--limit", 1000,
                                 "--json").stdout
        batches = [json.loads(line)["batch"] for line in text.splitlines()]
        self.assertEqual([batch["number"] for batch in batches],
                         list(range(1, self.cases // EVENTS + 1)))
        self.assertEqual([int(event["subject"]) for batch in batches for event in batch["events"]],
                         list(range(self.cases)))
        evaluator = self.server.wait_evaluated()["evaluator"]
        self.assertEqual((evaluator["events"], evaluator["set_aside"]), (self.cases, 0))
        status = self.agent.status()
        self.assertEqual((status["unacknowledged_batches"], status["alarm"]), (0, None))
        self.server.plumb("ledger", "verify")

    def points(self, bytes_of_session):
        return [1 + bytes_of_session * i // POINTS for i in range(POINTS)]

    def test_cut_on_the_way_up(self):
        for at in self.points(self.up):
            self.report(Fault(cut_up=at))
        self.assertGreaterEqual(self.hurt, POINTS // 2)
        self.expect_all_once()

    def test_cut_on_the_way_down(self):
        for at in self.points(self.down):
            self.report(Fault(cut_down=at))
        self.assertGreaterEqual(self.hurt, POINTS // 2)
        self.expect_all_once()

    def test_half_closed(self):
        for at in self.points(self.up):
            self.report(Fault(half_close_up=at))
        self.assertGreaterEqual(self.hurt, POINTS // 2)
        self.expect_all_once()

    def test_a_doubled_connection(self):
        """A second connection with the same bytes is another TLS session: it gets nowhere."""
        for _ in range(3):
            self.report(Fault(doubled=True), Fault(doubled=True))
        self.expect_all_once()

    def test_delay_and_crumbs(self):
        self.report(Fault(delay=0.02, piece=64))
        self.report(Fault(delay=0.3))
        self.expect_all_once()

    def test_swallowed_acknowledgements(self):
        """The server has the batch, the agent never hears of it: the process is killed there and
        then, and the next one asks."""
        for _ in range(3):
            swallow = threading.Event()
            proxy = FaultProxy(self.server.agents, lambda n, s=swallow: Fault(swallow_down=s))
            self.addCleanup(proxy.close)
            before = self.agent.status()["acknowledged_batch"]
            self.agent.log.unlink(missing_ok=True)
            process = self.keep(self.agent.start("--server", proxy.address))
            network.wait_until("a session is open",
                               lambda: "connected to" in network.tail(self.agent.log), 60, process)
            swallow.set()
            self.emit()
            network.wait_until("the server has the batch", lambda: self.stored() == before + 1, 60,
                               process, self.agent.log)
            process.kill()
            process.wait()
            proxy.close()
            self.assertEqual(self.agent.status()["acknowledged_batch"], before)
            done = self.agent.call("run", "--until-empty", "--server", self.server.agents)
            self.assertEqual(done.returncode, 0)
            self.assertEqual(self.agent.status()["acknowledged_batch"], before + 1)
        self.expect_all_once()

    def stored(self):
        """How many batches the ledger has."""
        text = self.server.plumb("ledger", "show", "--kind", "batch", "--limit", 1000,
                                 "--json").stdout
        return len(text.splitlines())


if __name__ == "__main__":
    unittest.main()
