#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A small network on this machine: plumbd, agents and Prometheus as real processes.

The demo and the end-to-end tests share it. Servers listen on ports that the kernel gives, every
process is ended by its own id, and every wait has a condition and a deadline.
"""

import contextlib
import csv
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent


class StepFailed(Exception):
    """A step of the network failed; the text names the step and holds the end of its log."""


def tail(path, lines=20):
    """The last lines of a log as one text."""
    try:
        text = pathlib.Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        return f"(no log: {error})"
    return "\n".join(text.splitlines()[-lines:])


def wait_until(what, condition, seconds, process=None, log=None):
    """Polls until `condition()` is true and returns its value.

    StepFailed when `seconds` pass first, or as soon as `process` has ended.
    """
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if process is not None and process.poll() is not None:
            raise StepFailed(f"{what}: the program ended with {process.returncode}"
                             + (f"\n--- end of {log}\n{tail(log)}" if log else ""))
        if time.monotonic() > deadline:
            raise StepFailed(f"{what}: not within {seconds} s"
                             + (f"\n--- end of {log}\n{tail(log)}" if log else ""))
        time.sleep(0.02)


def stop_process(process, seconds=30, ask=signal.SIGTERM):
    """Asks one process to end and waits; returns its exit code.

    A process that does not end in time is killed and StepFailed is raised.
    """
    if process.poll() is None:
        process.send_signal(ask)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise StepFailed(f"process {process.pid} ({process.args[0]}) did not end within "
                             f"{seconds} s of being asked") from None
    return process.returncode


def free_port():
    """A loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def http_get(url, seconds=10):
    """(status, body as text) of a GET; (0, reason) when there is no answer."""
    try:
        with urllib.request.urlopen(url, timeout=seconds) as answer:
            return answer.status, answer.read().decode("utf-8")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode("utf-8", errors="replace")
    except (OSError, ValueError) as error:
        return 0, str(error)


class Programs:
    """The three programs of one build."""

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.plumbd = str(folder / "plumbd")
        self.plumb = str(folder / "plumb")
        self.agent = str(folder / "plumb-agent")
        missing = [p for p in (self.plumbd, self.plumb, self.agent) if not os.path.exists(p)]
        if missing:
            raise StepFailed("not built: " + ", ".join(missing))


def run(command, check=True, stdin=None, seconds=600, **options):
    """Runs a program to its end; StepFailed with its words when it fails and `check` is set."""
    done = subprocess.run([str(part) for part in command], input=stdin, capture_output=True,
                          text=True, encoding="utf-8", errors="replace", timeout=seconds,
                          start_new_session=True, check=False, **options)
    if check and done.returncode != 0:
        words = "\n".join((done.stdout + done.stderr).splitlines()[-20:])
        raise StepFailed(f"`{' '.join(map(str, command))}` ended with {done.returncode}\n{words}")
    return done


class Server:
    """plumbd on one data folder. `folder` also takes its log."""

    def __init__(self, programs, folder):
        self.programs = programs
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "server"
        self.log = self.folder / "plumbd.log"
        self.process = None
        self.addresses = {}

    def init(self, network="test", simulated_until=None):
        """Makes the data folder; with `simulated_until`, an instant as text, a simulated ledger."""
        self.folder.mkdir(parents=True, exist_ok=True)
        simulated = ["--simulated-until", simulated_until] if simulated_until else []
        run([self.programs.plumbd, "init", "--data", self.data, "--network", network, *simulated])

    def start(self, listen="127.0.0.1:0", seconds=60, flags=(), **options):
        """Starts plumbd, with further flags of its command line, and waits until it has told its
        addresses and answers /readyz."""
        told = self.data / "addresses.json"
        told.unlink(missing_ok=True)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.programs.plumbd, "run", "--data", str(self.data), "--listen", listen,
                 "--http", "127.0.0.1:0", "--metrics", "127.0.0.1:0", *map(str, flags)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                **options)
        self.addresses = wait_until("plumbd starts", lambda: self._read_addresses(told), seconds,
                                    self.process, self.log)
        wait_until("plumbd is ready", lambda: self.get("/readyz")[0] == 200, seconds,
                   self.process, self.log)

    def _read_addresses(self, told):
        try:
            addresses = json.loads(told.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return addresses if addresses.get("pid") == self.process.pid else None

    def get(self, path):
        return http_get(self.http + path)

    @property
    def agents(self):
        return self.addresses["agents"]

    @property
    def http(self):
        return "http://" + self.addresses["http"]

    @property
    def metrics(self):
        return "http://" + self.addresses["metrics"] + "/metrics"

    def stop(self):
        if self.process is None:
            return 0
        code = stop_process(self.process)
        self.process = None
        if code != 0:
            raise StepFailed(f"plumbd ended with {code}\n--- end of {self.log}\n{tail(self.log)}")
        return code

    def kill(self):
        """kill -9: no chance to write another byte."""
        self.process.kill()
        self.process.wait()
        self.process = None

    def plumb(self, *arguments, **options):
        return run([self.programs.plumb, "--data", self.data, *arguments], **options)

    def status(self):
        return json.loads(self.plumb("status", "--json").stdout)

    def add_outlet(self, outlet, code="", name_zh="网点", name_en="Outlet"):
        self.plumb("outlet", "add", outlet, "--code", code, "--name-zh", name_zh, "--name-en",
                   name_en, "--reason", "set-up of this network")

    def token(self, outlet, historical=False):
        flags = ["--historical"] if historical else []
        return self.plumb("token", "create", outlet, *flags, "--reason",
                          "set-up of this network").stdout.strip()

    def activate(self, rules, retroactive=True):
        flags = ["--retroactive"] if retroactive else []
        self.plumb("rules", "activate", rules, *flags, "--reason", "set-up of this network")

    def is_evaluated(self):
        """The status when everything is evaluated and covered by a checkpoint, else None."""
        status = self.status()
        size = status["ledger"]["size"]
        done = status["checkpoint"]["size"] == size and status["evaluator"]["size"] == size
        return status if done else None

    def wait_evaluated(self, seconds=300):
        return wait_until("everything is evaluated and covered by a checkpoint",
                          self.is_evaluated, seconds, self.process, self.log)


class Agent:
    """plumb-agent of one outlet, on one data folder."""

    def __init__(self, programs, folder, outlet):
        self.programs = programs
        self.outlet = outlet
        self.data = pathlib.Path(folder) / "agents" / outlet
        self.log = pathlib.Path(folder) / "logs" / f"{outlet}.log"
        self.log.parent.mkdir(parents=True, exist_ok=True)

    def call(self, *arguments, **options):
        return run([self.programs.agent, "--data", self.data, *arguments], **options)

    def enroll(self, server, token, *flags, **options):
        return self.call("enroll", "--server", server, "--token", token, *flags, **options)

    def import_csv(self, table, mapping, *flags, **options):
        return self.call("import", table, "--mapping", mapping, *flags, **options)

    def emit(self, event, **options):
        """Emits one event, given as the value of one JSON line."""
        return self.call("emit", stdin=json.dumps(event, ensure_ascii=False) + "\n", **options)

    def status(self):
        return json.loads(self.call("status", "--json").stdout)

    def start(self, *flags, stdout=None, **options):
        """`run` in the background; its log is `self.log`."""
        with open(self.log, "ab") as log:
            return subprocess.Popen(
                [self.programs.agent, "--data", str(self.data), "run", *map(str, flags)],
                stdin=subprocess.DEVNULL, stdout=stdout or log, stderr=log,
                start_new_session=True, **options)


class Prometheus:
    """Debian's prometheus on a port and a folder of its own, scraping one target. Its
    configuration and rules are those of dashboards/prometheus, evaluated more often."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder) / "prometheus"
        self.log = self.folder / "prometheus.log"
        self.process = None
        self.url = None

    def configure(self, target, interval):
        """Writes the configuration for a target and an interval such as "5s", rules beside it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        source = ROOT / "dashboards" / "prometheus"
        text = (source / "prometheus.yml").read_text(encoding="utf-8")
        for key, value in (("scrape_interval", interval), ("scrape_timeout", interval),
                           ("evaluation_interval", interval)):
            text, found = re.subn(rf"^(  {key}): \S+$", rf"\1: {value}", text, flags=re.M)
            if found != 1:
                raise StepFailed(f"prometheus.yml has no {key} to replace")
        text = text.replace("127.0.0.1:9464", target)
        (self.folder / "prometheus.yml").write_text(text, encoding="utf-8")
        shutil.copytree(source / "rules", self.folder / "rules", dirs_exist_ok=True)

    def start(self, target, seconds=60, interval="5s"):
        """`target` is the host:port of a /metrics listener. Returns when it was scraped."""
        self.configure(target, interval)
        for attempt in range(3):
            port = free_port()
            self.url = f"http://127.0.0.1:{port}"
            with open(self.log, "ab") as log:
                self.process = subprocess.Popen(
                    ["prometheus", f"--config.file={self.folder}/prometheus.yml",
                     f"--storage.tsdb.path={self.folder}/data",
                     f"--web.listen-address=127.0.0.1:{port}"],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
            try:
                wait_until("Prometheus is ready",
                           lambda: http_get(self.url + "/-/ready")[0] == 200, seconds,
                           self.process, self.log)
                break
            except StepFailed:
                stop_process(self.process)
                if attempt == 2 or "address already in use" not in tail(self.log):
                    raise
        wait_until("Prometheus has scraped the server",
                   lambda: self.values('up{job="plumbline"}') == ["1"], seconds,
                   self.process, self.log)

    def query(self, expression):
        """The samples of an instant query, as Prometheus gives them."""
        status, body = http_get(self.url + "/api/v1/query?"
                                + urllib.parse.urlencode({"query": expression}))
        if status != 200:
            return []
        return json.loads(body)["data"]["result"]

    def values(self, expression):
        return [sample["value"][1] for sample in self.query(expression)]

    def stop(self):
        if self.process is not None:
            stop_process(self.process)
            self.process = None


def read_table(path):
    """The rows of a CSV file as dictionaries."""
    with open(path, newline="", encoding="utf-8-sig") as table:
        return list(csv.DictReader(table))


@contextlib.contextmanager
def all_stopped(*parts):
    """Stops every part at the end, in the order given, even when one of them fails."""
    try:
        yield
    except BaseException:
        for part in parts:
            with contextlib.suppress(Exception):
                part.stop()
        raise
    errors = []
    for part in parts:
        try:
            part.stop()
        except StepFailed as error:
            errors.append(str(error))
    if errors:
        raise StepFailed("\n".join(errors))
