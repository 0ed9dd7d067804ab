# SPDX-License-Identifier: Apache-2.0
"""What the end-to-end tests share: the programs of both builds, a network in a folder of its own,
and the boston-311 rules that they all use."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "script"))
import network  # noqa: E402  (the path above makes it known)

RULES = ROOT / "rules" / "boston-311"
MAPPING = next(iter(sorted((RULES / "import").glob("*.yaml"))), None)
# Sentences are compared in English.
os.environ["LC_ALL"] = "C.UTF-8"
# The builds to test; a developer may name others.
DEBUG = pathlib.Path(os.environ.get("PLUMBLINE_DEBUG", ROOT / "build" / "debug")) / "bin"
RELEASE = pathlib.Path(os.environ.get("PLUMBLINE_RELEASE", ROOT / "build" / "release")) / "bin"


class NetworkTest(unittest.TestCase):
    """A folder of its own for each test, deleted at the end; every process started through
    `keep` is ended by its id."""

    programs_folder = DEBUG

    def setUp(self):
        self.programs = network.Programs(self.programs_folder)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="plumbline-e2e-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def keep(self, process):
        """Ends a background process when the test ends, however it ends."""
        def end():
            if process.poll() is None:
                process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()
        self.addCleanup(end)
        return process

    def serve(self, name="net", rules=RULES):
        """A running plumbd with the rules activated."""
        server = network.Server(self.programs, self.folder / name)
        server.init(name)
        self.start(server)
        if rules is not None:
            server.activate(rules)
        return server

    def start(self, server, **options):
        server.start(**options)
        self.keep(server.process)

    def start_refusing(self, server, listen="127.0.0.1:0"):
        """Starts plumbd where it will not be ready; waits until it says why, and returns that."""
        told = server.data / "addresses.json"
        with open(server.log, "ab") as log:
            server.process = subprocess.Popen(
                [server.programs.plumbd, "run", "--data", str(server.data), "--listen", listen,
                 "--http", "127.0.0.1:0", "--metrics", "127.0.0.1:0"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        self.keep(server.process)
        server.addresses = network.wait_until(
            "plumbd starts", lambda: server._read_addresses(told), 60, server.process, server.log)
        status, body = server.get("/readyz")
        self.assertEqual(status, 503)
        return body

    def enrolled(self, server, outlet, code="", historical=True):
        """An agent that has enrolled for a new outlet."""
        server.add_outlet(outlet, code)
        agent = network.Agent(self.programs, server.folder, outlet)
        agent.enroll(server.agents, server.token(outlet, historical))
        return agent

    def send_all(self, agent):
        """Sends what the agent holds and waits for every acknowledgement."""
        process = self.keep(agent.start("--until-empty"))
        code = process.wait(120)
        self.assertEqual(code, 0, network.tail(agent.log))

    def refused(self, done, *words):
        """`done` failed, said so in a sentence on stderr that holds all `words`, and did not
        crash."""
        text = done.stderr + done.stdout
        self.assertNotEqual(done.returncode, 0, text)
        self.assertGreater(done.returncode, 0, f"ended by a signal: {text}")
        self.assertNotIn("Sanitizer", text)
        self.assertNotIn("terminate called", text)
        for word in words:
            self.assertIn(word.lower(), text.lower())


def opened(case, time="2015-02-01T10:00:00Z", **fields):
    """An event as `plumb-agent emit` reads it."""
    return {"type": "request.opened", "subject": f"{case:012d}", "time": time,
            "fields": {"source": "Self Service", **fields}}


def line(event):
    """An event as one line of `emit`'s input."""
    return json.dumps(event, ensure_ascii=False) + "\n"


def made_password(done):
    """The password that `plumb account` made for an account."""
    return done.stdout.split("password ")[1].split()[0]
