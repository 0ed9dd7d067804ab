#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Full evaluation from the ledger beside DuckDB, on the same job in the same run. Prints one JSON
object; a table for people goes to stderr.

the job: consultations of three steps (opened, first reply, closed), 10-character subjects, a
thousand outlets; of each outlet and month, and of the network, the number of cases, the share on
time and the exact median of hours; of each outlet the points of two criteria.

plumb: `plumb scores --rebuild`, the whole process from its start to its last byte of output: it
reads the ledger of signed batches (from the page cache), decodes, checks each event against the
pack, folds cases, scores and prints all result bodies. It knows no signature: those were checked
when the batches came, and `plumb ledger verify` checks them again.

DuckDB (npm @duckdb/node-api, in a folder of its own under build/): its own table of the same
events, made by the same rule, ordered by day and outlet, text subjects, enums and numbers; only the
query is timed, warm, without start and printing. `plain` is a group-by of outlet and type, without
subjects, cases or quantiles.

Both answers are compared row by row, count, share, median and points; the bench fails where they
differ. What one more event costs is asked of the engine that plumbd's evaluator runs, at half of
the history and at all of it, with the memory that it holds an event.

The load of the machine stands beside each figure: other work on the cores makes figures worse, and
processor time less so than the clock's.
"""

import argparse
import decimal
import hashlib
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
DUCKDB = "@duckdb/node-api@1.5.6-r.1"
AS_OF = "2026-01-10T00:00:00Z"
PACK = ROOT / "tests" / "bench" / "evaluate" / "pack"


def say(text):
    print(text, file=sys.stderr, flush=True)


def load():
    return round(os.getloadavg()[0], 2)


def install_duckdb(folder):
    """DuckDB for Node.js in a folder of its own; nothing else of the project knows it."""
    if not (folder / "node_modules" / "@duckdb" / "node-api").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}')
        subprocess.run(["npm", "install", "--no-save", "--no-package-lock", "--ignore-scripts",
                        "--no-audit", "--no-fund", "--loglevel=error", DUCKDB],
                       cwd=folder, check=True, stdout=sys.stderr)
    return folder


def printed(command, **more):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, check=False,
                          **more)
    if done.returncode != 0:
        raise SystemExit(f"{command[0]} ended with {done.returncode}")
    return done.stdout


def rebuild(programs, folder, threads):
    """Figures of one evaluation from the ledger's beginning, and its rows."""
    command = [programs / "plumb", "--data", folder, "scores", "--rebuild", "--as-of", AS_OF,
               "--threads", threads, "--format", "json"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    text = printed(command)
    seconds = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    figures = {
        "threads": threads,
        "seconds": round(seconds, 3),
        "processor_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime
                                   - before.ru_stime, 3),
        "peak_bytes": after.ru_maxrss * 1024,
        "bodies_sha256": hashlib.sha256(text).hexdigest(),
        "load": load(),
    }
    return figures, json.loads(text)["results"]


def units(text, scale):
    """A decimal string as a whole number of its last place."""
    return int(decimal.Decimal(text).scaleb(scale))


def compared(results):
    """plumb's results as DuckDB's rows: unit, month, cases, share, hours, points."""
    rows = []
    for body in results:
        figures = {one["id"]: one for one in body["indicators"]}
        if figures["cases"]["value"] == "0":
            continue
        outlet = body["level"] == "outlet"
        rows.append([int(body["unit"][1:]) if outlet else -1,
                     int(body["period"]["id"][5:]),
                     int(figures["cases"]["value"]),
                     units(figures["on_time"]["value"], 6),
                     units(figures["hours"]["value"], 4),
                     units(body["score"], 2) if outlet else -1])
    return sorted(rows)


def digest(rows):
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def check_equal(ours, theirs):
    if ours == theirs:
        return
    pairs = [pair for pair in zip(ours, theirs) if pair[0] != pair[1]]
    raise SystemExit(f"plumb and DuckDB differ: {len(ours)} and {len(theirs)} rows"
                     + (f", first {pairs[0][0]} and {pairs[0][1]}" if pairs else ""))


def measure(arguments, folder):
    tools, programs = pathlib.Path(arguments.tools), pathlib.Path(arguments.programs)
    cases = max(1, arguments.events // 3 // arguments.outlets)
    say(f"making a ledger of {cases * arguments.outlets * 3} events")
    made = json.loads(printed([tools / "evaluate_ledger", folder, PACK, arguments.outlets, cases]))
    events = made["events"]
    result = {"events": events, "entries": made["entries"], "outlets": arguments.outlets,
              "cores": os.cpu_count(),
              "ledger_bytes_per_event": round((folder / "ledger.db").stat().st_size / events, 2)}
    threads = [int(number) for number in arguments.threads.split(",")]
    result["plumb"] = []
    for number in threads:
        figures, results = rebuild(programs, folder, number)
        figures["events_per_second"] = round(events / figures["seconds"])
        result["plumb"].append(figures)
        say(f"  plumb scores --rebuild, {number} threads: {figures['seconds']} s, "
            f"{figures['events_per_second'] / 1e6:.3f} M events/s, load {figures['load']}")
    if len({figures["bodies_sha256"] for figures in result["plumb"]}) != 1:
        raise SystemExit("the result bodies depend on the number of threads")
    ours = compared(results)
    result["rows"], result["rows_sha256"] = len(ours), digest(ours)
    if arguments.duckdb:
        modules = install_duckdb(ROOT / "build" / "duckdb")
        told = json.loads(printed(["node", PACK.parent / "duck.mjs", modules, arguments.outlets,
                                   cases, arguments.threads, folder / "duck.db"]))
        if told["events"] != events:
            raise SystemExit(f"plumb has {events} events, DuckDB {told['events']}")
        theirs = [[int(cell) for cell in row] for row in told.pop("rows")]
        check_equal(ours, theirs)
        told["rows"], told["rows_sha256"] = len(theirs), digest(theirs)
        for run in told["runs"]:
            run["events_per_second"] = round(events / run["score_seconds"])
            run["plain_events_per_second"] = round(events / run["plain_group_by_seconds"])
            same = [one for one in result["plumb"] if one["threads"] == run["threads"]]
            run["plumb_times_as_fast"] = round(run["score_seconds"] / same[0]["seconds"], 3)
            run["plumb_processor_times_as_fast"] = round(
                run["score_processor_seconds"] / same[0]["processor_seconds"], 3)
            say(f"  DuckDB {told['version']}, {run['threads']} threads: "
                f"{run['events_per_second'] / 1e6:.3f} M events/s, plain group-by "
                f"{run['plain_events_per_second'] / 1e6:.3f}, plumb is "
                f"{run['plumb_times_as_fast']} times as fast, by processor time "
                f"{run['plumb_processor_times_as_fast']}")
        told["load"] = load()
        result["duckdb"] = told
    if arguments.one_more:
        result["one_more_event"] = json.loads(printed([tools / "evaluate_one_more", folder, AS_OF]))
        for at in result["one_more_event"]:
            say(f"  one more event at {at['history']}: {at['microseconds']} µs, "
                f"{at['bytes_per_event']} B of memory an event, load {load()}")
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", default=str(ROOT / "build" / "release" / "bin"),
                        help="folder of plumb")
    parser.add_argument("--tools", default=str(ROOT / "build" / "bench" / "tests" / "bench"),
                        help="folder of evaluate_ledger and evaluate_one_more")
    parser.add_argument("--events", type=int, default=1_000_000,
                        help="10000000 and 100000000 are the sizes to state (default: 1000000)")
    parser.add_argument("--outlets", type=int, default=1000)
    parser.add_argument("--threads", default="1,2", help="numbers of threads, with commas")
    parser.add_argument("--no-duckdb", dest="duckdb", action="store_false")
    parser.add_argument("--no-one-more", dest="one_more", action="store_false",
                        help="leave out what one more event costs")
    parser.add_argument("--folder", default=tempfile.gettempdir(),
                        help="where ledger and table are made (default: %(default)s)")
    parser.add_argument("--keep", help="make the ledger here and leave it")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="plumbline-bench-", dir=arguments.folder) as folder:
        result = measure(arguments, pathlib.Path(arguments.keep or folder))
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
