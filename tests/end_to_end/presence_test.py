# SPDX-License-Identifier: Apache-2.0
"""Who is heard, by `plumb outlet status`, with the real plumbd and the real plumb-agent.

Method: each state is made by the programs themselves: an outlet without an agent, one that has
never reported, one that is connected, one that has gone; then plumbd is started anew and knows of
the past only what its ledger holds. Events go missing where plumbd may write no file any more (a
limit on the size of files, set while it runs): it refuses each batch until later, and its agent
stays connected and holds them.

Seen to fail: without the heartbeat at a refusal (agents/sender_machine.cc, `pause`) one event of
the three is known to be missing; where a range is as old as the look at it (presence_book.cc,
`of`), "since" moves with each look."""

import csv
import datetime
import io
import json
import re
import resource
import unittest

import support
from support import network

FORMULA = '=HYPERLINK("http://example.invalid","网点")'


class PresenceTest(support.NetworkTest):
    def live(self, server, outlet):
        server.add_outlet(outlet)
        agent = network.Agent(self.programs, server.folder, outlet)
        agent.enroll(server.agents, server.token(outlet))
        return agent

    def states(self, server):
        """{outlet: what the line says of it}."""
        lines = server.plumb("outlet", "status").stdout.splitlines()
        return dict(line.split(maxsplit=1) for line in lines)

    def table(self, server, *flags):
        text = server.plumb("outlet", "status", "--csv", *flags).stdout
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def emit_now(self, agent, case):
        now = datetime.datetime.now(datetime.timezone.utc)
        agent.emit(support.opened(case, time=now.strftime("%Y-%m-%dT%H:%M:%SZ")))

    def test_each_state_and_what_a_restart_forgets(self):
        server = self.serve()
        server.add_outlet("empty")
        self.live(server, "mute")
        gone, here = self.live(server, "gone"), self.live(server, "here")
        idle = self.live(server, "idle")
        for number, agent in enumerate((gone, here)):
            self.emit_now(agent, number)
        self.send_all(gone)
        running = [self.keep(agent.start()) for agent in (here, idle)]
        network.wait_until("both are connected", lambda: [
            self.states(server)[name].split(",")[0] for name in ("here", "idle")] == [
                "reporting", "connected and idle"], 30)
        states = self.states(server)
        self.assertEqual(states["empty"], "no agent is enrolled")
        self.assertEqual(states["mute"], "never reported")
        self.assertEqual(states["idle"], "connected and idle, nothing reported yet")
        self.assertRegex(states["here"], r"^reporting, last batch \d{4}-\d\d-\d\dT[\d:.]+Z$")
        self.assertRegex(states["gone"], r"^not heard since \d{4}-\d\d-\d\dT[\d:.]+Z$")
        self.expect_table(server)
        recorded = {row["outlet"]: row["recorded"] for row in self.table(server)}
        for process in running:
            network.stop_process(process)
        server.stop()
        self.start(server)
        # The time of the newest batch is read back from the ledger, for the one and the other.
        for name in ("gone", "here"):
            said = self.states(server)[name]
            self.assertIn("not heard since the server's start ", said)
            self.assertTrue(said.endswith(f", last batch {recorded[name]}"), (said, recorded))
        self.assertEqual(self.states(server)["mute"], "never reported")
        self.assertEqual(self.states(server)["idle"], "never reported")

    def expect_table(self, server):
        rows = {row["outlet"]: row for row in self.table(server)}
        self.assertEqual(sorted(rows), ["empty", "gone", "here", "idle", "mute"])
        self.assertEqual(rows["empty"]["stream"], "")
        here = rows["here"]
        self.assertEqual((here["state"], here["connected"], here["next"], here["missing_count"]),
                         ("reporting", "true", "2", ""))
        self.assertEqual(len(here["stream"]), 32)
        self.assertTrue(here["software"].startswith("plumb-agent "), here)
        whole = json.loads(server.plumb("outlet", "status", "--json").stdout)
        self.assertEqual([outlet["outlet"] for outlet in whole["outlets"]], sorted(rows))
        alone = json.loads(server.plumb("outlet", "status", "--json", "--outlet", "here").stdout)
        self.assertEqual([outlet["outlet"] for outlet in alone["outlets"]], ["here"])

    def test_missing_events_are_listed_aged_and_exported(self):
        server = self.serve(rules=None)
        server.stop()
        # Python ignores SIGXFSZ; the program must too, or the limit ends it.
        self.start(server, restore_signals=False)
        server.activate(support.RULES)
        agent = self.live(server, "isd")
        sender = self.keep(agent.start())
        self.emit_now(agent, 1)
        network.wait_until("it reports", lambda: self.states(server)["isd"].startswith(
            "reporting, last batch"), 30, sender, agent.log)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (1, 1))
        for case in (2, 3, 4):
            self.emit_now(agent, case)
        since = self.expect_missing(server, "connected", 3, 4)
        # It grows, and is as old as it was.
        self.emit_now(agent, 5)
        self.assertEqual(self.expect_missing(server, "connected", 4, 5), since)
        row, = self.table(server)
        self.assertEqual({name: row[name] for name in (
            "state", "connected", "accepted", "next", "missing_count", "missing_first",
            "missing_last", "missing_since")}, {
                "state": "holds_unsent", "connected": "true", "accepted": "5", "next": "2",
                "missing_count": "4", "missing_first": "2", "missing_last": "5",
                "missing_since": since})
        outlet, = json.loads(server.plumb("outlet", "status", "--json").stdout)["outlets"]
        self.assertEqual((outlet["state"], outlet["missing"], outlet["missing_since"]),
                         ("holds_unsent", 4, since))
        network.wait_until("the metric tells",
                           lambda: 'outlet_missing_events{outlet="isd"} 4'
                           in network.http_get(server.metrics)[1], 30)
        network.stop_process(sender)
        gone = self.expect_missing(server, r"not heard since \d{4}-\d\d-\d\dT[\d:.]+Z", 4, 5)
        self.assertEqual(gone, since)
        address = server.agents
        server.kill()
        self.start(server, listen=address)
        self.send_all(agent)
        self.assertRegex(self.states(server)["isd"], r"^not heard since \S+Z$")
        row, = self.table(server)
        self.assertEqual((row["next"], row["missing_count"]), ("6", ""))

    def expect_missing(self, server, state, count, last):
        """Waits until the outlet is said to be in that state and to hold so many events; returns
        since when."""
        line = (rf"{state}; holds unsent events {count} \(sequences 2-{last}, "
                r"since (\d{4}-\d\d-\d\dT[\d:.]+Z)\)")
        return network.wait_until(f"{count} events are missing", lambda: re.fullmatch(
            line, self.states(server)["isd"]), 60, server.process, server.log)[1]

    def test_of_a_stream_that_is_closed_nothing_is_expected(self):
        server = self.serve()
        agent = self.live(server, "isd")
        self.emit_now(agent, 1)
        self.send_all(agent)
        server.plumb("key", "revoke", "--outlet", "isd", "--reason", "laptop lost")
        self.assertEqual(self.states(server)["isd"], "no agent is enrolled")

    def test_a_name_is_no_formula_in_a_spreadsheet(self):
        server = self.serve()
        server.add_outlet("isd", name_zh=FORMULA, name_en="-1,5 Outlet")
        text = server.plumb("outlet", "status", "--csv").stdout
        self.assertIn('"\'=HYPERLINK(""http://example.invalid"",""网点"")"', text)
        row, = self.table(server)
        self.assertEqual(row["name_zh"], "'" + FORMULA)
        self.assertEqual(row["name_en"], "'-1,5 Outlet")

    def test_more_outlets_than_a_page_holds(self):
        server = self.serve()
        names = [f"o{number:04d}" for number in range(1003)]
        table = self.folder / "outlets.csv"
        table.write_text("kind,id,name_zh,name_en\n" + "".join(
            f"outlet,{name},网点,Outlet\n" for name in names), encoding="utf-8")
        server.plumb("registry", "apply", table, "--reason", "set-up")
        self.assertEqual(list(self.states(server)), names)

    def test_what_it_refuses(self):
        server = self.serve()
        server.add_outlet("isd")
        for arguments, word in ((("--outlet", "nobody"), 'no outlet "nobody"'),
                                (("--outlet", "A/B"), "A/B"),
                                (("--json", "--csv"), "excludes")):
            self.refused(server.plumb("outlet", "status", *arguments, check=False), word)
        self.refused(network.run([self.programs.plumb, "outlet", "status"], check=False), "--data")
        self.refused(network.run([self.programs.plumb, "--data", self.folder / "nowhere", "outlet",
                                  "status"], check=False), "control.sock")


if __name__ == "__main__":
    unittest.main()
