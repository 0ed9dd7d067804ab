# SPDX-License-Identifier: Apache-2.0
"""Promise 1: acknowledged means durable, once.

Three agents send while their outlets go on emitting. A hundred times, plumbd or one of the agents
is killed with SIGKILL as soon as a few more acknowledgements have been recorded, and started again.
Each agent writes its acknowledgements into a pipe; a third process writes down what comes out of
it. At the end the record is compared with the ledger: everything recorded is there exactly once,
and nothing is there twice or out of its chain.

A kill leaves the page cache alone, so this does not test fsync. The tests of the store drop writes
that were not synced.
"""

import collections
import json
import os
import random
import subprocess
import sys
import threading
import unittest

import support
from support import network

KILLS = int(os.environ.get("PLUMBLINE_KILLS", "100"))
AGENTS = 3
EVENTS_A_BATCH = 5


class Feeder(threading.Thread):
    """Emits small groups of events through one `plumb-agent emit` until told to stop; every group
    becomes a batch. Keeps the sequence that each event was answered with."""

    def __init__(self, agent, number):
        super().__init__()
        self.agent = agent
        self.number = number
        self.sequences = {}
        self.enough = threading.Event()
        self.may_emit = threading.Semaphore(20)
        self.error = None

    def run(self):
        process = subprocess.Popen(
            [self.agent.programs.agent, "--data", str(self.agent.data), "emit"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            start_new_session=True)
        try:
            case = self.number * 1_000_000
            while not self.enough.is_set():
                if self.may_emit.acquire(timeout=0.1):
                    self.emit_group(process, range(case, case + EVENTS_A_BATCH))
                    case += EVENTS_A_BATCH
            process.stdin.close()
            process.wait(60)
        except Exception as error:  # pylint: disable=broad-except
            self.error = error
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
            process.stdout.close()

    def emit_group(self, process, cases):
        for case in cases:
            process.stdin.write(json.dumps(support.opened(case)) + "\n")
        process.stdin.flush()
        for _ in cases:
            answer = json.loads(process.stdout.readline())
            if answer["status"] != "accepted":
                raise AssertionError(f"emit answered {answer}")
            self.sequences[answer["id"]] = answer["sequence"]


class Record:
    """What the recorder has written so far, as lines."""

    def __init__(self, path):
        self.path = path
        self.offset = 0
        self.lines = []
        self.last = collections.Counter()
        self.partial = b""

    def read(self):
        with open(self.path, "rb") as record:
            record.seek(self.offset)
            new = record.read()
        self.offset += len(new)
        *whole, self.partial = (self.partial + new).split(b"\n")
        self.lines += [line.decode() for line in whole]
        for line in whole:
            stream, _, first, count, _ = line.split()
            self.last[stream] = max(self.last[stream], int(first) + int(count) - 1)
        return len(self.lines)

    def events(self):
        """How many events are acknowledged."""
        self.read()
        return sum(self.last.values())


class KillTest(support.NetworkTest):
    credited = 0   # acknowledgements that the feeders were told of

    def test_nothing_acknowledged_is_lost_and_nothing_is_doubled(self):
        server = self.serve()
        agents = [self.enrolled(server, f"outlet-{number}") for number in range(AGENTS)]
        record = self.start_recorder()
        feeders = [Feeder(agent, number) for number, agent in enumerate(agents, 1)]
        for feeder in feeders:
            feeder.start()
        try:
            self.kill_and_restart(server, agents, feeders, record)
        finally:
            for feeder in feeders:
                feeder.enough.set()
            for feeder in feeders:
                feeder.join()
        for feeder in feeders:
            self.assertIsNone(feeder.error)
        for agent in agents:
            self.finish(agent)
        os.close(self.pipe)
        self.recorder.wait(60)
        record.read()
        self.check(server, feeders, record.lines)

    def start_recorder(self):
        out = self.folder / "acknowledged"
        out.touch()
        read_end, self.pipe = os.pipe()
        self.recorder = self.keep(subprocess.Popen(
            [sys.executable, os.path.join(os.path.dirname(__file__), "recorder.py"), str(out)],
            stdin=read_end, start_new_session=True))
        os.close(read_end)
        return Record(out)

    def send(self, agent, *flags):
        return self.keep(agent.start("--ack-log", self.pipe, *flags, pass_fds=[self.pipe]))

    def finish(self, agent):
        process = self.send(agent, "--until-empty")
        self.assertEqual(process.wait(120), 0, network.tail(agent.log))

    def kill_and_restart(self, server, agents, feeders, record):
        choice = random.Random(20250101)
        senders = [self.send(agent) for agent in agents]
        listen = server.agents
        in_the_middle = 0
        for kill in range(KILLS):
            enough = record.read() + choice.randint(1, 6)
            network.wait_until(f"acknowledgements go on after {kill} kills",
                               lambda wanted=enough: self.pump(feeders, record) >= wanted
                               and self.waiting(feeders, record), 60, server.process, server.log)
            in_the_middle += self.waiting(feeders, record)
            if choice.random() < 0.5:
                server.kill()
                self.start(server, listen=listen)
            else:
                victim = choice.randrange(AGENTS)
                senders[victim].kill()
                senders[victim].wait()
                senders[victim] = self.send(agents[victim])
        for process in senders:
            network.stop_process(process)
        self.assertGreater(in_the_middle, KILLS * 9 // 10, "the load had dried up")

    def waiting(self, feeders, record):
        """True while something emitted is not yet acknowledged."""
        return sum(len(feeder.sequences) for feeder in feeders) > record.events()

    def pump(self, feeders, record):
        """Lets feeders emit as much as was acknowledged, so that the load neither dries up nor
        grows without end."""
        record.read()
        while self.credited < len(record.lines):
            self.credited += 1
            for feeder in feeders:
                feeder.may_emit.release()
        for feeder in feeders:
            if feeder.error is not None:
                raise feeder.error
        return len(record.lines)

    def ledger_batches(self, server):
        """The batches of the ledger as `plumb ledger show` tells them."""
        text = server.plumb("ledger", "show", "--kind", "batch", "--limit", "1000000",
                            "--json").stdout
        return [json.loads(line) for line in text.splitlines()]

    def check(self, server, feeders, lines):
        events = sum(len(feeder.sequences) for feeder in feeders)
        status = server.wait_evaluated()
        self.assertEqual(status["evaluator"]["events"], events)
        self.assertEqual(status["evaluator"]["set_aside"], 0)
        streams = collections.defaultdict(list)
        place = {}
        for entry in self.ledger_batches(server):
            batch = entry["batch"]
            key = (batch["stream"], batch["number"])
            self.assertNotIn(key, place, "a batch is in the ledger twice")
            place[key] = (entry["index"], batch["first"], batch["count"])
            streams[batch["stream"]].append(batch)
        self.assertEqual(len(streams), AGENTS)
        for batches in streams.values():
            sequence = 1
            for number, batch in enumerate(batches, 1):
                self.assertEqual((batch["number"], batch["first"]), (number, sequence))
                sequence += batch["count"]
        self.check_record(lines, place)
        self.assertEqual(sum(count for _, _, count in place.values()), events)
        for feeder in feeders:
            numbers = sorted(feeder.sequences.values())
            self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
        server.plumb("ledger", "verify")

    def check_record(self, lines, place):
        self.assertGreater(len(lines), KILLS)
        for line in lines:
            stream, number, first, count, index = line.split()
            self.assertIn((stream, int(number)), place, "an acknowledged batch is not there")
            there, its_first, its_count = place[(stream, int(number))]
            self.assertEqual((int(first), int(count)), (its_first, its_count))
            if index != "-":
                self.assertEqual(int(index), there)
        # A kill between an acknowledgement and its line loses the line, never the batch.
        recorded = {tuple(line.split()[:2]) for line in lines}
        self.assertGreaterEqual(len(recorded), len(place) - KILLS)


if __name__ == "__main__":
    unittest.main()
