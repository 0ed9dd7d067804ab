# SPDX-License-Identifier: Apache-2.0
"""plumbd as a process: its data folder, its local socket, its readiness, its end."""

import base64
import getpass
import json
import os
import re
import shutil
import signal
import socket
import stat
import unittest

import support
from support import network


class PlumbdTest(support.NetworkTest):
    def ask(self, server, request):
        """One request on the local socket, as `plumb` asks it."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(60)
            connection.connect(str(server.data / "control.sock"))
            connection.sendall(json.dumps(request).encode() + b"\n")
            answer = b""
            while not answer.endswith(b"\n"):
                part = connection.recv(1 << 16)
                if not part:
                    break
                answer += part
        return json.loads(answer)

    def error_of(self, server, request):
        answer = self.ask(server, request)
        self.assertIn("error", answer, answer)
        return answer["error"]["code"], answer["error"]["sentence"]

    def files(self):
        names = ["pack.yaml", "events.yaml", "calendar.yaml"]
        names += [f"standards/{p.name}" for p in (support.RULES / "standards").glob("*.yaml")]
        return {name: base64.b64encode((support.RULES / name).read_bytes()).decode()
                for name in names}


class DataFolderTest(PlumbdTest):
    def test_init_makes_a_folder_for_its_owner_alone(self):
        server = network.Server(self.programs, self.folder)
        server.init("test")
        for path in [server.data, server.data / "keys"]:
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o700, path)
        for name in ["office.key", "checkpoint.key", "tls.key"]:
            mode = stat.S_IMODE((server.data / "keys" / name).stat().st_mode)
            self.assertEqual(mode, 0o600, name)

    def test_init_that_was_cut_off_is_run_again(self):
        server = network.Server(self.programs, self.folder)
        server.init()
        office = (server.data / "keys" / "office.key").read_text()
        (server.data / "ledger.db").unlink()
        (server.data / "keys" / "tls.crt").unlink()
        server.init()
        self.assertEqual((server.data / "keys" / "office.key").read_text(), office)
        self.start(server)

    def test_init_refuses_an_open_folder_with_files_and_a_network_without_name(self):
        open_folder = self.folder / "open"
        open_folder.mkdir(mode=0o755)
        os.chmod(open_folder, 0o755)
        (open_folder / "letter.txt").write_text("mine")
        done = network.run([self.programs.plumbd, "init", "--data", open_folder, "--network", "n"],
                           check=False)
        self.refused(done, "not empty", "chmod 700")
        done = network.run([self.programs.plumbd, "init", "--data", self.folder / "n",
                            "--network", ""], check=False)
        self.refused(done, "name")

    def test_keys_of_another_ledger_are_refused(self):
        server = network.Server(self.programs, self.folder / "a")
        server.init()
        other = network.Server(self.programs, self.folder / "b")
        other.init()
        for name in ["office.key", "checkpoint.key"]:
            with self.subTest(name):
                kept = (server.data / "keys" / name).read_bytes()
                shutil.copy(other.data / "keys" / name, server.data / "keys" / name)
                done = network.run([self.programs.plumbd, "run", "--data", server.data],
                                   check=False)
                self.refused(done, "genesis")
                (server.data / "keys" / name).write_bytes(kept)

    def test_a_key_that_others_may_read_is_refused(self):
        server = network.Server(self.programs, self.folder)
        server.init()
        for name in ["office.key", "tls.key"]:
            path = server.data / "keys" / name
            os.chmod(path, 0o644)
            done = network.run([self.programs.plumbd, "run", "--data", server.data], check=False)
            self.refused(done, name, "chmod 600")
            os.chmod(path, 0o600)

    def test_results_that_cannot_be_read_are_made_again(self):
        server = self.serve()
        server.stop()
        for name in ["results.db-wal", "results.db-shm"]:
            (server.data / name).unlink(missing_ok=True)
        (server.data / "results.db").write_bytes(b"no database" * 1000)
        self.start(server)
        self.assertTrue(server.wait_evaluated(60)["evaluator"]["caught_up"])

    def test_target_other_than_all_is_refused(self):
        server = network.Server(self.programs, self.folder)
        server.init()
        for target in ["collector", "evaluator", "portal"]:
            done = network.run([self.programs.plumbd, "run", "--data", server.data, "--target",
                                target], check=False)
            self.refused(done, target, "--target all")

    def test_wrong_command_lines_have_their_own_code(self):
        for words in [[], ["run"], ["init", "--data", "x"], ["fly"]]:
            done = network.run([self.programs.plumbd, *words], check=False)
            self.assertEqual(done.returncode, 2, words)
        done = network.run([self.programs.plumbd, "run", "--data", self.folder, "--listen", "here"],
                           check=False)
        self.assertNotEqual(done.returncode, 0)


class ControlTest(PlumbdTest):
    def test_the_actor_is_the_user_of_the_socket(self):
        server = self.serve(rules=None)
        server.add_outlet("pwdx")
        shown = server.plumb("ledger", "show", "--from", "1").stdout
        self.assertIn(f"os:{getpass.getuser()}", shown)
        self.assertIn("set-up of this network", shown)

    def test_requests_without_their_form(self):
        server = self.serve(rules=None)
        outlet = {"op": "outlet.add", "id": "a", "name_en": "A", "reason": "r"}
        token = {"op": "token.create", "outlet": "a", "source_kind": "agent", "valid_minutes": 5,
                 "reason": "r"}
        self.assertIn("ok", self.ask(server, outlet))
        cases = [
            ({}, "invalid", "op"),
            ({"op": "fly"}, "unsupported", "fly"),
            ({"op": "status", "loud": True}, "invalid", "loud"),
            ({"op": "outlet.list", "id": "a"}, "invalid", "id"),
            ({**outlet, "id": "UPPER"}, "invalid", "UPPER"),
            ({**outlet, "id": 5}, "invalid", "id"),
            ({**outlet, "reason": ""}, "invalid", "reason"),
            ({key: outlet[key] for key in outlet if key != "reason"}, "invalid", "reason"),
            ({**outlet, "id": "b", "name_en": ""}, "invalid", "name"),
            ({**outlet, "id": "b", "places": ["x"]}, "invalid", "places"),
            ({**outlet, "id": "b", "places": {"county": 5}}, "invalid", "county"),
            ({**outlet, "color": "red"}, "invalid", "color"),
            (outlet, "exists", "a"),
            ({**token, "outlet": "nowhere"}, "not_found", "nowhere"),
            ({**token, "source_kind": "rumour"}, "invalid", "rumour"),
            ({**token, "valid_minutes": 0}, "invalid", "valid_minutes"),
            ({**token, "valid_minutes": 10**9}, "invalid", "valid_minutes"),
            ({**token, "historical": "yes"}, "invalid", "historical"),
        ]
        for request, code, word in cases:
            with self.subTest(request):
                got, sentence = self.error_of(server, request)
                self.assertEqual(got, code, sentence)
                self.assertIn(word, sentence)
        self.assertEqual(server.status()["ledger"]["size"], 2)

    def test_rules_that_are_not_retroactive_are_for_periods_to_come(self):
        server = self.serve(rules=None)
        request = {"op": "rules.activate", "files": self.files(), "reason": "r"}
        code, sentence = self.error_of(server, request)
        self.assertEqual(code, "invalid")
        self.assertIn("--retroactive", sentence)
        answer = self.ask(server, {**request, "retroactive": True})["ok"]
        self.assertEqual(answer["pack"], "boston-311")
        code, _ = self.error_of(server, {**request, "retroactive": True})
        self.assertEqual(code, "exists")

    def test_rules_are_refused_whole(self):
        server = self.serve(rules=None)
        files = self.files()
        request = {"op": "rules.activate", "retroactive": True, "reason": "r"}
        code, sentence = self.error_of(server, {**request, "files": {**files, "pack.yaml": "%"}})
        self.assertEqual((code, "pack.yaml" in sentence), ("invalid", True))
        bad = base64.b64encode(b"a: 1\na: 2\n").decode()
        code, sentence = self.error_of(server, {**request, "files": {**files, "events.yaml": bad}})
        self.assertEqual(code, "invalid")
        self.assertIn("events.yaml:", sentence)
        code, _ = self.error_of(server, {**request, "files": {}})
        self.assertEqual(code, "invalid")
        self.assertEqual(server.status()["ledger"]["size"], 1)

    def test_status_names_every_part(self):
        server = self.serve()
        status = server.wait_evaluated(60)
        self.assertEqual(sorted(status),
                         ["addresses", "checkpoint", "clock", "evaluator", "ledger"])
        clock = status["clock"]
        self.assertEqual((clock["simulated"], clock["simulated_until"], clock["running"]),
                         (False, None, True))
        self.assertEqual(status["addresses"]["agents"], server.agents)
        self.assertEqual(status["ledger"]["network"], "net")
        self.assertIsNone(status["ledger"]["failure"])
        self.assertIsNone(status["checkpoint"]["failure"])
        self.assertEqual(len(base64.b64decode(status["checkpoint"]["root"])), 32)

    def test_without_plumbd_the_caller_is_told(self):
        server = network.Server(self.programs, self.folder)
        server.init()
        done = server.plumb("status", check=False)
        self.refused(done, "plumbd does not run")


class SimulatedTest(PlumbdTest):
    END = "2026-10-31T00:00:00Z"

    def simulated(self, *options):
        server = network.Server(self.programs, self.folder / "sim")
        network.run([self.programs.plumbd, "init", "--data", server.data, "--network", "sim",
                     "--simulated-until", self.END, *options])
        self.start(server)
        return server

    def recorded(self, server):
        shown = server.plumb("ledger", "show", "--from", "0").stdout
        return re.findall(r"^ *\d+  (\S+)  \w+$", shown, re.MULTILINE)

    def test_the_clock_stands_where_it_was_put(self):
        server = self.simulated("--simulated-from", "2020-12-21T16:00:00Z")
        self.assertEqual(server.status()["clock"],
                         {"now": "2020-12-21T16:00:00Z", "simulated": True,
                          "simulated_until": self.END, "running": False})
        server.add_outlet("a")
        answer = self.ask(server, {"op": "clock.advance", "to": "2021-03-01T00:00:00Z"})
        self.assertEqual(answer, {"ok": {"now": "2021-03-01T00:00:00Z"}})
        server.add_outlet("b")
        self.assertEqual(self.recorded(server), ["2020-12-21T16:00:00Z", "2020-12-21T16:00:00Z",
                                                 "2021-03-01T00:00:00Z"])
        self.assertIn("plumbline_ledger_simulated 1", network.http_get(server.metrics)[1])

    def test_it_goes_neither_back_nor_beyond_its_end(self):
        server = self.simulated()
        self.assertEqual(server.status()["clock"]["now"], "2020-01-01T00:00:00Z")
        cases = [({"to": "2019-12-31T23:59:59Z"}, "invalid", "back"),
                 ({"to": "2026-10-31T00:00:01Z"}, "invalid", "beyond"),
                 ({"to": "tomorrow"}, "invalid", "tomorrow"), ({}, "invalid", "to"),
                 ({"to": self.END, "by": 1}, "invalid", "by")]
        for keys, code, word in cases:
            with self.subTest(keys):
                got, sentence = self.error_of(server, {"op": "clock.advance", **keys})
                self.assertEqual(got, code, sentence)
                self.assertIn(word, sentence)

    def test_it_runs_from_its_end_on_also_after_a_restart(self):
        server = self.simulated()
        self.assertIn("ok", self.ask(server, {"op": "clock.advance", "to": self.END}))
        clock = server.status()["clock"]
        self.assertTrue(clock["running"])
        self.assertTrue(clock["now"].startswith("2026-10-31T00:"), clock)
        server.add_outlet("a")
        server.stop()
        self.start(server)
        self.assertTrue(server.status()["clock"]["running"])

    def test_a_restart_stands_at_what_was_recorded_last(self):
        server = self.simulated()
        self.ask(server, {"op": "clock.advance", "to": "2022-01-01T00:00:00Z"})
        server.add_outlet("a")
        self.ask(server, {"op": "clock.advance", "to": "2023-01-01T00:00:00Z"})
        server.stop()
        self.start(server)
        self.assertEqual(server.status()["clock"]["now"], "2022-01-01T00:00:00Z")

    def test_a_live_ledger_has_the_clock_of_the_system(self):
        server = self.serve(rules=None)
        code, sentence = self.error_of(server, {"op": "clock.advance", "to": self.END})
        self.assertEqual(code, "denied")
        self.assertIn("live", sentence)

    def test_init_refuses_an_end_before_the_beginning(self):
        for words in [["--simulated-until", "2020-01-01T00:00:00Z", "--simulated-from", self.END],
                      ["--simulated-until", "soon"], ["--simulated-from", self.END]]:
            done = network.run([self.programs.plumbd, "init", "--data", self.folder / "x",
                                "--network", "x", *words], check=False)
            self.refused(done)


class EndTest(PlumbdTest):
    def test_an_orderly_end_leaves_the_ledger_and_nothing_that_says_it_runs(self):
        for number in [signal.SIGTERM, signal.SIGINT]:
            with self.subTest(number):
                server = network.Server(self.programs, self.folder / str(int(number)))
                server.init()
                self.start(server)
                server.add_outlet("pwdx")
                server.process.send_signal(number)
                self.assertEqual(server.process.wait(30), 0)
                names = {path.name for path in server.data.iterdir()}
                self.assertNotIn("addresses.json", names)
                self.assertNotIn("control.sock", names)
                self.assertNotIn("ledger.db-wal", names)
                # The last checkpoint covers everything.
                self.assertEqual((server.data / "checkpoint").read_text().splitlines()[1], "2")

    def test_an_end_with_an_agent_connected(self):
        server = self.serve()
        agent = self.enrolled(server, "pwdx")
        process = self.keep(agent.start())
        network.wait_until("the agent is connected", lambda: "sessions 1" in network.http_get(
            server.metrics)[1], 30, process, agent.log)
        self.assertEqual(server.stop(), 0)
        self.assertIsNone(process.poll())

    def test_a_killed_plumbd_starts_again_on_what_it_left(self):
        server = self.serve(rules=None)
        server.add_outlet("a")
        before = server.status()["ledger"]["size"]
        server.kill()
        self.assertTrue((server.data / "addresses.json").exists())
        self.start(server)
        self.assertEqual(server.status()["ledger"]["size"], before)
        server.add_outlet("b")

    def test_a_ledger_restored_from_an_old_copy_is_not_signed(self):
        server = self.serve(rules=None)
        server.stop()
        shutil.copy(server.data / "ledger.db", self.folder / "old.db")
        self.start(server)
        server.add_outlet("a")
        server.stop()
        shutil.copy(self.folder / "old.db", server.data / "ledger.db")
        with self.assertRaises(network.StepFailed):
            server.start(seconds=5)   # waits for /readyz
        self.keep(server.process)
        code, body = server.get("/readyz")
        self.assertEqual(code, 503)
        reasons = json.loads(body)["reasons"]
        self.assertEqual([reason["part"] for reason in reasons], ["checkpoint"])
        self.assertEqual(server.get("/healthz")[0], 200)
        self.assertEqual(server.get("/api/v1/ledger/checkpoint")[0], 503)
        self.assertIn("plumbline_checkpoint_refused 1", network.http_get(server.metrics)[1])
        self.assertIsNotNone(server.status()["checkpoint"]["failure"])


if __name__ == "__main__":
    unittest.main()
