# SPDX-License-Identifier: Apache-2.0
"""An outlet without any connection: its batches leave as a file, the office takes them in, a
receipt comes back, and only what the receipt proves counts as sent."""

import json
import shutil
import unittest

import support
from support import network


class TransportTest(support.NetworkTest):
    def setUp(self):
        super().setUp()
        self.server = self.serve()
        self.agent = self.enrolled(self.server, "outlet-1")
        self.parcel = self.folder / "outlet-1.plumb"
        self.receipt = self.folder / "outlet-1.plumb.receipt"

    def emit(self, *cases):
        lines = "".join(support.line(support.opened(case)) for case in cases)
        self.agent.call("emit", stdin=lines)

    def pack(self, **options):
        return self.agent.call("pack", self.parcel, **options)

    def ingest(self, *flags, **options):
        return self.server.plumb("ingest", self.parcel, *flags, **options)

    def batches(self):
        return self.server.wait_evaluated()["evaluator"]["events"]

    def test_there_and_back_and_once(self):
        self.emit(1, 2, 3)
        self.emit(4, 5)
        self.assertIn("batches 1 to 2, 5 events", self.pack().stdout)
        trial = self.ingest("--dry-run")
        self.assertIn("batches 1 to 2, 5 events", trial.stdout)
        self.assertEqual(self.batches(), 0)
        self.assertFalse(self.receipt.exists())

        told = json.loads(self.ingest("--json").stdout)
        self.assertEqual((told["taken"], told["proved"], told["refused"]), (2, 2, None))
        self.assertEqual(self.batches(), 5)
        self.assertEqual(self.agent.status()["acknowledged_batch"], 0)

        self.assertIn("2 more batches", self.agent.call("receipt", self.receipt).stdout)
        status = self.agent.status()
        self.assertEqual((status["acknowledged_batch"], status["proved_batch"]), (2, 2))
        self.assertIn("0 more batches", self.agent.call("receipt", self.receipt).stdout)
        self.assertIn("nothing to pack", self.pack().stdout)
        # The receipt of one batch is evidence like that of a connection.
        proof = self.folder / "proof.json"
        proof.write_text(self.agent.call("proof", "2").stdout, encoding="utf-8")
        self.server.plumb("ledger", "verify-receipt", proof)

        self.ingest()
        self.assertEqual(self.batches(), 5)
        self.server.plumb("ledger", "verify")

    def test_a_file_and_a_connection_side_by_side(self):
        self.emit(1)
        self.pack()
        self.emit(2)
        self.send_all(self.agent)
        self.assertEqual(json.loads(self.ingest("--json").stdout)["taken"], 1)
        self.assertEqual(self.batches(), 2)
        self.assertIn("0 more batches", self.agent.call("receipt", self.receipt).stdout)
        self.emit(3)
        self.pack()
        self.ingest()
        self.agent.call("receipt", self.receipt)
        self.assertEqual(self.agent.status()["proved_batch"], 3)

    def test_what_does_not_fit_waits_for_the_next_file(self):
        for start in range(0, 100_000, 4000):
            self.emit(*range(start, start + 4000))
        last = self.agent.status()["last_batch"]
        files = 0
        while self.agent.status()["proved_batch"] < last:
            packed = self.agent.call("pack", self.parcel, "--max-mib", "1")
            files += 1
            self.assertLessEqual(self.parcel.stat().st_size, (1 << 20) + 4096)
            self.ingest()
            self.agent.call("receipt", self.receipt)
            left = last - self.agent.status()["proved_batch"]
            self.assertEqual(f"{left} batches did not fit" in packed.stderr, left > 0)
        self.assertGreater(files, 1)
        self.assertEqual(self.batches(), 100_000)

    def test_damage_and_strangers_are_told(self):
        self.emit(1, 2)
        self.pack()
        good = self.parcel.read_bytes()
        self.parcel.write_bytes(good[:-7])
        self.refused(self.ingest(check=False), "cut off or changed")
        flipped = bytearray(good)
        flipped[len(good) // 2] ^= 1
        self.parcel.write_bytes(bytes(flipped))
        self.refused(self.ingest(check=False), "cut off or changed")
        self.refused(self.server.plumb("ingest", support.ROOT / "README.md", check=False),
                     "no transport file")
        self.parcel.write_bytes(good)
        self.ingest()
        other = self.enrolled(self.server, "outlet-2")
        self.refused(other.call("receipt", self.receipt, check=False), "another agent")
        self.receipt.write_bytes(self.receipt.read_bytes()[:-1])
        self.refused(self.agent.call("receipt", self.receipt, check=False), "cut off or changed")
        self.assertEqual(self.agent.status()["acknowledged_batch"], 0)
        self.assertEqual(self.batches(), 2)

    def test_a_copied_folder_is_refused_and_put_on_record(self):
        copy = network.Agent(self.programs, self.folder / "copy", "outlet-1")
        copy.data.parent.mkdir(parents=True)
        shutil.copytree(self.agent.data, copy.data)
        self.emit(1)
        self.send_all(self.agent)
        copy.call("emit", stdin=support.line(support.opened(2)))
        copy.call("pack", self.parcel)
        self.refused(self.ingest(check=False), "batch 1 was refused", "contradicts")
        refused = copy.call("receipt", self.receipt, check=False)
        self.assertEqual(refused.returncode, 4)
        self.assertIn("did not take batch 1", refused.stderr)
        shown = self.server.plumb("ledger", "show", "--record", "stream.conflict", "--json").stdout
        self.assertEqual(len(shown.splitlines()), 1)
        self.assertEqual(self.batches(), 1)

    def test_another_servers_receipt_moves_nothing(self):
        self.emit(1)
        self.pack()
        self.ingest()
        self.agent.call("receipt", self.receipt)
        self.emit(2)
        self.pack()
        other = self.serve("other")
        self.refused(other.plumb("ingest", self.parcel, check=False), "batch 2", "knows no stream")
        self.refused(self.agent.call("receipt", self.receipt, check=False), "receipt is of ledger")
        self.assertEqual(self.agent.status()["proved_batch"], 1)

    def test_a_receipt_of_a_replaced_history_raises_the_alarm(self):
        before = self.folder / "before"
        self.server.stop()
        shutil.copytree(self.server.data, before)
        self.start(self.server)
        self.emit(1)
        self.pack()
        self.ingest()
        self.agent.call("receipt", self.receipt)
        # The server forgets what it signed, and goes on with other entries in its place.
        self.server.stop()
        shutil.rmtree(self.server.data)
        shutil.copytree(before, self.server.data)
        self.start(self.server)
        for number in range(4):
            self.server.add_outlet(f"other-{number}")
        self.ingest()
        self.emit(2)
        self.pack()
        self.ingest()
        told = self.agent.call("receipt", self.receipt, check=False)
        self.assertEqual(told.returncode, 6, told.stderr)
        alarm = (self.agent.data / "ALARM.txt").read_text(encoding="utf-8")
        # Both notes: each names its origin on its first line and in its signature.
        self.assertEqual(alarm.count("plumbline/"), 4, alarm)
        status = self.agent.call("status", "--json", check=False)
        self.assertEqual(status.returncode, 6)
        status = json.loads(status.stdout)
        self.assertEqual((status["alarm"]["kind"], status["proved_batch"]), ("inconsistent", 1))
        self.assertEqual(self.agent.call("receipt", self.receipt, check=False).returncode, 6)


if __name__ == "__main__":
    unittest.main()
