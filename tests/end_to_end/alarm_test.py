# SPDX-License-Identifier: Apache-2.0
"""A server whose history was replaced is caught by its agent, and says so itself.

Method: an agent has proofs. The server's data folder is put back to an older copy, with all that it
had signed, and other entries take the place of those that the agent holds proofs of. The server
signs them, for it knows of no contradiction, until the agent comes and shows what it holds.

Seen to fail: where the signer believes whatever is shown (checkpoint_signer.cc, `show`), the server
stays ready and signs on; where acknowledged places outlive the alarm (spool_proofs.cc,
`raise_alarm`), the agent never takes the true ledger again.
"""

import json
import shutil
import unittest

import proof_oracle
import support
from proofs_test import entries_of, verifier_of
from support import network


class AlarmTest(support.NetworkTest):

    def setUp(self):
        super().setUp()
        self.server = self.serve()
        self.agent = self.enrolled(self.server, "isd")
        self.agent.emit(support.opened(1))
        self.send_all(self.agent)
        self.address = self.server.agents
        self.server.stop()
        self.old = self.folder / "old"
        shutil.copytree(self.server.data, self.old)
        self.start(self.server, listen=self.address)
        for case in (2, 3):
            self.agent.emit(support.opened(case))
            self.send_all(self.agent)
        self.held = self.agent.status()["checkpoint_size"]
        self.later = 0

    def replace_history(self):
        """Returns the newest checkpoint of the history that takes the other one's place."""
        self.server.stop()
        self.true_ledger = self.folder / "true"
        self.server.data.rename(self.true_ledger)
        shutil.copytree(self.old, self.server.data)
        self.start(self.server, listen=self.address)
        for number in range(5):
            self.server.add_outlet(f"other-{number}")
        status = self.server.wait_evaluated()
        self.assertGreater(status["checkpoint"]["size"], self.held)
        self.assertEqual(self.server.get("/readyz")[0], 200)
        return (self.server.data / "checkpoint").read_text(encoding="utf-8")

    def status(self):
        done = self.agent.call("status", "--json", check=False)
        return done.returncode, json.loads(done.stdout)

    def expect_alarm(self, signed):
        """Both notes are kept, each signed by the key of the ledger's first entry."""
        code, status = self.status()
        self.assertEqual(code, 6)
        alarm = status["alarm"]
        self.assertEqual(alarm["kind"], "inconsistent")
        verifier = verifier_of(entries_of(self.server))
        self.assertEqual(proof_oracle.open_checkpoint(alarm["held"], verifier)[1], self.held)
        self.assertEqual(alarm["shown"], signed)
        proof_oracle.open_checkpoint(alarm["shown"], verifier)
        text = (self.agent.data / "ALARM.txt").read_text(encoding="utf-8")
        for words in (alarm["held"], alarm["shown"], alarm["sentence"], "警报", "isd"):
            self.assertIn(words, text)
        self.assertIn("ALARM", self.agent.call("status", check=False).stdout)
        return status

    def expect_refusal(self, signed):
        """The server signs nothing more, and says why."""
        network.wait_until("the server refuses", lambda: self.server.get("/readyz")[0] == 503, 30)
        self.later += 1
        self.server.add_outlet(f"later-{self.later}")
        self.assertIn(f"somebody holds a signed checkpoint of {self.held} entries, and the first "
                      f"{self.held} of the ledger are not those", self.server.get("/readyz")[1])
        self.assertEqual((self.server.data / "checkpoint").read_text(encoding="utf-8"), signed)
        self.assertEqual(self.server.get("/api/v1/ledger/checkpoint")[0], 503)
        self.assertIn("plumbline_checkpoint_refused 1", network.http_get(self.server.metrics)[1])
        self.refused(self.server.plumb("ledger", "verify", "--checkpoint", self.true_ledger /
                                       "checkpoint", check=False), "NOT verified")

    def test_a_replaced_history_alarms_agent_and_operator(self):
        signed = self.replace_history()
        self.agent.emit(support.opened(4))
        done = self.agent.call("run", "--until-empty", check=False)
        self.assertEqual(done.returncode, 6, done.stderr)
        self.assertIn("ALARM", done.stderr)
        status = self.expect_alarm(signed)
        self.expect_refusal(signed)
        # It keeps everything, takes events in, and sends nothing, whoever asks it to.
        self.assertEqual(status["last_batch"], 4)
        before = self.server.status()["ledger"]["size"]
        self.agent.emit(support.opened(5))
        self.assertEqual(self.agent.call("run", "--until-empty", check=False).returncode, 6)
        self.assertEqual(self.server.status()["ledger"]["size"], before)
        # It goes on refusing when it is started again.
        self.server.stop()
        self.start_refusing(self.server, self.address)
        self.expect_refusal(signed)
        # A cleared alarm comes again where the contradiction stands.
        self.agent.call("alarm", "clear", "--reason", "asked the office")
        self.assertFalse((self.agent.data / "ALARM.txt").exists())
        self.assertEqual(self.agent.call("run", "--until-empty", check=False).returncode, 6)
        self.expect_alarm(signed)

    def test_the_true_ledger_in_its_place_ends_it(self):
        signed = self.replace_history()
        running = self.keep(self.agent.start())
        network.wait_until("the agent alarms", lambda: (self.agent.data / "ALARM.txt").exists(), 60,
                           running, self.agent.log)
        self.expect_refusal(signed)
        self.assertIsNone(running.poll())
        self.server.stop()
        shutil.rmtree(self.server.data)
        self.true_ledger.rename(self.server.data)
        self.start(self.server, listen=self.address)
        self.agent.emit(support.opened(4))
        self.agent.call("alarm", "clear", "--reason", "the disk with the true ledger was found")
        network.wait_until("the agent goes on", lambda: self.status()[1]["proved_batch"] == 4, 60,
                           running, self.agent.log)
        self.assertEqual(self.server.wait_evaluated()["evaluator"]["events"], 4)
        self.server.plumb("ledger", "verify")


if __name__ == "__main__":
    unittest.main()
