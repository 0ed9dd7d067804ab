# SPDX-License-Identifier: Apache-2.0
"""The two kinds of network that script/demo brings up: one that imports a pack's data through an
agent for each outlet, and one that is simulated."""

import concurrent.futures
import gzip
import json
import os
import pathlib
import shutil
import subprocess
import time

import network

WEB = network.ROOT / "build" / "web"
# The day at which a simulated network stands when it is ready; it runs at wall speed from there.
UNTIL = "2026-10-31"
SEED = 2025


def of_pack(pack, programs, folder, say):
    """The network of rules/PACK, not yet up."""
    rules = network.ROOT / "rules" / pack
    if (rules / "simulation.yaml").exists():
        return Simulated(programs, folder, rules, say)
    if list((rules / "data").glob("*.csv.gz")) and (rules / "data" / "outlets.csv").exists():
        return Imported(programs, folder, rules, say)
    folders = sorted(path.parent.name for path in (network.ROOT / "rules").glob("*/pack.yaml"))
    raise network.StepFailed(f"rules/{pack} has neither a simulation.yaml nor data to report; "
                             f"there is: {', '.join(folders)}")


def unpack(tables, folder):
    folder.mkdir(parents=True, exist_ok=True)
    out = []
    for table in tables:
        out.append(folder / table.name.removesuffix(".gz"))
        with gzip.open(table, "rb") as packed, open(out[-1], "wb") as plain:
            shutil.copyfileobj(packed, plain)
    return out


class Imported:
    """Outlets and events of rules/PACK/data, reported by a process for each outlet."""

    needs_web = False

    def __init__(self, programs, folder, rules, say):
        self.programs = programs
        self.folder = folder
        self.rules = rules
        self.say = say
        self.server = network.Server(programs, folder)
        self.outlets = network.read_table(rules / "data" / "outlets.csv")
        self.ingest_seconds = None
        self.period = "2015-01"

    def start(self):
        self.server.start()

    def make(self):
        self.server.init(self.rules.name)
        self.start()
        self.say(f"plumbd listens for agents on {self.server.agents}")
        self.server.activate(self.rules)
        self.say(f"rules/{self.rules.name} activated, for periods that have passed too")
        for outlet in self.outlets:
            self.server.add_outlet(outlet["outlet"], outlet["code"], outlet["name_zh"],
                                   outlet["name_en"])
        self.say(f"{len(self.outlets)} outlets registered")
        self.report()

    def report(self):
        """Each outlet's agent enrols, imports its rows and sends them."""
        mapping = sorted((self.rules / "import").glob("*.yaml"))[0]
        tables = unpack(sorted((self.rules / "data").glob("*.csv.gz")), self.folder / "tables")
        agents = [network.Agent(self.programs, self.folder, row["outlet"])
                  for row in self.outlets]
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

    def go_on(self):
        """Nothing happens any more in a data set that has ended."""

    def stop(self):
        self.server.stop()


class Simulated:
    """A network that `plumb simulate` brings to life: registry, outlets, agents and their events,
    on a ledger that is marked as simulated."""

    needs_web = True

    def __init__(self, programs, folder, rules, say):
        self.programs = programs
        self.folder = folder
        self.rules = rules
        self.say = say
        self.server = network.Server(programs, folder)
        self.agents = folder / "agents"
        self.live = None
        self.ingest_seconds = None
        self.period = "2025"

    def start(self):
        """Listens where it did before, if it can: there the agents of its folder look for it."""
        kept = self.folder / "agents-address"
        flags = ["--web", WEB, "--demo-accounts"]
        try:
            before = kept.read_text(encoding="utf-8").strip() if kept.exists() else "127.0.0.1:0"
            self.server.start(listen=before, flags=flags)
        except network.StepFailed as failure:
            if "in use" not in str(failure):
                raise
            self.server.start(flags=flags)
        kept.write_text(self.server.agents + "\n", encoding="utf-8")

    def make(self):
        self.server.init("江苏省知识产权信息公共服务网点（示例）",
                         simulated_until=f"{UNTIL}T00:00:00Z")
        self.start()
        self.say(f"plumbd listens for agents on {self.server.agents}")
        started = time.monotonic()
        done = subprocess.run(self.command(), stdout=subprocess.PIPE, text=True, check=False,
                              start_new_session=True)
        if done.returncode != 0:
            raise network.StepFailed(f"plumb simulate ended with {done.returncode}")
        self.ingest_seconds = round(time.monotonic() - started, 3)
        summary = json.loads(done.stdout)
        self.say(f"{summary['outlets']} outlets reported {summary['events']} simulated events")

    def command(self, *more):
        return [self.programs.plumb, "--data", str(self.server.data), "simulate",
                "--agents-data", str(self.agents), "--rules", str(self.rules), "--seed",
                str(SEED), "--until", UNTIL, *more]

    def go_on(self):
        """A few agents go on reporting, so that the screen moves."""
        with open(self.folder / "live.log", "ab") as log:
            self.live = subprocess.Popen(self.command("--live"), stdin=subprocess.DEVNULL,
                                         stdout=log, stderr=log, start_new_session=True)

    def stop(self):
        if self.live is not None:
            network.stop_process(self.live)
            self.live = None
        self.server.stop()


def outlet_folder(folder, outlet):
    """Where the agent of an outlet of a simulated network keeps its data."""
    return pathlib.Path(folder) / "agents" / outlet
