#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Brings a network up from a rule pack and its data. Started by script/demo, which says how."""

import argparse
import concurrent.futures
import contextlib
import gzip
import json
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import threading
import time

import network

DEFAULT_PACK = "boston-311"
MARKER = ".plumbline-demo"
READY = ".plumbline-demo-ready"


class Progress:
    """Lines on stderr, each with the seconds since the start."""

    def __init__(self):
        self.started = time.monotonic()

    def say(self, sentence):
        print(f"[{time.monotonic() - self.started:6.1f} s] {sentence}", file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser(prog="script/demo", add_help=False)
    parser.add_argument("--pack")
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--data")
    parser.add_argument("--programs", required=True)
    return parser.parse_args()


def pack_inputs(pack):
    """(rules folder, outlets, data files, mapping) of a pack that can be demonstrated."""
    rules = network.ROOT / "rules" / pack
    outlets = rules / "data" / "outlets.csv"
    tables = sorted((rules / "data").glob("*.csv.gz"))
    mappings = sorted((rules / "import").glob("*.yaml"))
    if not (outlets.exists() and tables and mappings):
        ready = sorted(p.parent.parent.name
                       for p in (network.ROOT / "rules").glob("*/data/outlets.csv"))
        raise network.StepFailed(f"rules/{pack} has no outlets.csv, data and import mapping to "
                                 f"demonstrate; there is: {', '.join(ready) or 'no such pack'}")
    return rules, network.read_table(outlets), tables, mappings[0]


def prepare_folder(folder):
    """True when `folder` holds a finished network; else it is made empty, if it is ours."""
    if (folder / READY).exists():
        return True
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARKER).exists():
            raise network.StepFailed(f"{folder} is not empty and was not made by the demo")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).write_text("Made by script/demo, which may delete it.\n", encoding="utf-8")
    return False


def unpack(tables, folder):
    folder.mkdir(parents=True, exist_ok=True)
    out = []
    for table in tables:
        out.append(folder / table.name.removesuffix(".gz"))
        with gzip.open(table, "rb") as packed, open(out[-1], "wb") as plain:
            shutil.copyfileobj(packed, plain)
    return out


class Demo:
    def __init__(self, programs, folder, pack, progress):
        self.programs = programs
        self.folder = folder
        self.pack = pack
        self.say = progress.say
        self.server = network.Server(programs, folder)
        self.prometheus = network.Prometheus(folder)
        self.ingest_seconds = None

    def up(self):
        """Everything running, reported, evaluated and covered by a checkpoint."""
        rules, outlets, tables, mapping = pack_inputs(self.pack)
        if prepare_folder(self.folder):
            self.say(f"{self.folder} holds this network already; starting it as it is")
            self.server.start()
        else:
            self.set_up(rules, outlets)
            self.report(outlets, tables, mapping)
            (self.folder / READY).write_text("", encoding="utf-8")
        self.say("waiting until everything is evaluated and covered by a checkpoint")
        self.server.wait_evaluated()
        self.prometheus.start(self.server.addresses["metrics"])
        self.say(f"Prometheus scrapes the server: {self.prometheus.url}")

    def set_up(self, rules, outlets):
        self.server.init(self.pack)
        self.server.start()
        self.say(f"plumbd listens for agents on {self.server.agents}")
        self.server.activate(rules)
        self.say(f"rules/{self.pack} activated, for periods that have passed too")
        for outlet in outlets:
            self.server.add_outlet(outlet["outlet"], outlet["code"], outlet["name_zh"],
                                   outlet["name_en"])
        self.say(f"{len(outlets)} outlets registered")

    def report(self, outlets, tables, mapping):
        """Each outlet's agent enrols, imports its rows and sends them: a process for each."""
        agents = [network.Agent(self.programs, self.folder, row["outlet"]) for row in outlets]
        tables = unpack(tables, self.folder / "tables")
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            list(pool.map(self.enroll, agents))
            self.say(f"{len(agents)} agents enrolled with one-time tokens")
            jobs = [pool.submit(agent.import_csv, table, mapping)
                    for agent in agents for table in tables]
            for number, job in enumerate(concurrent.futures.as_completed(jobs), 1):
                job.result()
                if number % 5 == 0 or number == len(jobs):
                    self.say(f"{number} of {len(jobs)} imports done")
        self.send(agents)

    def enroll(self, agent):
        agent.enroll(self.server.agents, self.server.token(agent.outlet, historical=True))

    def send(self, agents):
        started = time.monotonic()
        running = [(agent, agent.start("--until-empty")) for agent in agents]
        try:
            for agent, process in running:
                code = process.wait(600)
                if code != 0:
                    raise network.StepFailed(f"the agent of {agent.outlet} ended with {code}\n"
                                             f"--- end of {agent.log}\n{network.tail(agent.log)}")
        finally:
            for _, process in running:
                network.stop_process(process)
        self.ingest_seconds = round(time.monotonic() - started, 3)
        self.say(f"{len(agents)} agents have sent everything and hold an acknowledgement for it")

    def stop(self):
        self.prometheus.stop()
        self.server.stop()

    def summary(self):
        """The figures of DESIGN 7 as a value."""
        status = self.server.status()
        evaluator = status["evaluator"]
        return {
            "pack": self.pack,
            "urls": {"portal": self.server.http, "metrics": self.server.metrics,
                     "prometheus": self.prometheus.url},
            "events": evaluator["events"],
            "cases": {"open": evaluator["cases_open"], "closed": evaluator["cases_closed"]},
            "outlets": evaluator["outlets"],
            "outlets_scored": evaluator["outlets_scored"],
            "targets": [],
            "checkpoint": {"size": status["checkpoint"]["size"],
                           "root": status["checkpoint"]["root"]},
            "seconds": {"ingest": self.ingest_seconds,
                        "evaluate": evaluator["evaluate_ms"] / 1000},
        }

    def tour(self):
        plumb = f"build/release/bin/plumb --data {self.server.data}"
        month = "2015-01" if self.pack == DEFAULT_PACK else "2025-01"
        return "\n".join([
            "",
            f"  checkpoint  {self.server.http}/api/v1/ledger/checkpoint",
            f"  metrics     {self.server.metrics}",
            f"  Prometheus  {self.prometheus.url}",
            "",
            "Commands to try in another terminal:",
            f"  {plumb} status --json",
            f"  {plumb} scores --level outlet --period {month}",
            f"  {plumb} scores --level network --format csv",
            f"  {plumb} ledger show --limit 5",
            f"  {plumb} ledger verify",
            "",
            "Ctrl-C stops the demo; the same command starts it again.",
        ])


def ask_to_stop():
    """An event that is set by Ctrl-C or by being asked to end."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


def main():
    options = arguments()
    progress = Progress()
    if options.pack is None:
        options.pack = DEFAULT_PACK
        progress.say(f"no --pack named: taking {DEFAULT_PACK}")
    with contextlib.ExitStack() as stack:
        if options.data:
            folder = pathlib.Path(options.data).resolve()
        elif options.once:
            folder = pathlib.Path(stack.enter_context(
                tempfile.TemporaryDirectory(prefix="plumbline-demo-"))) / "network"
        else:
            folder = network.ROOT / "demo-data" / options.pack
        demo = Demo(network.Programs(options.programs), folder, options.pack, progress)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with network.all_stopped(demo.prometheus, demo.server):
            demo.up()
            summary = demo.summary()
            progress.say(f"{summary['events']} events, {summary['cases']['closed']} closed and "
                         f"{summary['cases']['open']} open cases, {summary['outlets_scored']} of "
                         f"{summary['outlets']} outlets scored")
            if not options.once:
                stop = ask_to_stop()
                print(demo.tour(), file=sys.stderr, flush=True)
                stop.wait()
                progress.say("stopping")
        if options.once:
            print(json.dumps(summary, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    try:
        main()
    except network.StepFailed as failure:
        sys.exit(f"script/demo: {failure}")
    except KeyboardInterrupt:
        sys.exit("script/demo: stopped")
