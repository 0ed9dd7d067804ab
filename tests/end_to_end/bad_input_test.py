# SPDX-License-Identifier: Apache-2.0
"""What the real programs answer to input and surroundings that are wrong. The answers are stated in
docs/guides; each has a sentence that names what is wrong, and nothing ends in a crash."""

import os
import pathlib
import shutil
import socket
import sqlite3
import ssl
import struct
import subprocess
import unittest

import support
from support import network


def plain_end(connection):
    """Ends what is sent, in the middle of a frame; the server may answer with its own end."""
    try:
        connection.unwrap()
    except (ConnectionError, ssl.SSLError):
        pass


class ServerTest(support.NetworkTest):
    def run_plumbd(self, *arguments):
        return network.run([self.programs.plumbd, *arguments], check=False, seconds=60)

    def test_port_in_use(self):
        server = network.Server(self.programs, self.folder)
        server.init()
        for option in ("--listen", "--http", "--metrics"):
            with self.subTest(option), socket.socket() as taken:
                taken.bind(("127.0.0.1", 0))
                taken.listen()
                address = f"127.0.0.1:{taken.getsockname()[1]}"
                addresses = {"--listen": "127.0.0.1:0", "--http": "127.0.0.1:0",
                             "--metrics": "127.0.0.1:0", option: address}
                flags = [part for pair in addresses.items() for part in pair]
                done = self.run_plumbd("run", "--data", server.data, *flags)
                self.refused(done, address, "in use")

    def test_http_refuses_an_address_that_is_not_loopback(self):
        server = network.Server(self.programs, self.folder)
        server.init()
        done = self.run_plumbd("run", "--data", server.data, "--http", "0.0.0.0:0")
        self.refused(done, "0.0.0.0", "this machine only")

    def test_folder_without_a_ledger_and_one_that_has_one(self):
        self.refused(self.run_plumbd("run", "--data", self.folder / "nothing"), "init")
        server = network.Server(self.programs, self.folder)
        server.init()
        self.refused(self.run_plumbd("init", "--data", server.data, "--network", "again"),
                     str(server.data))

    def test_second_plumbd_on_the_same_data(self):
        server = self.serve()
        done = self.run_plumbd("run", "--data", server.data, "--listen", "127.0.0.1:0", "--http",
                               "127.0.0.1:0", "--metrics", "127.0.0.1:0")
        self.refused(done)
        self.assertEqual(server.get("/readyz")[0], 200)

    def test_database_from_a_newer_version(self):
        server = network.Server(self.programs, self.folder)
        server.init()
        with sqlite3.connect(server.data / "ledger.db") as database:
            version = database.execute("PRAGMA user_version").fetchone()[0]
            database.execute(f"PRAGMA user_version = {version + 1000}")
        database.close()
        self.refused(self.run_plumbd("run", "--data", server.data), "newer", "ledger.db")

    def test_hostile_bytes_end_one_session_and_nothing_else(self):
        server = self.serve()
        agent = self.enrolled(server, "pwdx")
        host, port = server.agents.rsplit(":", 1)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        frames = {"oversized": struct.pack(">IB", 0xFFFFFFFF, 1),
                  "unknown mandatory type": struct.pack(">IB", 1, 99) + b"x",
                  "not a hello": struct.pack(">IB", 8, 1) + b"\xff" * 8,
                  "truncated": struct.pack(">IB", 100, 1) + b"short"}
        for name, frame in frames.items():
            with self.subTest(name), socket.create_connection((host, int(port))) as plain:
                plain.settimeout(30)
                with context.wrap_socket(plain) as connection:
                    connection.sendall(frame)
                    if name == "truncated":
                        plain_end(connection)
                    self.drain(connection)
        with socket.create_connection((host, int(port))) as plain:
            plain.settimeout(30)
            plain.sendall(b"GET / HTTP/1.1\r\n\r\n" * 20)
            self.drain(plain)
        agent.emit(support.opened(1))
        self.send_all(agent)
        self.assertEqual(server.get("/readyz")[0], 200)

    def drain(self, connection):
        """Reads until the server closes."""
        try:
            while connection.recv(4096):
                pass
        except (ConnectionError, ssl.SSLError):
            pass


class FullDiskTest(support.NetworkTest):
    """A disk without room, in two forms. A limit on the size of files fails a write in the middle
    of the ledger for any user (EFBIG). A small tmpfs is really full (ENOSPC); to mount one takes
    root."""

    def limited(self, size):
        import resource  # pylint: disable=import-outside-toplevel
        return {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
                # Python ignores SIGXFSZ; the program must too, or it never sees the failed write.
                "restore_signals": False}

    def test_server_refuses_loudly_and_loses_nothing(self):
        server = self.serve()
        agent = self.enrolled(server, "pwdx")
        size = (server.data / "ledger.db").stat().st_size
        server.stop()
        self.start(server, **self.limited(size + 64 * 1024))
        events = self.emit_much(agent)
        self.expect_refusal(server, agent)
        self.expect_recovery(server, agent, events)

    @unittest.skipUnless(os.geteuid() == 0, "mounting a small tmpfs takes root")
    def test_server_on_a_disk_that_is_full(self):
        disk = self.folder / "disk"
        disk.mkdir()
        network.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", disk])
        self.addCleanup(network.run, ["umount", "--lazy", disk], check=False)
        server = self.serve("disk/net")
        agent = network.Agent(self.programs, self.folder, "pwdx")
        server.add_outlet("pwdx")
        agent.enroll(server.agents, server.token("pwdx", True))
        used = shutil.disk_usage(disk).used
        network.run(["mount", "-o", f"remount,size={used + 64 * 1024}", disk])
        events = self.emit_much(agent)
        self.expect_refusal(server, agent)
        network.run(["mount", "-o", "remount,size=64m", disk])
        self.expect_recovery(server, agent, events)

    def expect_refusal(self, server, agent):
        """While the agent sends, the server says that its ledger cannot be written."""
        sender = self.keep(agent.start("--server", server.agents))
        status = network.wait_until(
            "/readyz tells that the disk is full",
            lambda: (answer := server.get("/readyz"))[0] == 503 and answer, 60, server.process,
            server.log)
        self.assertIn("ledger", status[1].lower())
        self.assertEqual(server.get("/healthz")[0], 200)
        network.stop_process(sender)
        self.assertGreater(agent.status()["unacknowledged_batches"], 0)

    def expect_recovery(self, server, agent, events):
        """With room again, a restarted server takes what it refused, once."""
        listen = server.agents
        server.kill()
        self.start(server, listen=listen)
        self.send_all(agent)
        self.assertEqual(server.wait_evaluated()["evaluator"]["events"], events)
        server.plumb("ledger", "verify")

    def emit_much(self, agent, batches=10, events=2000):
        number = 0
        for _ in range(batches):
            lines = []
            for _ in range(events):
                lines.append(support.line(support.opened(number)))
                number += 1
            agent.call("emit", stdin="".join(lines))
        return number

    def test_agent_takes_nothing_that_it_cannot_keep(self):
        server = self.serve()
        agent = self.enrolled(server, "pwdx")
        agent.emit(support.opened(1))
        size = (agent.data / "spool.db").stat().st_size
        lines = "".join(support.line(support.opened(number)) for number in range(2, 4000))
        done = agent.call("emit", stdin=lines, check=False, **self.limited(size + 4096))
        self.refused(done)
        accepted = done.stdout.count('"accepted"')
        self.send_all(agent)
        self.assertEqual(server.wait_evaluated()["evaluator"]["events"], 1 + accepted)


class AgentTest(support.NetworkTest):
    def test_unreachable_server(self):
        server = self.serve()
        server.add_outlet("pwdx")
        token = server.token("pwdx")
        agent = network.Agent(self.programs, self.folder, "pwdx")
        address = f"127.0.0.1:{network.free_port()}"
        self.refused(agent.enroll(address, token, check=False), address)
        agent.enroll(server.agents, token)

    def test_token_of_another_server(self):
        server, other = self.serve("one"), self.serve("two")
        other.add_outlet("pwdx")
        agent = network.Agent(self.programs, self.folder, "pwdx")
        self.refused(agent.enroll(server.agents, other.token("pwdx"), check=False), "key")
        self.assertFalse((agent.data / "spool.db").exists())

    def test_token_used_twice_and_text_that_is_no_token(self):
        server = self.serve()
        server.add_outlet("pwdx")
        token = server.token("pwdx")
        first = network.Agent(self.programs, self.folder, "pwdx")
        first.enroll(server.agents, token)
        second = network.Agent(self.programs, self.folder, "pwdx-again")
        self.refused(second.enroll(server.agents, token, check=False), "token")
        self.refused(second.enroll(server.agents, "plumb1.xyz", check=False), "token")
        self.refused(first.enroll(server.agents, token, check=False), "enrolled")

    def test_not_enrolled(self):
        agent = network.Agent(self.programs, self.folder, "pwdx")
        for arguments in (["run", "--until-empty"], ["emit"], ["status"]):
            with self.subTest(arguments[0]):
                self.refused(agent.call(*arguments, stdin="", check=False), "enrol")

    def test_events_that_do_not_fit(self):
        server = self.serve()
        agent = self.enrolled(server, "pwdx")
        bad = {
            "unknown_type": {**support.opened(1), "type": "request.vanished"},
            "unknown_field": support.opened(1, colour="red"),
            "bad_subject": {**support.opened(1), "subject": ""},
            "time": {**support.opened(1), "time": "yesterday"},
        }
        for rule, event in bad.items():
            with self.subTest(rule):
                done = agent.emit(event, check=False)
                self.refused(done, rule)
        self.assertEqual(agent.status()["last_sequence"], 0)

    def test_personal_numbers(self):
        """A mobile number is refused with the field's name and without the number; 12-digit ids
        of cases and 11 digits that are no mobile number pass."""
        server = self.serve()
        agent = self.enrolled(server, "pwdx")
        done = agent.emit({**support.opened(1), "subject": "call 13912345678"}, check=False)
        self.refused(done, "personal_data", "subject")
        self.assertNotIn("13912345678", done.stdout + done.stderr)
        for subject in ("101001240734", "12012345678", "139123456789"):
            agent.emit({**support.opened(1), "subject": subject})
        self.send_all(agent)
        self.assertEqual(server.wait_evaluated()["evaluator"]["events"], 3)


class RulesTest(support.NetworkTest):
    def check(self, folder):
        return network.run([self.programs.plumb, "rules", "check", folder], check=False)

    def test_all_problems_of_all_files_at_once(self):
        rules = self.folder / "rules"
        shutil.copytree(support.RULES, rules)
        self.assertEqual(self.check(rules).returncode, 0)
        with open(rules / "pack.yaml", "a", encoding="utf-8") as pack:
            pack.write("colour: red\n")
        events = rules / "events.yaml"
        first = next(line for line in events.read_text(encoding="utf-8").splitlines()
                     if line and line[0].isalpha())
        with open(events, "a", encoding="utf-8") as text:
            text.write(first.split(":")[0] + ": again\n")
        standard = next(iter(sorted((rules / "standards").glob("*.yaml"))))
        lines = standard.read_text(encoding="utf-8").splitlines()
        at, old = next((number, line) for number, line in enumerate(lines, 1)
                       if line.strip().lstrip("- ").startswith("weight:"))
        weight = int(old.split(":")[1].split("#")[0])
        lines[at - 1] = old.replace(str(weight), str(weight - 1))
        standard.write_text("\n".join(lines) + "\n", encoding="utf-8")
        done = self.check(rules)
        self.refused(done, "pack.yaml:", "colour", "events.yaml:", "99",
                     f"standards/{standard.name}:")
        self.assertRegex(done.stderr, r"pack\.yaml:\d+:\d+: ")
        self.assertRegex(done.stderr, r"events\.yaml:\d+:\d+: ")
        self.assertRegex(done.stderr, r"standards/[a-z0-9_.-]+:\d+:\d+: ")

    def test_bad_rules_are_not_activated(self):
        server = self.serve()
        rules = self.folder / "rules"
        shutil.copytree(support.RULES, rules)
        with open(rules / "pack.yaml", "a", encoding="utf-8") as pack:
            pack.write("colour: red\n")
        size = server.status()["ledger"]["size"]
        done = server.plumb("rules", "activate", rules, "--reason", "test", check=False)
        self.refused(done, "colour")
        self.assertEqual(server.status()["ledger"]["size"], size)

    def test_folder_that_is_no_pack(self):
        self.refused(self.check(self.folder), "pack.yaml")


def boston_rows(count=20):
    """(header, rows) of the Boston file, as text fields, of one department."""
    import csv  # pylint: disable=import-outside-toplevel
    import gzip  # pylint: disable=import-outside-toplevel
    table = next(iter(sorted((support.RULES / "data").glob("*.csv.gz"))))
    with gzip.open(table, "rt", encoding="utf-8", newline="") as text:
        reader = csv.reader(text)
        header = next(reader)
        department = header.index("Department")
        rows = []
        for row in reader:
            if row[department] == "PWDx":
                rows.append(row)
            if len(rows) == count:
                return header, rows
    raise AssertionError("too few rows")


def csv_text(header, rows, end="\n"):
    def quoted(text):
        special = any(mark in text for mark in ',"\r\n')
        return '"' + text.replace('"', '""') + '"' if special else text
    return "".join(",".join(map(quoted, row)) + end for row in [header, *rows])


class CsvTest(support.NetworkTest):
    def setUp(self):
        super().setUp()
        self.server = self.serve()
        self.agent = self.enrolled(self.server, "pwdx", "PWDx")
        self.header, self.rows = boston_rows()

    def write(self, data):
        path = self.folder / "table.csv"
        path.write_bytes(data)
        return path

    def sequence(self):
        return self.agent.status()["last_sequence"]

    def test_every_form_of_the_same_table(self):
        forms = {
            "plain": csv_text(self.header, self.rows).encode(),
            "BOM": b"\xef\xbb\xbf" + csv_text(self.header, self.rows).encode(),
            "CRLF": csv_text(self.header, self.rows, "\r\n").encode(),
            "no newline at the end": csv_text(self.header, self.rows).encode().rstrip(b"\n"),
            "quoted newline": self.with_subject("two\nlines").encode(),
            "GBK": self.with_subject("路灯不亮").encode("gbk"),
        }
        self.agent.import_csv(self.write(forms["plain"]), support.MAPPING)
        first = self.sequence()
        self.assertGreater(first, len(self.rows) - 1)
        for name, data in forms.items():
            with self.subTest(name):
                self.agent.import_csv(self.write(data), support.MAPPING)
                self.assertEqual(self.sequence(), first, "the same rows were taken twice")

    def with_subject(self, text):
        """The table with another text in a column that the mapping does not use."""
        column = self.header.index("SUBJECT")
        rows = [row[:column] + [text] + row[column + 1:] for row in self.rows]
        return csv_text(self.header, rows)

    def test_dry_run_writes_nothing(self):
        table = self.write(csv_text(self.header, self.rows).encode())
        self.agent.import_csv(table, support.MAPPING, "--dry-run")
        self.assertEqual(self.sequence(), 0)

    def test_bad_rows_are_told_with_line_column_and_rule(self):
        opened = self.header.index("OPEN_DT")
        self.rows[3][opened] = "13/45/2015 99:00:00 AM"
        table = self.write(csv_text(self.header, self.rows).encode())
        done = self.agent.import_csv(table, support.MAPPING, check=False)
        self.refused(done, "5", "OPEN_DT", "13/45/2015")
        self.assertGreater(self.sequence(), len(self.rows) - 2)

    def test_missing_columns_are_named(self):
        header = [name for name in self.header if name not in ("OPEN_DT", "Source")]
        keep = [self.header.index(name) for name in header]
        rows = [[row[at] for at in keep] for row in self.rows]
        table = self.write(csv_text(header, rows).encode())
        self.refused(self.agent.import_csv(table, support.MAPPING, check=False), "OPEN_DT",
                     "Source")
        self.assertEqual(self.sequence(), 0)

    def test_files_that_are_no_table(self):
        self.refused(self.agent.import_csv(self.write(b""), support.MAPPING, check=False))
        self.refused(self.agent.import_csv(self.write(b"\x00\xff\xfe\x80" * 100), support.MAPPING,
                                           check=False))
        self.refused(self.agent.import_csv(self.folder / "none.csv", support.MAPPING,
                                           check=False), "none.csv")
        self.assertEqual(self.sequence(), 0)


if __name__ == "__main__":
    unittest.main()
