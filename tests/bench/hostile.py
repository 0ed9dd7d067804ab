#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What honest agents feel of hostile ones. Prints one JSON object.

100 agents with one batch of one event in flight each, alone and beside a swarm of
thousands of half handshakes, handshakes that trickle, frames that claim 4 GB and silent
connections; and alone again. The p99 of the acknowledgement may at most double.

Each pair is of the same run, and the ledger's events are counted and hashed on both sides. The
swarm takes its share of the same cores: the figures are those of one small machine in all.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "script"))
sys.path.insert(0, str(ROOT / "tests" / "bench" / "ingest"))
import network  # noqa: E402
from sides import Amount, Plumbline, Tools  # noqa: E402

SWARM = ROOT / "tests" / "support" / "network" / "swarm.py"


def say(text):
    print(text, file=sys.stderr, flush=True)


def held(swarm, least, seconds):
    """Reads what the swarm tells until it holds `least` connections, or no more come."""
    deadline = time.monotonic() + seconds
    connected = last = 0
    while time.monotonic() < deadline and connected < least:
        connected = int(swarm.stdout.readline().split()[0])
        if connected and connected <= last:
            break
        last = connected
    return connected


class Hostile:
    def __init__(self, arguments, folder):
        self.arguments = arguments
        self.tools = Tools(arguments.programs, arguments.tools, folder)
        self.amount = Amount(100, arguments.batches, 1)
        self.expected = self.tools.expected(self.amount)
        self.plumbline = Plumbline(self.tools, self.amount.streams)
        self.differences = []

    def once(self, swarm_of):
        frames = self.tools.seal(self.amount)
        self.plumbline.fresh()
        swarms, connected = [], 0
        addresses = self.arguments.addresses
        try:
            for number in range(addresses if swarm_of else 0):
                swarms.append(subprocess.Popen(
                    [sys.executable, str(SWARM), self.plumbline.server.agents, "--count",
                     str(swarm_of // addresses), "--rate", str(1000 // addresses),
                     "--from", f"127.0.0.{66 + number}"],
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
            connected = sum(held(swarm, swarm_of // addresses * 9 // 10, 60) for swarm in swarms)
            figures = self.plumbline.send(frames, "--window", 1, "--sources", 2)
        finally:
            for swarm in swarms:
                swarm.kill()
                swarm.wait()
            self.plumbline.stop()
        if self.plumbline.holds() != self.expected:
            self.differences.append(f"beside {swarm_of}: holds {self.plumbline.holds()}")
        found = {"swarm": connected, "ack_ms": figures["ack_ms"],
                 "acks_per_second": figures["acks_per_second"], "put_off": figures["put_off"],
                 "load": round(os.getloadavg()[0], 2)}
        say(f"  beside {connected}: p50 {found['ack_ms']['p50']:.3f} p99 "
            f"{found['ack_ms']['p99']:.3f} ms, {found['acks_per_second']:.0f} acks/s, "
            f"load {found['load']}")
        return found

    def run(self):
        rounds = []
        for _ in range(self.arguments.rounds):
            rounds += [self.once(0), self.once(self.arguments.swarm)]
        rounds.append(self.once(0))
        return rounds


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", default=str(ROOT / "build" / "release" / "bin"))
    parser.add_argument("--tools", default=str(ROOT / "build" / "bench" / "tests" / "bench"),
                        help="folder of ingest_load")
    parser.add_argument("--swarm", type=int, default=3000, help="hostile peers (default: 3000)")
    parser.add_argument("--addresses", type=int, default=8,
                        help="from which they come, as many from each (default: 8)")
    parser.add_argument("--batches", type=int, default=200, help="of an agent (default: 200)")
    parser.add_argument("--rounds", type=int, default=3, help="pairs (default: 3)")
    parser.add_argument("--folder", default=tempfile.gettempdir(), help="a disk, not memory")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="plumbline-bench-", dir=arguments.folder) as folder:
        bench = Hostile(arguments, folder)
        rounds = bench.run()
    p99 = {kind: sorted(r["ack_ms"]["p99"] for r in rounds if bool(r["swarm"]) == kind)
           for kind in (False, True)}
    middle = {kind: values[len(values) // 2] for kind, values in p99.items() if values}
    print(json.dumps({"rounds": rounds, "p99_ms": {"alone": middle.get(False),
                                                   "beside": middle.get(True)},
                      "p99_times": round(middle[True] / middle[False], 2) if len(middle) == 2
                      else None, "differences": bench.differences}, indent=2))
    return 1 if bench.differences else 0


if __name__ == "__main__":
    sys.exit(main())
