# SPDX-License-Identifier: Apache-2.0
"""The sides of the ingest bench: plumbd and its peers, each given the same events and each asked
what it holds afterwards."""

import dataclasses
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "script"))
import network  # noqa: E402
import peers  # noqa: E402


@dataclasses.dataclass(frozen=True)
class Amount:
    """How many events and how they are cut, as the C++ side names it."""
    streams: int
    batches: int
    events: int
    subject: int = 10

    @property
    def in_all(self):
        return self.streams * self.batches * self.events

    def flags(self):
        return ["--streams", self.streams, "--batches", self.batches, "--events", self.events,
                "--subject", self.subject]


class Tools:
    """The C++ programs of the bench, and the folder where everything is written."""

    def __init__(self, programs, tools, folder):
        self.programs = network.Programs(programs)
        self.load = pathlib.Path(tools) / "ingest_load"
        self.peers = pathlib.Path(tools) / "ingest_peers"
        self.folder = pathlib.Path(folder)
        for program in (self.load, self.peers):
            if not program.exists():
                raise network.StepFailed(f"not built: {program}")

    def call(self, program, *arguments):
        return network.run([program, *arguments]).stdout

    def json(self, program, *arguments):
        return json.loads(self.call(program, *arguments))

    def expected(self, amount, *flags):
        return self.json(self.load, "expected", *amount.flags(), *flags)

    def seal(self, amount, *flags):
        """A file of sealed frames; made once for an amount."""
        path = self.folder / ("frames-" + "-".join(map(str, dataclasses.astuple(amount))))
        if not path.exists():
            self.call(self.load, "seal", "--out", path, *amount.flags(), *flags)
        return path


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_bytes(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(r"^VmRSS:\s+(\d+) kB", text, re.M).group(1)) * 1024


class Plumbline:
    """plumbd on a data folder whose streams are enrolled; `fresh()` goes back to that."""

    def __init__(self, tools, streams):
        self.tools = tools
        self.streams = streams
        self.model = tools.folder / f"enrolled-{streams}"
        self.server = network.Server(tools.programs, tools.folder)
        if not self.model.exists():
            shutil.rmtree(self.server.data, ignore_errors=True)
            self.server.init("bench")
            tools.call(tools.load, "enroll", "--data", self.server.data, "--streams", streams)
            self.server.data.rename(self.model)
        self.enrolled_bytes = (self.model / "ledger.db").stat().st_size

    def fresh(self):
        shutil.rmtree(self.server.data, ignore_errors=True)
        shutil.copytree(self.model, self.server.data)
        os.sync()
        self.server.start()

    def commits(self):
        text = network.http_get(self.server.metrics)[1]
        return float(re.search(r"^plumbline_ledger_commits_total (\S+)", text, re.M).group(1))

    def send(self, frames, *flags):
        tools = self.tools
        before, cpu = self.commits(), cpu_seconds(self.server.process.pid)
        figures = tools.json(tools.load, "send", "--data", self.server.data, "--server",
                             self.server.agents, "--frames", frames, *flags)
        commits = self.commits() - before
        figures["events_per_fsync"] = round(figures["events"] / commits, 1)
        figures["server_cpu_seconds"] = round(cpu_seconds(self.server.process.pid) - cpu, 2)
        return figures

    def stop(self):
        """The bytes that the events take, after an orderly end."""
        self.server.stop()
        return (self.server.data / "ledger.db").stat().st_size - self.enrolled_bytes

    def holds(self):
        return self.tools.json(self.tools.load, "digest", "--data", self.server.data, "--streams",
                               self.streams)

    def run(self, amount, *flags):
        """Everything once on a fresh ledger: figures, and what the ledger holds."""
        frames = self.tools.seal(amount)
        self.fresh()
        try:
            figures = self.send(frames, *flags)
        finally:
            stored = self.stop()
        figures["stored_bytes_per_event"] = round(stored / amount.in_all, 1)
        figures["stored_bytes_per_ack"] = round(stored / amount.in_all * amount.events, 1)
        figures["holds"] = self.holds()
        return figures


class Peers:
    """PostgreSQL and Redis, started when first asked."""

    SYSTEMS = ("postgres-copy", "postgres-copy-all", "postgres-insert", "redis")

    def __init__(self, tools):
        self.tools = tools
        self.running = {}

    def _peer(self, system):
        kind = peers.Redis if system == "redis" else peers.Postgres
        if kind not in self.running:
            self.running[kind] = kind(self.tools.folder.parent)
            if kind is peers.Postgres:
                self.running[kind].start()
        if kind is peers.Redis:
            self.running[kind].start()
        return self.running[kind]

    def run(self, system, amount, connections, window=16):
        peer = self._peer(system)
        tools = self.tools
        os.sync()
        figures = tools.json(tools.peers, "load", system, peer.address, *amount.flags(),
                             "--connections", connections, "--window", window)
        figures["stored_bytes_per_event"] = round(peer.stored_bytes() / amount.in_all, 1)
        figures["holds"] = tools.json(tools.peers, "digest", system, peer.address, "--streams",
                                      amount.streams)
        return figures

    def stop(self):
        for peer in self.running.values():
            peer.stop()
