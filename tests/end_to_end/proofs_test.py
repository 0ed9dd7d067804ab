# SPDX-License-Identifier: Apache-2.0
"""Proofs of a running plumbd, verified without a line of the product; and a ledger that went back
to an old copy, refuses, and is continued by the office.

The entries are read from ledger.db by SQLite, the key from the genesis among them; whatever plumbd
says of hashes is held against them.
"""

import base64
import hashlib
import json
import shutil
import sqlite3
import unittest

import proof_oracle
import support
from support import network


def entries_of(server):
    """The entries in the database, in their order."""
    database = sqlite3.connect(f"file:{server.data / 'ledger.db'}?mode=ro", uri=True)
    try:
        return [row[0] for row in database.execute("SELECT entry FROM entries ORDER BY idx")]
    finally:
        database.close()


def record_of(entry):
    """The JSON of a genesis or office record: u32 size behind the entry's ten bytes."""
    size = int.from_bytes(entry[10:14], "big")
    return json.loads(entry[14:14 + size])


def verifier_of(entries, ledger_id=None):
    """The verifier key of the genesis, or of a later id of the same key."""
    genesis = record_of(entries[0])
    name = "plumbline/" + (ledger_id or genesis["ledger_id"])
    typed = b"\1" + bytes.fromhex(genesis["checkpoint_key"])
    key_id = hashlib.sha256(name.encode() + b"\n" + typed).digest()[:4]
    return f"{name}+{key_id.hex()}+{base64.b64encode(typed).decode()}"


def root_of(leaves):
    """MTH of RFC 9162 section 2.1.1."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + root_of(leaves[:k]) + root_of(leaves[k:])).digest()


class ProofsTest(support.NetworkTest):

    def ask(self, server, path):
        status, body = server.get("/api/v1/ledger/" + path)
        return status, json.loads(body)

    def filled(self, batches=3, outlet="pwd"):
        server = self.serve()
        agent = self.enrolled(server, outlet)
        self.fill(agent, batches)
        return server, agent

    def fill(self, agent, batches, first=0):
        for case in range(first, first + batches):
            agent.emit(support.opened(case))
            self.send_all(agent)

    def signed(self, server):
        """The newest checkpoint, once it covers the whole ledger."""
        size = len(entries_of(server))

        def newest():
            status, note = server.get("/api/v1/ledger/checkpoint")
            return note if status == 200 and note.split("\n")[1] == str(size) else None
        return network.wait_until("the ledger is signed", newest, 30)

    def test_every_proof_of_a_running_ledger(self):
        server, _ = self.filled()
        note = self.signed(server)
        entries = entries_of(server)
        origin, size, root = proof_oracle.open_checkpoint(note, verifier_of(entries))
        self.assertEqual(origin, "plumbline/" + record_of(entries[0])["ledger_id"])
        self.assertEqual(size, len(entries))
        leaves = [proof_oracle.leaf_hash(entry) for entry in entries]
        roots = [root_of(leaves[:n]) for n in range(size + 1)]
        self.assertEqual(root, roots[size])
        for index in range(size):
            for of in range(index + 1, size + 1):
                status, proof = self.ask(server, f"proof/inclusion?index={index}&size={of}")
                self.assertEqual(status, 200, proof)
                path = [base64.b64decode(hash, validate=True) for hash in proof["path"]]
                self.assertTrue(proof_oracle.inclusion_holds(index, of, leaves[index], roots[of],
                                                             path), (index, of))
                self.assertEqual(base64.b64decode(proof["leaf"]), leaves[index])
                self.assertEqual(base64.b64decode(proof["root"]), roots[of])
                if path:  # and a changed one does not hold
                    path[-1] = bytes(32)
                    self.assertFalse(proof_oracle.inclusion_holds(index, of, leaves[index],
                                                                  roots[of], path))
                status, grown = self.ask(server,
                                         f"proof/consistency?first={index + 1}&second={of}")
                self.assertEqual(status, 200, grown)
                path = [base64.b64decode(hash, validate=True) for hash in grown["path"]]
                self.assertTrue(proof_oracle.consistency_holds(index + 1, of, roots[index + 1],
                                                               roots[of], path), (index + 1, of))
        # A changed note does not hold.
        with self.assertRaises(ValueError):
            proof_oracle.open_checkpoint(note.replace(f"\n{size}\n", f"\n{size + 1}\n"),
                                         verifier_of(entries))
        for bad in (f"proof/inclusion?index={size}", "proof/inclusion?index=0&size=999999",
                    "proof/inclusion", "proof/consistency?first=x"):
            self.assertEqual(self.ask(server, bad)[0], 400, bad)

    def test_a_lost_tree_file_is_made_again(self):
        server, _ = self.filled()
        self.signed(server)
        server.stop()
        tree = server.data / "ledger.tree"
        whole = tree.read_bytes()
        tree.write_bytes(whole[:100] + bytes(len(whole) - 100))
        self.start(server)
        self.signed(server)
        self.assertEqual(tree.read_bytes(), whole)
        self.assertEqual(self.ask(server, "proof/inclusion?index=1")[0], 200)

    def gone_back(self, server, agent):
        """Puts an old copy of the ledger in the place of a newer one. Returns how many entries it
        holds, and the checkpoint that is lost with the others."""
        self.signed(server)
        address = server.agents
        server.stop()
        old = self.folder / "old-copy.db"
        shutil.copy(server.data / "ledger.db", old)
        self.start(server, listen=address)
        self.fill(agent, 3, first=10)
        lost = self.signed(server)
        before = entries_of(server)
        server.stop()
        shutil.copy(old, server.data / "ledger.db")
        for name in ("results.db", "results.db-wal", "results.db-shm"):
            (server.data / name).unlink(missing_ok=True)
        kept = entries_of(server)
        self.assertLess(len(kept), len(before))
        self.assertEqual(before[:len(kept)], kept)
        return len(kept), lost

    def verified(self, server, *flags):
        return json.loads(server.plumb("ledger", "verify", "--json", *flags).stdout)

    def test_refuses_and_is_continued(self):
        server, agent = self.filled(2)
        self.refused(server.plumb("ledger", "continue", "--reason", "no need", check=False),
                     "signs checkpoints")
        kept, lost = self.gone_back(server, agent)
        size = int(lost.split("\n")[1])
        self.assertIn("the checkpoint published last", self.start_refusing(server))
        self.assertEqual(self.ask(server, "proof/inclusion?index=0")[0], 503)
        self.assertIn("plumbline_checkpoint_refused 1", network.http_get(server.metrics)[1])
        self.refused(server.plumb("ledger", "continue", check=False), "--reason")
        dry = json.loads(server.plumb("ledger", "continue", "--dry-run", "--json").stdout)
        self.assertEqual((dry["kept"], dry["ledger_id"], dry["lost"]["size"]), (kept, None, size))
        self.assertEqual(len(entries_of(server)), kept)

        done = server.plumb("ledger", "continue", "--reason", "disk failed, letter 7").stdout
        self.assertIn(f"kept       {kept} entries", done)
        self.assertEqual(server.get("/readyz")[0], 200)
        note = self.signed(server)
        entries = entries_of(server)
        record = record_of(entries[kept])
        self.assertEqual((record["kind"], record["reason"], record["lost_checkpoint"]),
                         ("ledger.continue", "disk failed, letter 7", lost))
        found = proof_oracle.open_checkpoint(note, verifier_of(entries, record["ledger_id"]))
        leaves = [proof_oracle.leaf_hash(entry) for entry in entries]
        self.assertEqual(found, ("plumbline/" + record["ledger_id"], len(entries),
                                 root_of(leaves)))
        self.assertEqual(server.status()["ledger"]["id"], record["ledger_id"])
        self.refused(server.plumb("ledger", "continue", "--reason", "again", check=False),
                     "signs checkpoints")
        # The old note stays, in a file and for whoever asks.
        old_id = record_of(entries[0])["ledger_id"]
        self.assertEqual((server.data / f"checkpoint.{old_id}").read_text(encoding="utf-8"), lost)
        known = self.ask(server, "checkpoints")[1]["checkpoints"]
        self.assertEqual([(one["checkpoint"], one["given_up"], one["from"]) for one in known],
                         [(lost, True, 0), (note, False, kept)])
        self.assertEqual(proof_oracle.open_checkpoint(lost, known[0]["verifier"])[1], size)

    def test_a_continued_ledger_verifies_and_goes_on(self):
        server, agent = self.filled(2)
        first = self.signed(server)
        kept, lost = self.gone_back(server, agent)
        self.start_refusing(server)
        server.plumb("ledger", "continue", "--reason", "disk failed, letter 7")
        report = self.verified(server)
        self.assertTrue(report["ok"])
        self.assertEqual(report["continuations"][0]["index"], kept)
        # An auditor's checkpoint of what is kept holds; what was lost is told to be.
        held = self.folder / "held"
        held.write_text(first, encoding="utf-8")
        self.assertTrue(self.verified(server, "--checkpoint", held)["ok"])
        held.write_text(lost, encoding="utf-8")
        self.refused(server.plumb("ledger", "verify", "--checkpoint", held, check=False),
                     "gave up what was published")
        # It stays so after a restart, and grows.
        server.stop()
        self.start(server)
        server.add_outlet("later")
        entries = entries_of(server)
        after = proof_oracle.open_checkpoint(
            self.signed(server), verifier_of(entries, record_of(entries[kept])["ledger_id"]))
        self.assertEqual(after[1], kept + 2)
        export = self.folder / "export"
        server.plumb("ledger", "export", export)
        self.assertIn("verified", server.plumb("ledger", "verify", "--folder", export).stdout)


if __name__ == "__main__":
    unittest.main()
