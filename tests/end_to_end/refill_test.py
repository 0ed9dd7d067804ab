# SPDX-License-Identifier: Apache-2.0
"""A server that lost its disk and came back from an older backup is refilled by its agents.

Method: agents report through the real programs; a backup is made; more is reported, acknowledged
and proved; plumbd is killed and its data folder deleted. The backup is restored, the agents connect
again, and the ledger is held against everything that `emit` ever answered: each event is there
once, at its place in its stream. What the server says and signs meanwhile is read from /readyz, its
checkpoint file and the agents' own words.

Seen to fail: with a session that answers proofs under an id which its welcome did not name
(session_machine.cc, `is_of_another_ledger`), the agents that stay connected raise a false alarm;
where the signer believes whatever is shown (checkpoint_signer.cc, `show`), it signs on. Where
agents show no record of their enrolment (sender.cc, `send_hello`), those that enrolled or changed
their key behind the backup end with "this key is not enrolled for outlet".
"""

import json
import shutil
import unittest

import support
from support import network

OLD, NEW, LATER = 3, 4, 2  # batches of an agent before the backup, behind it, while it refuses


class RefillTest(support.NetworkTest):

    def setUp(self):
        super().setUp()
        self.server = self.serve()
        self.agents = [self.enrolled(self.server, f"outlet-{n}") for n in range(3)]
        self.answered = {}  # outlet -> subjects in the order of their sequences
        self.ended = {}     # outlet -> how many of them are of a stream that has ended
        for agent in self.agents:
            self.report(agent, OLD)

    def emit(self, agent, batches):
        """Each batch has two events; their subjects tell the outlet."""
        subjects = self.answered.setdefault(agent.outlet, [])
        base = (1 + int(agent.outlet[-1])) * 1000
        for _ in range(batches):
            cases = [base + len(subjects), base + len(subjects) + 1]
            answers = agent.call("emit", stdin="".join(
                support.line(support.opened(case)) for case in cases)).stdout.splitlines()
            behind = len(subjects) - self.ended.get(agent.outlet, 0)
            self.assertEqual([json.loads(answer)["sequence"] for answer in answers],
                             [behind + 1, behind + 2])
            subjects += [f"{case:012d}" for case in cases]

    def report(self, agent, batches):
        self.emit(agent, batches)
        self.send_all(agent)

    def lose(self):
        """Backup, more reports, then the data folder is gone. Returns the backup, the newest
        checkpoint, and the results that were served."""
        backup = self.folder / "backup"
        self.server.plumb("backup", backup)
        # The first outlet stays silent: it has nothing to refill.
        for agent in self.agents[1:]:
            self.report(agent, NEW)
            status = agent.status()
            self.assertEqual((status["last_batch"], status["proved_batch"]), (OLD + NEW,) * 2)
        published = self.server.wait_evaluated()["checkpoint"]["size"]
        note = self.server.data / "checkpoint"
        held = self.folder / "auditors-copy"
        shutil.copy(note, held)
        self.address = self.server.agents
        results = self.results()
        self.server.kill()
        shutil.rmtree(self.server.data)
        return backup, held, published, results

    def results(self):
        return json.loads(self.server.plumb("scores", "--format", "json").stdout)["results"]

    def restore(self, backup, *flags):
        return network.run([self.server.programs.plumb, "restore", backup, "--data",
                            self.server.data, *flags]).stdout

    def run_all(self):
        """Starts every agent; returns once the server has everything that any of them holds."""
        for agent in self.agents:
            agent.log.unlink()
        running = [self.keep(agent.start()) for agent in self.agents]
        for agent, process in zip(self.agents, running):
            network.wait_until(f"{agent.outlet} connects", lambda a=agent: "connected to"
                               in self.log_of(a), 60, process, agent.log)
            network.wait_until(
                f"{agent.outlet} has sent all",
                lambda a=agent: a.status()["unacknowledged_batches"] == 0
                and (a is self.agents[0] or "sending again" in self.log_of(a)),
                60, process, agent.log)
        return running

    def log_of(self, agent):
        return agent.log.read_text(encoding="utf-8")

    def wait_for_words(self, agent, *words):
        network.wait_until(f"{agent.outlet} says {words}",
                           lambda: all(word in self.log_of(agent) for word in words), 60,
                           log=agent.log)

    def events_of(self, outlet):
        """(batch numbers, subjects) of an outlet in the ledger's order."""
        text = self.server.plumb("ledger", "show", "--kind", "batch", "--outlet", outlet,
                                 "--events", "--limit", 1000, "--json").stdout
        batches = [json.loads(line)["batch"] for line in text.splitlines()]
        return ([batch["number"] for batch in batches],
                [event["subject"] for batch in batches for event in batch["events"]])

    def expect_everything_once(self):
        for agent in self.agents:
            numbers, subjects = self.events_of(agent.outlet)
            self.assertEqual(numbers, list(range(1, agent.status()["last_batch"] + 1)))
            self.assertEqual(subjects, self.answered[agent.outlet])

    def expect_nothing_signed(self, note, published):
        """Whatever came in meanwhile: nothing is shown, and the file is the one that was shown."""
        self.assertEqual((self.server.data / "checkpoint").read_bytes(), note)
        self.assertEqual(self.server.get("/api/v1/ledger/checkpoint")[0], 503)
        code, why = self.server.get("/readyz")
        self.assertEqual(code, 503)
        self.assertIn(f"{published}", json.loads(why)["reasons"][0]["sentence"])
        self.assertIn("plumbline_checkpoint_refused 1", network.http_get(self.server.metrics)[1])
        self.assertIn(f"{published}", self.server.status()["checkpoint"]["failure"])
        # Every entry is whole; it is the root that is not the published one.
        verified = self.server.plumb("ledger", "verify", "--json", check=False)
        self.assertEqual(verified.returncode, 1)
        report = json.loads(verified.stdout)
        self.assertEqual((report["bad"], len(report["problems"])), ([], 1))

    def continue_ledger(self):
        self.server.plumb("ledger", "continue", "--reason", "disk lost, letter 7")
        self.assertEqual(self.server.get("/readyz")[0], 200)

    def expect_all_proved(self, running):
        """In the continued ledger, with receipts that anybody can check."""
        for agent, process in zip(self.agents, running):
            self.wait_for_words(agent, "the office continued the ledger as", "disk lost, letter 7")
            network.wait_until(
                f"{agent.outlet} has proofs", lambda a=agent: a.status()["proved_batch"]
                == a.status()["last_batch"], 60, process, agent.log)
            self.assertIsNone(agent.status()["alarm"])
            for number in (1, agent.status()["last_batch"]):
                receipt = self.folder / "receipt.json"
                receipt.write_text(agent.call("proof", number).stdout, encoding="utf-8")
                self.server.plumb("ledger", "verify-receipt", receipt)

    def test_agents_refill_what_the_backup_lacks(self):
        backup, held, published, results = self.lose()
        self.assertIn("BEHIND", self.restore(backup, "--checkpoint", held))
        self.assertIn(f"stands for {published}", self.start_refusing(self.server, self.address))
        running = self.run_all()
        self.expect_everything_once()
        self.expect_nothing_signed(held.read_bytes(), published)
        network.wait_until("the refilled ledger is evaluated",
                           lambda: self.server.status()["evaluator"]["size"]
                           == self.server.status()["ledger"]["size"], 60)
        self.assertEqual(self.results(), results)
        # Reporting goes on meanwhile; what is not proved is kept, and said to be unproved.
        for agent in self.agents:
            self.emit(agent, LATER)
            network.wait_until("it is acknowledged",
                               lambda a=agent: a.status()["unacknowledged_batches"] == 0, 60)
            self.wait_for_words(agent, "the server puts proofs off")
            self.assertGreaterEqual(agent.status()["unproved_batches"], LATER)
        self.expect_everything_once()
        # Nothing changes by starting anew, though the ledger is now longer than the checkpoint.
        self.assertGreater(self.server.status()["ledger"]["size"], published)
        self.server.stop()
        self.start_refusing(self.server, self.address)
        self.expect_nothing_signed(held.read_bytes(), published)
        self.continue_ledger()
        self.expect_all_proved(running)
        self.expect_everything_once()
        self.server.plumb("ledger", "verify")

    def test_an_agent_tells_the_server_that_it_was_restored(self):
        """Nobody outside held a checkpoint; the backup brought its own, older one."""
        backup = self.lose()[0]
        self.assertIn("NOT COMPARED", self.restore(backup, "--without-checkpoint", "none kept"))
        note = (self.server.data / "checkpoint").read_bytes()
        self.start(self.server, listen=self.address)
        running = self.run_all()
        network.wait_until("the server refuses",
                           lambda: self.server.get("/readyz")[0] == 503, 30)
        self.assertIn("somebody holds a signed checkpoint of", self.server.get("/readyz")[1])
        self.expect_everything_once()
        self.assertEqual((self.server.data / "checkpoint").read_bytes(), note)
        # The agents are connected all the while. Who has nothing to be proved asks once an hour,
        # so each has something.
        self.continue_ledger()
        for agent in self.agents:
            self.emit(agent, 1)
        self.expect_all_proved(running)
        self.expect_everything_once()
        self.server.plumb("ledger", "verify")

    def test_who_enrolled_behind_the_backup_is_let_in_again(self):
        """An outlet that got its agent, one that was added, and one that changed its key: the
        restored ledger knows none of these keys. No token is asked for, nobody goes there."""
        self.server.add_outlet("outlet-3")
        backup = self.folder / "backup"
        self.server.plumb("backup", backup)
        changed = self.agents[0]
        changed.call("rotate-key")
        self.send_all(changed)
        self.ended[changed.outlet] = len(self.answered[changed.outlet])
        late = self.agent_for("outlet-3")
        self.server.add_outlet("outlet-4")
        added = self.agent_for("outlet-4")
        self.agents = [changed, late, added]
        for agent in self.agents:
            self.report(agent, NEW)
        self.server.wait_evaluated()
        address = self.server.agents
        self.server.kill()
        shutil.rmtree(self.server.data)
        self.restore(backup, "--without-checkpoint", "none kept")
        self.start(self.server, listen=address)
        running = []
        for agent in self.agents:
            agent.log.unlink()
            running.append(self.keep(agent.start()))
        for agent, process in zip(self.agents[:2], running):
            self.wait_for_refill(agent, process)
        # The outlet itself is the office's to add; its agent waits until then.
        self.wait_for_words(added, "outlet-4", "the office has to add it again")
        self.server.add_outlet("outlet-4")
        self.wait_for_refill(added, running[2])
        self.expect_everything_of_these_once()
        self.continue_ledger()
        for agent in self.agents:
            self.emit(agent, 1)
        self.expect_all_proved(running)
        self.expect_everything_of_these_once()
        self.server.plumb("ledger", "verify")
        records = [json.loads(line)["record"] for line in self.server.plumb(
            "ledger", "show", "--record", "key.enroll", "--json").stdout.splitlines()]
        restored = {record["outlet"]: "restored" in record for record in records}
        self.assertEqual(restored, {"outlet-0": True, "outlet-1": False, "outlet-2": False,
                                    "outlet-3": True, "outlet-4": True})

    def wait_for_refill(self, agent, process):
        network.wait_until(f"{agent.outlet} has sent all", lambda: "sending again"
                           in self.log_of(agent) and agent.status()["unacknowledged_batches"] == 0,
                           60, process, agent.log)

    def agent_for(self, outlet):
        agent = network.Agent(self.programs, self.server.folder, outlet)
        agent.enroll(self.server.agents, self.server.token(outlet, historical=True))
        return agent

    def expect_everything_of_these_once(self):
        for agent in self.agents:
            _, subjects = self.events_of(agent.outlet)
            self.assertEqual(subjects, self.answered[agent.outlet])


if __name__ == "__main__":
    unittest.main()
