# SPDX-License-Identifier: Apache-2.0
"""Withdrawing a content on the shipped programs: two persons, a dry run, a confirmation; then the
bytes are in no file of the server's folder, scores are restated alike by the running evaluator and
from scratch, the ledger verifies, and the agent that sends the batch again does not bring it back.
"""

import json
import re
import shutil
import unittest

import support
from support import network

SECRET = "ZhangSanOfLaneSeven"


class RedactionTest(support.NetworkTest):

    def setUp(self):
        super().setUp()
        self.server = self.serve()
        self.agent = self.enrolled(self.server, "pwd")
        self.send(support.opened(1))
        self.send({"type": "request.opened", "subject": SECRET, "time": "2015-02-03T10:00:00Z",
                   "fields": {"source": "Self Service"}})
        self.send(support.opened(2))
        self.server.wait_evaluated()
        self.index = self.entry_of_batch(2)

    def send(self, event):
        self.agent.emit(event)
        self.send_all(self.agent)

    def entry_of_batch(self, number):
        text = self.server.plumb("ledger", "show", "--kind", "batch", "--json").stdout
        entries = [json.loads(line) for line in text.splitlines()]
        return next(e["index"] for e in entries if e["batch"]["number"] == number)

    def redact(self, *flags, index=None, check=True):
        return self.server.plumb("ledger", "redact", self.index if index is None else index,
                                 "--reason", "a name in a subject", "--second-person", "os:li",
                                 *flags, check=check)

    def confirmation(self):
        return re.search(r"--confirm ([0-9a-f]{12})", self.redact("--dry-run").stdout)[1]

    def holders(self, folder):
        return [str(path.relative_to(folder)) for path in sorted(folder.rglob("*"))
                if path.is_file() and SECRET.encode() in path.read_bytes()]

    def results(self, *flags):
        text = self.server.plumb("scores", "--format", "json", *flags).stdout
        return json.loads(text)["results"]

    def test_from_the_dry_run_to_the_proof(self):
        server = self.server
        self.assertTrue(self.holders(server.data))
        before = self.results()
        size = server.status()["ledger"]["size"]
        told = self.redact("--dry-run").stdout
        self.assertIn("outlet      pwd", told)
        self.assertIn("1 request.opened", told)
        self.assertRegex(told, r"scores +[1-9][0-9]* results of")
        self.assertEqual(server.status()["ledger"]["size"], size)
        export = self.folder / "export-before"
        server.plumb("ledger", "export", export)

        done = self.redact("--confirm", self.confirmation()).stdout
        self.assertIn(f"entry {self.index} is withdrawn by entry {size}", done)
        self.assertEqual(self.holders(server.data), [])

        status = server.wait_evaluated()
        after = self.results()
        self.assertNotEqual(after, before)
        rebuilt = self.results("--rebuild", "--size", status["ledger"]["size"], "--as-of",
                               status["evaluator"]["as_of"])
        self.assertEqual(rebuilt, after)
        report = json.loads(server.plumb("ledger", "verify", "--json").stdout)
        self.assertTrue(report["ok"])
        self.assertEqual(report["withdrawn"], [self.index])
        shown = server.plumb("ledger", "show", "--record", "content.redact", "--json").stdout
        record = json.loads(shown)["record"]
        self.assertEqual(record["second_person"], "os:li")
        self.assertEqual(record["reason"], "a name in a subject")

        # The prefix before the record: nobody can tell any more what was served for it.
        earlier = server.plumb("scores", "--rebuild", "--size", size, "--as-of",
                               status["evaluator"]["as_of"], "--format", "json")
        self.assertIn("cannot be computed any more", earlier.stderr)

        # The folder form, and a backup: without the content, and verified.
        export = self.folder / "export-behind"
        server.plumb("ledger", "export", export)
        self.assertEqual(self.holders(export), [])
        self.assertIn("withdrawn   1", server.plumb("ledger", "verify", "--folder", export).stdout)
        backup = self.folder / "backup"
        server.plumb("backup", backup)
        self.assertEqual(self.holders(backup), [])

        server.stop()
        self.assertEqual(self.holders(server.data), [])
        self.start(server)
        server.wait_evaluated()
        self.assertEqual(self.results(), after)

    def test_an_agent_that_sends_it_again_does_not_bring_it_back(self):
        """The agent's folder is put back to before its acknowledgements, as a restored disk is."""
        other = self.enrolled(self.server, "old")
        other.emit({"type": "request.opened", "subject": SECRET + "again",
                    "time": "2015-02-03T10:00:00Z", "fields": {"source": "Self Service"}})
        kept = self.folder / "kept"
        shutil.copytree(other.data, kept)
        self.send_all(other)
        self.server.wait_evaluated()
        size = self.server.status()["ledger"]["size"]
        self.index = size - 1
        self.redact("--confirm", self.confirmation())
        shutil.rmtree(other.data)
        shutil.copytree(kept, other.data)
        self.send_all(other)
        status = self.server.wait_evaluated()
        self.assertEqual(status["ledger"]["size"], size + 1)
        self.assertNotIn((SECRET + "again").encode(), (self.server.data / "ledger.db").read_bytes())
        self.assertEqual(other.status()["spool"]["unsent"] if "spool" in other.status() else 0, 0)
        report = json.loads(self.server.plumb("ledger", "verify", "--json").stdout)
        self.assertEqual(report["withdrawn"], [self.index])

    def test_what_is_refused(self):
        size = self.server.status()["ledger"]["size"]
        self.refused(self.redact(check=False), "--dry-run first")
        self.refused(self.redact("--confirm", "000000000000", check=False), "--dry-run first")
        self.refused(self.redact("--dry-run", index=0, check=False), "no batch of events")
        self.refused(self.redact("--dry-run", index=999, check=False), "none with index 999")
        confirm = self.confirmation()
        self.refused(self.redact("--dry-run", "--confirm", confirm, check=False), "excludes")
        done = self.server.plumb("ledger", "redact", self.index, "--reason", "x",
                                 "--second-person", self.me(), "--confirm", confirm, check=False)
        self.refused(done, "second person cannot be")
        self.assertEqual(self.server.status()["ledger"]["size"], size)
        self.redact("--confirm", confirm)
        self.refused(self.redact("--confirm", confirm, check=False), "withdrawn already")

    def me(self):
        """Who the server takes this test's user for."""
        text = self.server.plumb("ledger", "show", "--record", "outlet.add", "--json").stdout
        return json.loads(text.splitlines()[0])["record"]["actor"]

    def test_a_kill_around_it_leaves_it_done_or_not_done(self):
        confirm = self.confirmation()
        self.redact("--confirm", confirm)
        self.server.kill()
        self.start(self.server)
        self.server.wait_evaluated()
        self.assertEqual(self.holders(self.server.data), [])
        report = json.loads(self.server.plumb("ledger", "verify", "--json").stdout)
        self.assertTrue(report["ok"])
        self.assertEqual(report["withdrawn"], [self.index])


if __name__ == "__main__":
    unittest.main()
