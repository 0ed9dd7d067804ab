# SPDX-License-Identifier: Apache-2.0
"""`plumb backup` and `plumb restore` on the shipped programs.

Backups are made while plumbd takes batches. What is damaged is damaged on purpose, one file at a
time; what breaks off is killed with SIGKILL as soon as it has begun to write.
"""

import json
import shutil
import subprocess
import threading
import time
import unittest

import support
from support import network


class Sender(threading.Thread):
    """Emits and sends small batches through one agent until told to stop."""

    def __init__(self, agent):
        super().__init__()
        self.agent = agent
        self.enough = threading.Event()
        self.rounds = 0
        self.error = None

    def run(self):
        try:
            while not self.enough.is_set():
                for case in range(5):
                    self.agent.emit(support.opened(self.rounds * 10 + case))
                self.agent.call("run", "--until-empty")
                self.rounds += 1
        except network.StepFailed as error:
            self.error = error


class BackupTest(support.NetworkTest):

    def filled(self, events=3):
        """A server with an account and an agent whose events are acknowledged."""
        server = self.serve()
        server.plumb("account", "add", "xuanwu", "--role", "province", "--name-zh",
                     "省局", "--reason", "test")
        agent = self.enrolled(server, "pwd")
        for case in range(events):
            agent.emit(support.opened(case))
        self.send_all(agent)
        server.wait_evaluated()
        return server, agent

    def backup(self, server, name="backup"):
        target = self.folder / name
        done = server.plumb("backup", target)
        self.assertIn("verified", done.stdout)
        return target

    def restore(self, backup, data, *flags, check=True):
        return network.run([self.programs.plumb, "restore", backup, "--data", data, *flags],
                           check=check)

    def outside(self, server, name="auditors-copy"):
        path = self.folder / name
        shutil.copy(server.data / "checkpoint", path)
        return path

    def server_on(self, data):
        server = network.Server(self.programs, data.parent)
        server.data = data
        server.log = data.parent / (data.name + ".log")
        return server

    def test_online_and_back(self):
        server, agent = self.filled()
        sender = Sender(agent)
        sender.start()
        try:
            network.wait_until("batches flow", lambda: sender.rounds >= 2, 60)
            before = sender.rounds
            backup = self.backup(server)
            network.wait_until("and go on", lambda: sender.rounds > before, 60)
        finally:
            sender.enough.set()
            sender.join()
        self.assertIsNone(sender.error)
        manifest = json.loads((backup / "backup.json").read_text())
        self.assertEqual(set(manifest["files"]),
                         {"ledger.db", "portal.db", "checkpoint", "keys/office.key",
                          "keys/checkpoint.key", "keys/tls.key", "keys/tls.crt"})
        self.assertEqual((backup / "keys" / "office.key").stat().st_mode & 0o777, 0o600)
        self.assertEqual(backup.stat().st_mode & 0o777, 0o700)
        # The server is lost; the agent's data since the backup are not asked for here.
        held = self.outside(server)
        size = manifest["size"]
        entries = server.plumb("ledger", "show", "--limit", size, "--events", "--json").stdout
        accounts = server.plumb("account", "list").stdout
        server.kill()
        shutil.copy(backup / "checkpoint", held)
        new = self.folder / "new" / "server"
        new.parent.mkdir()
        done = self.restore(backup, new, "--checkpoint", held)
        self.assertIn("agrees", done.stdout)
        back = self.server_on(new)
        self.start(back)
        self.assertEqual(back.plumb("ledger", "show", "--limit", size, "--events", "--json").stdout,
                         entries)
        self.assertEqual(back.plumb("account", "list").stdout, accounts)
        status = back.wait_evaluated()
        self.assertEqual(status["ledger"]["size"], size)
        rebuilt = back.plumb("scores", "--rebuild", "--size", size, "--as-of",
                             status["evaluator"]["as_of"], "--format", "json").stdout
        self.assertEqual(json.loads(rebuilt)["results"], json.loads(
            back.plumb("scores", "--format", "json").stdout)["results"])
        # It is a ledger that takes office actions again, and can be backed up again.
        back.add_outlet("after")
        back.wait_evaluated()
        self.backup(back, "second")

    def test_a_restored_older_ledger_signs_nothing_below_what_was_published(self):
        server, agent = self.filled()
        backup = self.backup(server)
        agent.emit(support.opened(99))
        self.send_all(agent)
        published = server.wait_evaluated()["checkpoint"]["size"]
        held = self.outside(server)
        server.kill()
        new = self.folder / "new" / "server"
        new.parent.mkdir()
        done = self.restore(backup, new, "--checkpoint", held)
        self.assertIn("BEHIND", done.stdout)
        self.assertEqual((new / "checkpoint").read_bytes(), held.read_bytes())
        back = self.server_on(new)
        with self.assertRaises(network.StepFailed):
            self.start(back, seconds=10)
        self.keep(back.process)
        code, text = back.get("/readyz")[:2]
        self.assertEqual(code, 503)
        self.assertIn("checkpoint", str(text))
        self.assertIn(str(published), str(text))
        back.kill()

    def test_one_that_broke_off_is_never_taken_for_a_whole_one(self):
        server, _ = self.filled()
        target = self.folder / "backup"
        for _ in range(10):
            process = subprocess.Popen([self.programs.plumb, "--data", str(server.data), "backup",
                                        str(target)], stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
            self.keep(process)
            started = time.monotonic()
            while not list(self.folder.glob("backup.*.unfinished")):
                if process.poll() is not None or time.monotonic() - started > 30:
                    break
            process.kill()
            process.wait()
            if not target.exists():
                break
            shutil.rmtree(target)
        left = list(self.folder.glob("backup.*.unfinished"))
        self.assertTrue(left, "no backup could be cut off")
        for folder in left:
            done = self.restore(folder, self.folder / "new", "--without-checkpoint", "test",
                                check=False)
            self.refused(done, "no whole backup")
        self.assertFalse((self.folder / "new").exists())
        self.backup(server)  # the next one is not in the way

    def test_every_damaged_file_is_named(self):
        server, _ = self.filled()
        backup = self.backup(server)
        held = self.outside(server)
        manifest = json.loads((backup / "backup.json").read_text())
        new = self.folder / "new"
        for path in manifest["files"]:
            file = backup / path
            good = file.read_bytes()
            file.write_bytes(good[:-9] + bytes([good[-9] ^ 1]) + good[-8:])
            self.refused(self.restore(backup, new, "--checkpoint", held, check=False), path)
            file.unlink()
            self.refused(self.restore(backup, new, "--checkpoint", held, check=False), path,
                         "missing")
            file.write_bytes(good)
        (backup / "stranger").write_text("x")
        self.refused(self.restore(backup, new, "--checkpoint", held, check=False), "stranger")
        (backup / "stranger").unlink()
        text = (backup / "backup.json").read_text()
        (backup / "backup.json").write_text(text[:len(text) // 2])
        self.refused(self.restore(backup, new, "--checkpoint", held, check=False), "no manifest")
        (backup / "backup.json").write_text(text.replace('"version":1', '"version":2'))
        self.refused(self.restore(backup, new, "--checkpoint", held, check=False), "version 2")
        self.assertFalse(new.exists())
        (backup / "backup.json").write_text(text)
        self.restore(backup, new, "--checkpoint", held)

    def test_what_restore_refuses(self):
        server, _ = self.filled()
        backup = self.backup(server)
        held = self.outside(server)
        new = self.folder / "new"
        self.refused(self.restore(backup, new, check=False), "--checkpoint", "auditor")
        self.refused(self.restore(backup, new, "--checkpoint", held, "--without-checkpoint", "x",
                                  check=False), "not both")
        self.refused(self.restore(backup, server.data, "--checkpoint", held, check=False),
                     "not empty")
        self.refused(self.restore(backup, server.data, "--checkpoint", held, "--set-aside",
                                  check=False), "plumbd runs")
        self.refused(server.plumb("backup", backup, check=False), "exists already")
        other = network.Server(self.programs, self.folder / "other")
        other.init("other")
        self.start(other)
        other.wait_evaluated()
        self.refused(self.restore(backup, new, "--checkpoint", other.data / "checkpoint",
                                  check=False), "no checkpoint of the backed-up ledger")
        self.assertFalse(new.exists())
        done = self.restore(backup, new, "--checkpoint", held, "--dry-run")
        self.assertIn("nothing was written", done.stdout)
        self.assertFalse(new.exists())
        self.assertEqual(list(self.folder.glob("new.*")), [])
        done = self.restore(backup, new, "--without-checkpoint", "the first backup of all")
        self.assertIn("NOT COMPARED", done.stdout)
        self.assertIn("the first backup of all", done.stdout)
        (new / "mine").write_text("kept")
        self.restore(backup, new, "--checkpoint", held, "--set-aside")
        self.assertEqual((self.folder / "new.set-aside-1" / "mine").read_text(), "kept")
        self.assertFalse((new / "mine").exists())

    def test_a_checkpoint_that_the_backup_contradicts(self):
        """The same keys signed another history: two servers on copies of one folder."""
        server, _ = self.filled()
        server.stop()
        twin = self.folder / "twin" / "server"
        shutil.copytree(server.data, twin)
        self.start(server)
        server.add_outlet("here")
        server.wait_evaluated()
        backup = self.backup(server)
        server.stop()
        fork = self.server_on(twin)
        self.start(fork)
        fork.add_outlet("there")
        fork.wait_evaluated()
        done = self.restore(backup, self.folder / "new", "--checkpoint", twin / "checkpoint",
                            check=False)
        self.refused(done, "contradicts")
        self.assertFalse((self.folder / "new").exists())

    def test_a_damaged_ledger_is_told_by_the_backup(self):
        server, _ = self.filled(events=40)
        server.stop()
        path = server.data / "ledger.db"
        good = path.read_bytes()
        at = good.rindex(b"Self Service")
        path.write_bytes(good[:at] + b"s" + good[at + 1:])
        done = server.plumb("backup", self.folder / "backup", check=False)
        self.refused(done, "no backup was made", "entry", "content")
        self.assertFalse((self.folder / "backup").exists())

    def test_documents_and_whatever_else_lies_there(self):
        server, _ = self.filled()
        documents = server.data / "documents" / "ab"
        documents.mkdir(parents=True)
        (documents / "abcd").write_bytes(b"%PDF-1.7 scan")
        backup = self.backup(server)
        self.restore(backup, self.folder / "new", "--checkpoint", self.outside(server))
        restored = self.folder / "new" / "documents" / "ab" / "abcd"
        self.assertEqual(restored.read_bytes(), b"%PDF-1.7 scan")


if __name__ == "__main__":
    unittest.main()
