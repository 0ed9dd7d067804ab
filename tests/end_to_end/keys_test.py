# SPDX-License-Identifier: Apache-2.0
"""Keys, with the real plumbd and the real plumb-agent: revoked while connected, a folder copied to
a second machine, and what the commands refuse.

Method: the two machines are two copies of an agent's folder, made while no program has it open.
Both are connected when they seal the next batch: the first to arrive is taken, the other one
contradicts it.

Seen to fail: where a revocation leaves open sessions alone (session_machine.cc, `StreamRevoked`),
the agent of a lost laptop goes on running. Where an agent changes its key before everything is
proved (key_change.cc, `cut`), the change with a backlog does not wait for the server. Where a
change leaves the old stream open (ledger_streams.cc, `change_streams`), the copy of the old key
goes on: "0 != 4"."""

import json
import shutil
import unittest

import support
from portal_client import Browser
from support import network


class KeysTest(support.NetworkTest):

    def keys(self, server, outlet):
        done = server.plumb("key", "list", "--outlet", outlet, "--json")
        return json.loads(done.stdout)["keys"]

    def copy_of(self, server, agent, name):
        """The agent's folder on a second machine."""
        copy = network.Agent(self.programs, server.folder, name)
        shutil.copytree(agent.data, copy.data)
        return copy

    def verified(self, server):
        done = server.plumb("ledger", "verify", "--json")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_revoke_while_connected(self):
        server = self.serve()
        agent = self.enrolled(server, "isd")
        agent.emit(support.opened(1))
        self.send_all(agent)
        running = self.keep(agent.start())
        network.wait_until("the agent is connected",
                           lambda: "connected to" in network.tail(agent.log), 30, running)
        stream = self.keys(server, "isd")[0]["stream"]
        size = server.status()["ledger"]["size"]
        dry = server.plumb("key", "revoke", stream, "--dry-run")
        self.assertIn("would be revoked", dry.stdout)
        self.assertEqual(server.status()["ledger"]["size"], size)
        self.assertIsNone(running.poll())
        done = server.plumb("key", "revoke", stream, "--reason", "laptop lost")
        self.assertIn(f"ledger entry {size}", done.stdout)
        # Nothing was in flight and nothing is sent: the session is ended by the revocation itself.
        self.assertEqual(running.wait(30), 4, network.tail(agent.log))
        self.assertIn("is revoked", network.tail(agent.log))
        agent.emit(support.opened(2))
        again = agent.call("run", "--until-empty", check=False)
        self.assertEqual(again.returncode, 4)
        key = self.keys(server, "isd")[0]
        self.assertEqual((key["state"], key["last_batch"]), ("revoked", 1))
        self.verified(server)

    def test_copied_folder_on_two_machines(self):
        server = self.serve()
        agent = self.enrolled(server, "isd")
        agent.emit(support.opened(1))
        self.send_all(agent)
        copy = self.copy_of(server, agent, "isd-copy")
        # Both are welcomed before either has a batch 2.
        running = [self.keep(machine.start()) for machine in (agent, copy)]
        for machine, process in zip((agent, copy), running):
            network.wait_until("the agent is connected", lambda m=machine: network.tail(
                m.log, 50).count("connected to") >= (2 if m is agent else 1), 30, process)
        agent.emit(support.opened(2))
        network.wait_until("the batch is acknowledged",
                           lambda: agent.status()["unacknowledged_batches"] == 0, 30)
        copy.emit(support.opened(3))
        self.assertEqual(running[1].wait(60), 4, network.tail(copy.log))
        self.assertIsNone(running[0].poll())
        # It sees at its next start that the ledger went on without it, and sends nothing.
        self.assertEqual(copy.call("run", "--until-empty", check=False).returncode, 4)
        network.wait_until("the conflict is on record",
                           lambda: self.keys(server, "isd")[0]["conflicts"] > 0, 30)
        key = self.keys(server, "isd")[0]
        self.assertEqual((key["state"], key["conflicts"], key["last_batch"]), ("open", 1, 2))
        shown = server.plumb("outlet", "show", "isd").stdout
        self.assertIn(f"conflict: two contents for batch 2 of stream {key['stream']}", shown)
        self.verified(server)
        entries = server.plumb("ledger", "show", "--from", "0").stdout
        self.assertEqual(entries.count("stream.conflict"), 1)
        conflicting = "plumbline_evaluator_conflicting_streams 1"

        def told():
            return conflicting in network.http_get(server.metrics)[1]

        network.wait_until("the gauge tells", told, 30)
        added = server.plumb("account", "add", "keeper", "--role", "operator", "--unit", "ALL",
                             "--name-zh", "运维", "--reason", "watch")
        keeper = Browser(server)
        keeper.sign_in(account="keeper", password=support.made_password(added))

        def listed():
            status, answer = keeper.ask("/api/v1/streams")
            self.assertEqual(status, 200, answer)
            self.assertEqual(answer["streams"]["total"], 1)
            row = answer["streams"]["list"][0]
            return row["stream"], row["state"], row["conflicts"], row["look"], row["complete"]

        self.assertEqual(listed(), (key["stream"], "open", 1, True, True))
        # The right one is enrolled anew, the key of both is taken away.
        server.plumb("key", "revoke", "--outlet", "isd", "--reason", "folder copied")
        self.assertEqual(listed(), (key["stream"], "revoked", 1, True, True))
        network.wait_until("the alarm ends", lambda: not told(), 30)

    def test_what_key_revoke_refuses(self):
        server = self.serve()
        self.enrolled(server, "isd")
        stream = self.keys(server, "isd")[0]["stream"]
        size = server.status()["ledger"]["size"]
        cases = [((stream,), ("--reason",)),
                 ((), ("STREAM",)),
                 (("0" * 32, "--reason", "x"), ("no stream",)),
                 (("zz", "--reason", "x"), ("hexadecimal",)),
                 (("--outlet", "nobody", "--reason", "x"), ("no outlet",)),
                 ((stream, "--outlet", "isd", "--reason", "x"), ("excludes",))]
        for arguments, words in cases:
            self.refused(server.plumb("key", "revoke", *arguments, check=False), *words)
        self.refused(server.plumb("outlet", "show", "nobody", check=False), "no outlet")
        self.assertEqual(server.status()["ledger"]["size"], size)
        server.plumb("key", "revoke", stream, "--reason", "x")
        self.refused(server.plumb("key", "revoke", stream, "--reason", "x", check=False), "closed")
        self.refused(server.plumb("key", "revoke", "--outlet", "isd", "--reason", "x",
                                  check=False), "no stream that is open")

    def emit(self, agent, *cases):
        """One batch; its events' sequences."""
        answers = agent.call("emit", stdin="".join(
            support.line(support.opened(case)) for case in cases)).stdout.splitlines()
        return [json.loads(answer)["sequence"] for answer in answers]

    def batches(self, server, outlet):
        """(stream, number, first sequence, subjects) of each batch in the ledger's order."""
        text = server.plumb("ledger", "show", "--kind", "batch", "--outlet", outlet, "--events",
                            "--limit", 1000, "--json").stdout
        return [(batch["stream"], batch["number"], batch["first"],
                 [int(event["subject"]) for event in batch["events"]])
                for batch in (json.loads(line)["batch"] for line in text.splitlines())]

    def test_a_change_of_keys_with_a_backlog(self):
        """The server is away while batches are sealed, the change is asked for and more is
        reported; the sender is killed once while it brings the change to the server."""
        server = self.serve()
        agent = self.enrolled(server, "isd")
        self.emit(agent, 1)
        self.send_all(agent)
        address = server.agents
        server.stop()
        self.assertEqual(self.emit(agent, 2, 3), [2, 3])
        self.emit(agent, 4)
        self.assertIn("new key", agent.call("rotate-key").stdout)
        self.assertIn("under way already", agent.call("rotate-key").stdout)
        # Still the old key's: its backlog is not proved.
        self.assertEqual(self.emit(agent, 5), [5])
        status = agent.status()
        self.assertEqual((status["key_change"], status["unacknowledged_batches"]), ("planned", 3))
        old = status["stream"]
        running = self.keep(agent.start())
        network.wait_until("the sender finds nobody",
                           lambda: agent.status()["last_error"] is not None, 30, running)
        self.assertEqual(agent.status()["key_change"], "planned")
        self.start(server, listen=address)
        network.wait_until("the old stream has ended",
                           lambda: agent.status()["stream"] != old, 60, running, agent.log)
        running.kill()
        running.wait()
        self.assertEqual(self.emit(agent, 6, 7), [1, 2])
        self.send_all(agent)
        # What was answered before the change is remembered behind it.
        self.assertEqual(self.emit(agent, 2, 3), [2, 3])
        self.assertEqual(self.emit(agent, 8), [3])
        self.send_all(agent)
        status = agent.status()
        new = status["stream"]
        self.assertEqual((status["key_change"], status["proved_batch"]), (None, 2))
        self.assertEqual(self.batches(server, "isd"), [
            (old, 1, 1, [1]), (old, 2, 2, [2, 3]), (old, 3, 4, [4]), (old, 4, 5, [5]),
            (new, 1, 1, [6, 7]), (new, 2, 3, [8])])
        keys = {key["stream"]: (key["state"], key["last_batch"])
                for key in self.keys(server, "isd")}
        self.assertEqual(keys, {old: ("rotated", 4), new: ("open", 2)})
        self.assertEqual(server.wait_evaluated()["evaluator"]["events"], 8)
        self.verified(server)

    def test_the_old_key_reports_nothing_behind_the_change(self):
        """A copy of the folder from before the change holds the old key."""
        server = self.serve()
        agent = self.enrolled(server, "isd")
        self.emit(agent, 1)
        self.send_all(agent)
        copy = self.copy_of(server, agent, "isd-copy")
        old = agent.status()["stream"]
        agent.call("rotate-key")
        self.send_all(agent)
        new = agent.status()["stream"]
        self.assertNotEqual(new, old)
        self.emit(copy, 2)
        done = copy.call("run", "--until-empty", check=False)
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("took over", done.stderr)
        self.emit(agent, 3)
        self.send_all(agent)
        self.assertEqual(self.batches(server, "isd"), [(old, 1, 1, [1]), (new, 1, 1, [3])])
        self.verified(server)

    def test_several_streams_and_tokens_of_an_outlet(self):
        server = self.serve()
        first = self.enrolled(server, "isd")
        second = network.Agent(self.programs, server.folder, "isd-2")
        second.enroll(server.agents, server.token("isd", True))
        for number, agent in enumerate((first, second)):
            agent.emit(support.opened(number))
            self.send_all(agent)
        keys = self.keys(server, "isd")
        self.assertEqual([(key["state"], key["last_batch"]) for key in keys], [("open", 1)] * 2)
        tokens = server.plumb("token", "list", "--outlet", "isd").stdout
        self.assertEqual(tokens.count(" yes "), 2, tokens)
        server.plumb("key", "revoke", keys[0]["stream"], "--reason", "x")
        first.emit(support.opened(5))
        self.assertEqual(first.call("run", "--until-empty", check=False).returncode, 4)
        second.emit(support.opened(6))
        self.send_all(second)
        self.verified(server)


if __name__ == "__main__":
    unittest.main()
