# SPDX-License-Identifier: Apache-2.0
"""What `emit` answered reaches the ledger, once, however often the agent is killed.

The schedule is one that a log shipper with a buffer on disk and full synchronisation fails: forty
kills with SIGKILL under load, 247,002 records (Fluent Bit 5.1 with its filesystem buffer left
84,565 of so many undelivered). Both processes of the agent die each time, `emit` in the middle of
a group and `run` while it sends; both are started again, and the source hands in again what was
not answered, as a source does; half of the time it dies as well, with the answers that were on
their way. At the end every record has one sequence, whatever it was answered,
and the ledger holds each once and nothing else. Kills count only where they hit something: records
whose answer died with `emit` must come back as "repeated", and `run` must die with batches that are
sent and not acknowledged.

Seen to fail: where the spool forgets which records it took (spool_accept.cc, `answer_all` takes
each for new), a record handed in again gets another sequence: "'sequence': 40401, 'status':
'accepted'} after 40032". Where a new session goes on behind what was sealed and not behind what the
ledger holds (sender_machine.cc, `state_.next`), nothing that a kill left behind is sent again: "0
not greater than 0 : no kill hit between an entry and its acknowledgement".

A kill leaves the page cache alone, so this does not test fsync; tests/faults does.
"""

import collections
import itertools
import json
import os
import random
import subprocess
import time
import unittest

import support
from support import network

KILLS = int(os.environ.get("PLUMBLINE_AGENT_KILLS", "40"))
RECORDS = int(os.environ.get("PLUMBLINE_AGENT_RECORDS", "247002"))
GROUP = 400


class AgentKillTest(support.NetworkTest):
    programs_folder = support.RELEASE

    def setUp(self):
        super().setUp()
        self.choice = random.Random(20250102)
        self.sequences = {}        # record -> sequence that it was answered with
        self.waiting = collections.deque(range(RECORDS))
        self.recovered = 0         # the first answer that arrived was "repeated"

    def start_emit(self):
        return self.keep(subprocess.Popen(
            [self.programs.agent, "--data", str(self.agent.data), "emit"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            start_new_session=True))

    def start_sender(self, connected=False):
        self.agent.log.unlink(missing_ok=True)
        sender = self.keep(self.agent.start())
        while connected and "connected to" not in network.tail(self.agent.log, 2):
            self.assertIsNone(sender.poll(), network.tail(self.agent.log))
            time.sleep(0.001)
        return sender

    def take_answer(self, line):
        answer = json.loads(line)
        self.assertIn(answer["status"], ("accepted", "repeated"), answer)
        record = int(answer["id"].rsplit("/", 1)[1])
        if record not in self.sequences:
            self.recovered += answer["status"] == "repeated"
            self.sequences[record] = answer["sequence"]
            return
        # Handed in again while its first answer was on its way.
        if (answer["status"], answer["sequence"]) != ("repeated", self.sequences[record]):
            self.fail(f"{answer} after {self.sequences[record]}")

    def hand_in(self, emit, answered):
        """Hands in groups of records; returns after so many answers, in the middle of a group
        whose last answers are not waited for. What was not answered waits again."""
        while self.waiting and answered > 0:
            group = [self.waiting.popleft() for _ in range(min(GROUP, len(self.waiting)))]
            emit.stdin.write("".join(support.line(support.opened(record)) for record in group))
            emit.stdin.flush()
            for _ in range(min(answered, len(group))):
                self.take_answer(emit.stdout.readline())
            answered -= len(group)
            self.put_back(group)

    def begin_a_group(self, emit):
        """One more group, and a moment in which `emit` is anywhere between its first line and its
        last answer."""
        group = list(itertools.islice(self.waiting, GROUP))
        emit.stdin.write("".join(support.line(support.opened(record)) for record in group))
        emit.stdin.flush()
        time.sleep(self.choice.random() * 0.02)

    def put_back(self, group):
        """Those of the group that were not answered, in front of the others."""
        self.waiting.extendleft(reversed([r for r in group if r not in self.sequences]))

    def test_kills_lose_nothing_that_was_answered(self):
        server = self.serve()
        self.agent = self.enrolled(server, "outlet-1")
        under_load, unheard = 0, 0
        for _ in range(KILLS):
            # Beside the source, or behind it: then it dies over a backlog that is on its way.
            beside = self.choice.random() < 0.5
            sender = self.start_sender() if beside else None
            emit = self.start_emit()
            self.hand_in(emit, self.choice.randint(1, RECORDS // KILLS))
            sender = sender or self.start_sender(connected=True)
            self.begin_a_group(emit)
            emit.kill()
            sender.kill()
            # Answers that were on their way are answers, unless the source died, too.
            rest = emit.stdout.read().splitlines(keepends=True)
            for line in rest if self.choice.random() < 0.5 else ():
                if line.endswith("\n"):
                    self.take_answer(line)
            self.put_back([self.waiting.popleft() for _ in range(min(GROUP, len(self.waiting)))])
            emit.wait()
            sender.wait()
            status = self.agent.status()
            under_load += status["unacknowledged_events"] > 0
            unheard += self.in_ledger(server) > status["acknowledged_batch"]
        self.assertGreater(under_load, KILLS // 2, "the load had dried up")
        self.assertGreater(self.recovered, KILLS, "no kill hit between a commit and its answer")
        self.assertGreater(unheard, 0, "no kill hit between an entry and its acknowledgement")
        self.finish(server)

    def in_ledger(self, server):
        """The last batch of the agent that the ledger holds."""
        return json.loads(server.plumb("key", "list", "--json").stdout)["keys"][0]["last_batch"]

    def finish(self, server):
        sender = self.keep(self.agent.start())
        emit = self.start_emit()
        self.hand_in(emit, RECORDS)
        emit.stdin.close()
        self.assertEqual(emit.wait(60), 0)
        network.stop_process(sender)
        self.send_all(self.agent)
        self.assertEqual(sorted(self.sequences.values()), list(range(1, RECORDS + 1)))
        evaluator = server.wait_evaluated()["evaluator"]
        self.assertEqual((evaluator["events"], evaluator["set_aside"]), (RECORDS, 0))
        text = server.plumb("ledger", "show", "--kind", "batch", "--limit", "1000000",
                            "--json").stdout
        batches = [json.loads(line)["batch"] for line in text.splitlines()]
        sequence = 1
        for number, batch in enumerate(batches, 1):
            self.assertEqual((batch["number"], batch["first"]), (number, sequence))
            sequence += batch["count"]
        self.assertEqual(sequence, RECORDS + 1)
        server.plumb("ledger", "verify")


if __name__ == "__main__":
    unittest.main()
