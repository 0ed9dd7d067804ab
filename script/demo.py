#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Brings a network up from a rule pack and its data. Started by script/demo, which says how."""

import argparse
import contextlib
import json
import pathlib
import shutil
import signal
import sys
import tempfile
import threading
import time

import demo_networks
import network

DEFAULT_PACK = "jiangsu-2025"
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


class Demo:
    def __init__(self, programs, folder, pack, progress):
        self.folder = folder
        self.pack = pack
        self.say = progress.say
        self.network = demo_networks.of_pack(pack, programs, folder, progress.say)
        self.server = self.network.server
        self.prometheus = network.Prometheus(folder)

    def up(self):
        """Everything running, reported, evaluated and covered by a checkpoint."""
        if prepare_folder(self.folder):
            self.say(f"{self.folder} holds this network already; starting it as it is")
            self.network.start()
        else:
            self.network.make()
            (self.folder / READY).write_text("", encoding="utf-8")
        self.say("waiting until everything is evaluated and covered by a checkpoint")
        self.server.wait_evaluated()
        self.prometheus.start(self.server.addresses["metrics"])
        self.say(f"Prometheus scrapes the server: {self.prometheus.url}")

    def stop(self):
        """What reports ends before what takes it in."""
        with network.all_stopped(self.prometheus, self.network):
            pass

    def summary(self):
        """The figures of the network as a value: docs/guides/demo.md."""
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
            "targets": self.targets(),
            "checkpoint": {"size": status["checkpoint"]["size"],
                           "root": status["checkpoint"]["root"]},
            "seconds": {"ingest": self.network.ingest_seconds,
                        "evaluate": evaluator["evaluate_ms"] / 1000},
        }

    def targets(self):
        """Value, goal and verdict of each target's headline reading: of the final statement, or
        while its deadline lies ahead of the running one."""
        scores = json.loads(self.server.plumb("scores", "--format", "json").stdout)
        statements = {}
        for body in scores["results"]:
            if body.get("kind") != "target":
                continue
            if body["statement"] == "final" or body["target"] not in statements:
                statements[body["target"]] = body
        return [target_summary(body) for _, body in sorted(statements.items())]

    def tour(self):
        plumb = f"build/release/bin/plumb --data {self.server.data}"
        lines = ["", f"  checkpoint  {self.server.http}/api/v1/ledger/checkpoint",
                 f"  metrics     {self.server.metrics}", f"  Prometheus  {self.prometheus.url}"]
        if self.network.needs_web:
            lines.insert(1, f"  portal      {self.server.http}/   (one button for each role)")
        return "\n".join(lines + [
            "",
            "Commands to try in another terminal:",
            f"  {plumb} status --json",
            f"  {plumb} scores --level outlet --period {self.network.period}",
            f"  {plumb} scores --level network --format csv",
            f"  {plumb} ledger show --limit 5",
            f"  {plumb} ledger verify",
            "",
            "Ctrl-C stops the demo; the same command starts it again.",
        ])


def target_summary(body):
    reading = next(item for item in body["readings"] if item["id"] == body["headline"])
    sign = {"above": ">", "at_least": ">="}[body["goal"]["test"]]
    return {"id": body["target"], "value": reading["value"],
            "goal": f"{sign} {body['goal']['value']}", "verdict": reading["verdict"]}


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
        with network.all_stopped(demo):
            demo.up()
            summary = demo.summary()
            progress.say(f"{summary['events']} events, {summary['cases']['closed']} closed and "
                         f"{summary['cases']['open']} open cases, {summary['outlets_scored']} of "
                         f"{summary['outlets']} outlets scored")
            if not options.once:
                stop = ask_to_stop()
                demo.network.go_on()
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
