# SPDX-License-Identifier: Apache-2.0
"""What `emit` answered reaches the ledger, once, however often the agent is killed.

The schedule is one that a log shipper with a buffer on disk and full synchronisation fails: forty
kills with SIGKILL under load, 247,002 records (Fluent Bit 5.1 with its filesystem buffer left
84,565 of so many undelivered). Both processes of the agent die each time, `emit` in the middle of
a group and `run` while it sends; both are started again, and the source hands in again what was
not answered, as a source does. At the end every record has one sequence, whatever it was answered,
and the ledger holds each once and nothing else.

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
        self.repeated = 0

    def start_emit(self):
        return self.keep(subprocess.Popen(
            [self.programs.agent, "--data", str(self.agent.data), "emit"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            start_new_session=True))

    def take_answer(self, line):
        answer = json.loads(line)
        self.assertIn(answer["status"], ("accepted", "repeated"), answer)
        self.repeated += answer["status"] == "repeated"
        record = int(answer["id"].rsplit("/", 1)[1])
        self.assertNotIn(record, self.sequences, "a record was answered twice")
        self.sequences[record] = answer["sequence"]

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
        under_load = 0
        for _ in range(KILLS):
            sender = self.keep(self.agent.start())
            emit = self.start_emit()
            self.hand_in(emit, self.choice.randint(1, RECORDS // KILLS))
            self.begin_a_group(emit)
            emit.kill()
            sender.kill()
            # Answers that were on their way when it died are answers.
            for line in emit.stdout.read().splitlines(keepends=True):
                if line.endswith("\n"):
                    self.take_answer(line)
            self.put_back([self.waiting.popleft() for _ in range(min(GROUP, len(self.waiting)))])
            emit.wait()
            sender.wait()
            under_load += self.agent.status()["unacknowledged_events"] > 0
        self.assertGreater(under_load, KILLS // 2, "the load had dried up")
        self.finish(server)

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
