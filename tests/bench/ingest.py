#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How fast events become durable: plumbd beside PostgreSQL 15 and Redis, on the same events, in one
run. Prints one JSON object; a table for people goes to stderr.

parts (--only takes one or more, with commas):
  throughput   16 agents, batches of 1,000 events, many in flight; each peer's figure stands beside
               plumbd's from just before and after it
  latency      one agent, one batch of 1,000 in flight: wait for each acknowledgement
  acks         1,000 agents with batches of one event, one in flight each: durable acknowledgements
               as fast as they come, and the wait when each agent has one due every 180 ms (5,556
               a second), counted from when it was due
  size         bytes stored an event, subjects of 4 and of 10 characters
  connections  10,000 agents connected over TLS, a batch of 20 KB each: memory of a connection, and
               how long after a restart of plumbd until all are back

what is the same on all sides: the events (one type, four small fields), made by a fixed rule and
encoded before the clock runs (plumbd's: sealed and signed); the machine, client included; the file
system; an fsync before each answer. plumbd's agents speak TLS 1.3 over TCP and every signature,
chain and content hash is checked; the peers are asked over a Unix socket without either. plumbd
runs whole, with its evaluator, but without rules. PostgreSQL: COPY and INSERT ... ON CONFLICT from
binary values with a commit a batch, and COPY with one commit in all ("copy-all", which answers
nothing before its end). Redis: XADD an event, a batch as one
transaction (MULTI), pipelined, appendfsync always.

What each side holds afterwards is read back, counted and hashed (SHA-256 over every value of every
event); the bench fails where one differs from what was sent. The load of the machine stands
beside each figure: other work on the same cores makes figures worse, not better.
"""

import argparse
import json
import os
import pathlib
import resource
import selectors
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "script"))
sys.path.insert(0, str(ROOT / "tests" / "bench" / "ingest"))
import network  # noqa: E402
from sides import Amount, Peers, Plumbline, Tools, resident_bytes  # noqa: E402

# What docs/performance.md asks for.
GOALS = {
    "throughput": "at least 5 M events a second",
    "latency": "p50 at most 0.6 ms, p99 at most 5 ms",
    "acks": "at least 5,000 a second, p99 at most 50 ms, at most 400 B each",
    "size": "at most 20 B an event, 32 B with a 10-character subject",
    "connections": "at most 100 KB each; all back within 30 s",
}


def say(text):
    print(text, file=sys.stderr, flush=True)


class Bench:
    """One run: where it writes, what it found."""

    def __init__(self, arguments, folder):
        self.arguments = arguments
        self.tools = Tools(arguments.programs, arguments.tools, folder)
        self.peers = Peers(self.tools)
        self.differences = []

    def note(self, part, side, figures, expected):
        """Puts the load beside a figure and compares what the side holds."""
        figures["load"] = round(os.getloadavg()[0], 2)
        if figures["holds"] != expected:
            self.differences.append(f"{part}, {side}: holds {figures['holds']}, sent {expected}")
        say(f"  {side:18} {summary(figures)}")
        return figures

    def ours(self, part, amount, expected, *flags):
        plumbline = Plumbline(self.tools, amount.streams)
        return self.note(part, "plumbd", plumbline.run(amount, *flags), expected)

    def peer(self, part, system, amount, expected, connections, window=16):
        if not self.arguments.peers:
            return None
        figures = self.peers.run(system, amount, connections, window)
        return self.note(part, system, figures, expected)


def summary(figures):
    ack = figures["ack_ms"]
    return (f"{figures['events_per_second'] / 1e6:6.3f} M events/s  "
            f"{figures['acks_per_second']:8.0f} acks/s  p50 {ack['p50']:.3f} p99 {ack['p99']:.3f} "
            f"ms  {figures['stored_bytes_per_event']:.1f} B/event  load {figures['load']}")


def throughput(bench):
    streams = 16
    amount = Amount(streams, bench.arguments.events // streams // 1000, 1000)
    expected = bench.tools.expected(amount)
    flags = ["--window", bench.arguments.window]
    plumbd = [bench.ours("throughput", amount, expected, *flags)]
    result = {"amount": amount.in_all, "plumbd": plumbd, "peers": {}}
    for _ in range(bench.arguments.rounds):
        for system in Peers.SYSTEMS if bench.arguments.peers else ("again",):
            if system != "again":
                figures = bench.peer("throughput", system, amount, expected, 4)
            plumbd.append(bench.ours("throughput", amount, expected, *flags))
            if system == "again":
                continue
            beside = (plumbd[-2]["events_per_second"] + plumbd[-1]["events_per_second"]) / 2
            figures["plumbd_times_as_fast"] = round(beside / figures["events_per_second"], 1)
            result["peers"].setdefault(system, []).append(figures)
    rates = sorted(run["events_per_second"] for run in plumbd)
    result["events_per_second"] = {"best": rates[-1], "median": rates[len(rates) // 2]}
    return result


def latency(bench):
    amount = Amount(1, 500, 1000)
    expected = bench.tools.expected(amount)
    result = {"plumbd": [bench.ours("latency", amount, expected, "--window", 1)], "peers": {}}
    for system in ("postgres-copy", "postgres-insert", "redis"):
        figures = bench.peer("latency", system, amount, expected, 1, 1)
        if figures is not None:
            result["peers"][system] = [figures]
    result["plumbd"].append(bench.ours("latency", amount, expected, "--window", 1))
    return result


def acks(bench):
    amount = Amount(1000, 40, 1)
    expected = bench.tools.expected(amount)
    flags = ["--window", 1, "--sources", 20]
    result = {"plumbd": [bench.ours("acks", amount, expected, *flags)], "peers": {}}
    result["plumbd_paced"] = bench.ours("acks", amount, expected, *flags, "--every-us", 180_000)
    # A peer's agents come through a pool of 100 connections.
    for system in ("postgres-insert", "redis"):
        figures = bench.peer("acks", system, amount, expected, 100, 1)
        if figures is not None:
            result["peers"][system] = [figures]
    result["plumbd"].append(bench.ours("acks", amount, expected, *flags))
    return result


def size(bench):
    result = {}
    for subject in (4, 10):
        amount = Amount(16, 30, 1000, subject)
        expected = bench.tools.expected(amount)
        sides = {"plumbd": bench.ours("size", amount, expected)}
        for system in ("postgres-copy-all", "redis"):
            sides[system] = bench.peer("size", system, amount, expected, 4)
        result[f"subject_of_{subject}"] = {
            side: figures["stored_bytes_per_event"] for side, figures in sides.items()
            if figures is not None}
    return result


def wait_up(crowd, wanted, seconds):
    """Waits until `wanted` agents are up, by what they tell on their standard output. The seconds
    that it took, and how many were up at the end."""
    began, up = time.monotonic(), 0
    with selectors.DefaultSelector() as told:
        told.register(crowd.stdout, selectors.EVENT_READ)
        while up != wanted and time.monotonic() - began < seconds:
            if not told.select(timeout=1):
                continue
            lines = os.read(crowd.stdout.fileno(), 1 << 16).decode().split("\n")
            if lines == [""]:
                raise network.StepFailed(f"the agents ended with {crowd.wait()}")
            up = json.loads([line for line in lines if line.endswith("}")][-1])["up"]
    return time.monotonic() - began, up


def room_for(connections):
    """As many connections as this process may open, and why not more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard >= connections + 200:
        return connections
    say(f"  only {hard} files may be open (ulimit -Hn): {hard - 200} connections")
    return hard - 200


def connections(bench):
    count = room_for(bench.arguments.connections)
    amount = Amount(count, 1, 1000)
    frames = bench.tools.seal(amount, "--same-events")
    plumbline = Plumbline(bench.tools, count)
    plumbline.fresh()
    server = plumbline.server
    before = resident_bytes(server.process.pid)
    listen = server.agents
    crowd = subprocess.Popen(
        [str(bench.tools.load), "send", "--data", str(server.data), "--server", listen, "--frames",
         str(frames), "--sources", "200", "--stay"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        _, up = wait_up(crowd, count, 120)
        if up == 0:
            raise network.StepFailed("no agent is up after two minutes")
        after = resident_bytes(server.process.pid)
        server.stop()
        stopped = time.monotonic()
        server.start(listen=listen)
        listening = time.monotonic()
        back, up_again = wait_up(crowd, count, bench.arguments.patience)
        idle = resident_bytes(server.process.pid)
        crowd.stdin.close()
        figures = json.loads(crowd.stdout.read().decode().strip().split("\n")[-1])
    finally:
        crowd.kill()
        crowd.wait()
        plumbline.stop()
    figures = {
        "connections": up,
        "connect_seconds": figures["connect_seconds"],
        "resident_bytes": {"before": before, "with_all": after, "after_restart": idle},
        "bytes_a_connection": round((after - before) / up),
        "restart_seconds": round(listening - stopped, 2),
        "back": up_again,
        "back_seconds": round(back + listening - stopped, 2),
        "load": round(os.getloadavg()[0], 2),
        "holds": plumbline.holds(),
    }
    expected = bench.tools.expected(amount, "--same-events")
    if figures["holds"] != expected:
        bench.differences.append(f"connections: holds {figures['holds']}, sent {expected}")
    say(f"  {up} of {count} connections: {figures['bytes_a_connection']} B each, up in "
        f"{figures['connect_seconds']} s, {up_again} back {figures['back_seconds']} s after the "
        f"stop, load {figures['load']}")
    return figures


PARTS = {"throughput": throughput, "latency": latency, "acks": acks, "size": size,
         "connections": connections}


def parse():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", default=str(ROOT / "build" / "release" / "bin"),
                        help="folder of plumbd, plumb and plumb-agent")
    parser.add_argument("--tools", default=str(ROOT / "build" / "bench" / "tests" / "bench"),
                        help="folder of ingest_load and ingest_peers")
    parser.add_argument("--only", default=",".join(PARTS), help="parts to run, with commas")
    parser.add_argument("--no-peers", dest="peers", action="store_false",
                        help="plumbd alone: quick, for trying a change")
    parser.add_argument("--rounds", type=int, default=1, help="of throughput (default: 1)")
    parser.add_argument("--events", type=int, default=2_000_000,
                        help="events of throughput (default: 2000000)")
    parser.add_argument("--window", type=int, default=16,
                        help="batches of an agent in flight in throughput (default: 16)")
    parser.add_argument("--connections", type=int, default=10_000,
                        help="agents of connections (default: 10000)")
    parser.add_argument("--patience", type=int, default=60,
                        help="seconds that they have to come back after a restart (default: 60)")
    parser.add_argument("--folder", default=tempfile.gettempdir(),
                        help="where the sides write; a disk, not memory (default: %(default)s)")
    arguments = parser.parse_args()
    arguments.only = arguments.only.split(",")
    unknown = [part for part in arguments.only if part not in PARTS]
    if unknown:
        parser.error(f"no part is called {', '.join(unknown)}; there are {', '.join(PARTS)}")
    return arguments


def main():
    arguments = parse()
    kind = network.run(["stat", "-f", "-c", "%T", arguments.folder]).stdout.strip()
    if kind in ("tmpfs", "ramfs"):
        say(f"{arguments.folder} is memory ({kind}): an fsync there costs nothing; use --folder")
    result = {"file_system": kind, "cores": os.cpu_count()}
    with tempfile.TemporaryDirectory(prefix="plumbline-bench-", dir=arguments.folder) as folder:
        bench = Bench(arguments, folder)
        try:
            for part in arguments.only:
                say(f"{part}: {GOALS[part]}")
                result[part] = PARTS[part](bench)
        finally:
            bench.peers.stop()
    result["differences"] = bench.differences
    print(json.dumps(result, indent=2))
    for difference in bench.differences:
        say(f"DIFFERENT: {difference}")
    return 1 if bench.differences else 0


if __name__ == "__main__":
    sys.exit(main())
