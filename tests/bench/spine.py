#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ingest and evaluation by the shipped programs: agents that hold sealed batches send them over
TLS to plumbd; then the ledger is evaluated from its beginning by `plumb scores --rebuild`.

Prints one JSON object. Events are made by a fixed rule, so that two runs ledger the same events;
the result hash is over the result bodies and must be the same in every run of the same size.
"""

import argparse
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "script"))
import network  # noqa: E402

SOURCES = ["Constituent Call", "Citizens Connect App", "Self Service", "Employee Generated"]
PLACES = ["Dorchester", "Roxbury", "Back Bay", "South End", "Hyde Park"]
START_MS = 1420106400000  # 2015-01-01T10:00:00Z


def instant(ms):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ms // 1000))


def lines(cases):
    """Two events a case: opened with three fields, closed; one case a simulated 20 seconds."""
    for case in range(cases):
        opened = START_MS + case * 20_000
        subject = f"{case:010d}"
        fields = {
            "due": instant(opened + 86_400_000 * (1 + case % 7)),
            "neighborhood": PLACES[case % len(PLACES)],
            "source": SOURCES[case % len(SOURCES)],
        }
        yield {"id": f"o{case}", "type": "request.opened", "subject": subject,
               "time": instant(opened), "fields": fields}
        if case % 8 != 0:
            yield {"id": f"c{case}", "type": "request.closed", "subject": subject,
                   "time": instant(opened + 3_600_000 * (1 + case % 200)), "fields": {}}


def prepare(server, programs, folder, agents, cases):
    """Enrolled agents whose spools hold the sealed batches of all events. Returns the agents."""
    made = []
    for number in range(agents):
        outlet = f"outlet-{number}"
        server.add_outlet(outlet)
        agent = network.Agent(programs, folder, outlet)
        agent.enroll(server.agents, server.token(outlet, historical=True))
        with tempfile.TemporaryFile("w+") as text:
            for line in lines(cases):
                text.write(json.dumps(line) + "\n")
            text.seek(0)
            done = subprocess.run([programs.agent, "--data", str(agent.data), "emit"], stdin=text,
                                  stdout=subprocess.DEVNULL, check=False)
        if done.returncode != 0:
            raise SystemExit(f"emit of {outlet} ended with {done.returncode}")
        made.append(agent)
    return made


def send(agents):
    """Seconds from the start of the agents' processes to the last acknowledgement."""
    started = time.monotonic()
    running = [agent.start("--until-empty") for agent in agents]
    codes = [process.wait(900) for process in running]
    if any(codes):
        raise SystemExit(f"agents ended with {codes}")
    return time.monotonic() - started


def rebuild(server, size, as_of):
    """(seconds, SHA-256 of the result bodies) of an evaluation from the ledger's beginning."""
    started = time.monotonic()
    text = server.plumb("scores", "--rebuild", "--size", str(size), "--as-of", as_of,
                        "--format", "json").stdout
    seconds = time.monotonic() - started
    bodies = json.dumps(json.loads(text)["results"], sort_keys=True, ensure_ascii=False)
    return seconds, hashlib.sha256(bodies.encode()).hexdigest()


def measure(programs, folder, agents, cases):
    server = network.Server(programs, folder)
    server.init("bench")
    server.start()
    try:
        server.activate(network.ROOT / "rules" / "boston-311")
        senders = prepare(server, programs, folder, agents, cases)
        started = time.monotonic()
        ingest = send(senders)
        status = server.wait_evaluated()
        until_scored = time.monotonic() - started
        events = status["evaluator"]["events"]
        seconds, digest = rebuild(server, status["ledger"]["size"], status["evaluator"]["as_of"])
    finally:
        server.stop()
    stored = (server.data / "ledger.db").stat().st_size
    return {
        "events": events,
        "agents": agents,
        "ingest_seconds": round(ingest, 3),
        "ingest_events_per_second": round(events / ingest),
        "acknowledged_and_scored_seconds": round(until_scored, 3),
        "rebuild_seconds": round(seconds, 3),
        "rebuild_events_per_second": round(events / seconds),
        "ledger_bytes_per_event": round(stored / events, 2),
        "results_sha256": digest,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", default=str(ROOT / "build" / "bench" / "bin"))
    parser.add_argument("--agents", type=int, default=2)
    parser.add_argument("--cases", type=int, default=200_000, help="cases of each agent")
    arguments = parser.parse_args()
    programs = network.Programs(arguments.programs)
    with tempfile.TemporaryDirectory(prefix="plumbline-bench-") as folder:
        figures = measure(programs, pathlib.Path(folder), arguments.agents, arguments.cases)
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
