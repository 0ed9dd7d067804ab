// SPDX-License-Identifier: Apache-2.0
// What the spool knows of the ledger: the checkpoint that is held, proofs, receipts, an alarm.
#include <algorithm>

#include "agents/spool.h"
#include "model/wire/batch.h"

namespace plumbline {
namespace {

// A head is u16 ‖ header ‖ u8 ‖ u16 ‖ signature; the content follows it.
constexpr std::size_t kHeadBound = 2 + limits::kMaxHeaderBytes + 3 + Signature::size;
// What a receipt takes beside head and path.
constexpr std::size_t kReceiptRowBytes = 80;

Bytes joined(const std::vector<Hash>& hashes) {
  Bytes out;
  for (const Hash& hash : hashes) out.append(hash.view());
  return out;
}

Result<std::vector<Hash>> split(BytesView bytes) {
  std::vector<Hash> hashes;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), Hash::size))) {
    ASSIGN_OR_RETURN(Hash hash, Hash::from(bytes.substr(0, Hash::size), "a hash of a path"));
    hashes.push_back(hash);
  }
  return hashes;
}

Result<Bytes> head_of(BytesView sealed) {
  ByteReader reader(sealed);
  ASSIGN_OR_RETURN(BatchHead head, decode_head(reader));
  return encode_head(head);
}

Status insert_checkpoint(SqliteDatabase& database, const HeldCheckpoint& held, Instant now) {
  const Checkpoint& checkpoint = held.checkpoint;
  ASSIGN_OR_RETURN(auto replace, database.prepare("REPLACE INTO held VALUES (1, ?, ?, ?, ?, ?)"));
  replace.bind_text(checkpoint.origin).bind(checkpoint.size.value);
  replace.bind_blob(checkpoint.root.view()).bind_text(held.note).bind(now.ms);
  RETURN_IF_ERROR(replace.done());
  ASSIGN_OR_RETURN(auto note, database.prepare("INSERT OR IGNORE INTO checkpoints VALUES (?, ?, "
                                               "?)"));
  note.bind_text(checkpoint.origin).bind(checkpoint.size.value).bind_text(held.note);
  return note.done();
}

// Returns the bytes that the receipt adds.
Result<std::size_t> insert_receipt(SqliteDatabase& database, const Checkpoint& checkpoint,
                                   const ProvedBatch& batch) {
  ASSIGN_OR_RETURN(auto content,
                   database.prepare("SELECT substr(sealed, 1, ?) FROM contents WHERE number = ?"));
  ASSIGN_OR_RETURN(bool found,
                   content.bind(std::uint64_t{kHeadBound}).bind(batch.number.value).step());
  CHECK(found, "what is proved is still kept");
  ASSIGN_OR_RETURN(Bytes head, head_of(content.bytes(0)));
  content.reset();
  Bytes path = joined(batch.path);
  ASSIGN_OR_RETURN(auto old, database.prepare("SELECT length(head) + length(path) + ? FROM "
                                              "receipts WHERE number = ?"));
  old.bind(std::uint64_t{kReceiptRowBytes});
  ASSIGN_OR_RETURN(bool replaces, old.bind(batch.number.value).step());
  std::size_t before = replaces ? static_cast<std::size_t>(old.integer(0)) : 0;
  old.reset();
  ASSIGN_OR_RETURN(auto insert,
                   database.prepare("REPLACE INTO receipts VALUES (?, ?, ?, ?, ?, ?, ?)"));
  insert.bind(batch.number.value).bind_text(checkpoint.origin).bind(checkpoint.size.value);
  insert.bind(batch.index.value).bind(batch.recorded_at.ms).bind_blob(head).bind_blob(path);
  RETURN_IF_ERROR(insert.done());
  return head.size() + path.size() + kReceiptRowBytes - before;
}

}  // namespace

Result<std::optional<HeldCheckpoint>> Spool::held() {
  ASSIGN_OR_RETURN(auto row, database_.prepare("SELECT origin, size, root, note FROM held"));
  ASSIGN_OR_RETURN(bool found, row.step());
  if (!found) return std::optional<HeldCheckpoint>();
  HeldCheckpoint held;
  held.checkpoint.origin = row.bytes(0);
  held.checkpoint.size = LedgerSize(static_cast<std::uint64_t>(row.integer(1)));
  ASSIGN_OR_RETURN(held.checkpoint.root, Hash::from(row.bytes(2), "the held checkpoint's root"));
  held.note = row.bytes(3);
  return std::optional<HeldCheckpoint>(std::move(held));
}

Result<std::optional<std::string>> Spool::verified_note(const std::string& origin,
                                                        LedgerSize size) {
  ASSIGN_OR_RETURN(auto row,
                   database_.prepare("SELECT note FROM checkpoints WHERE origin = ? AND size = ?"));
  ASSIGN_OR_RETURN(bool found, row.bind_text(origin).bind(size.value).step());
  if (!found) return std::optional<std::string>();
  return std::optional<std::string>(row.bytes(0));
}

Result<std::vector<ProofTarget>> Spool::proof_targets(BatchNumber first, std::uint32_t count) {
  ASSIGN_OR_RETURN(auto rows,
                   database_.prepare("SELECT number, substr(sealed, 1, ?), entry, recorded_at FROM "
                                     "batches JOIN contents USING (number) WHERE number >= ? "
                                     "ORDER BY number LIMIT ?"));
  rows.bind(std::uint64_t{kHeadBound}).bind(first.value).bind(std::int64_t{count});
  std::vector<ProofTarget> targets;
  for (;;) {
    ASSIGN_OR_RETURN(bool row, rows.step());
    if (!row) break;
    ProofTarget target;
    target.number = BatchNumber(static_cast<std::uint64_t>(rows.integer(0)));
    ASSIGN_OR_RETURN(target.head, head_of(rows.bytes(1)));
    if (!rows.is_null(2)) {
      target.index = LedgerIndex(static_cast<std::uint64_t>(rows.integer(2)));
    }
    if (!rows.is_null(3)) target.recorded_at = Instant{rows.integer(3)};
    targets.push_back(std::move(target));
  }
  bool whole = targets.size() == count &&
               (count == 0 || (targets.front().number == first &&
                               targets.back().number.value == first.value + count - 1));
  if (whole) return targets;
  return Error(Code::kCorrupt, database_.path() + ": batches from " + std::to_string(first.value) +
                                   " on are to be proved, and their bytes are missing");
}

Status Spool::keep_proofs(const ProofsHold& proofs, Instant now) {
  ASSIGN_OR_RETURN(auto transaction, SqliteTransaction::begin(database_));
  ASSIGN_OR_RETURN(auto open_alarm, alarm());
  if (open_alarm) return Error(Code::kConflict, "an alarm is open; nothing is proved meanwhile");
  ASSIGN_OR_RETURN(SpoolHead current, head());
  RETURN_IF_ERROR(insert_checkpoint(database_, proofs.checkpoint, now));
  ASSIGN_OR_RETURN(auto row, database_.prepare("UPDATE batches SET entry = ?, recorded_at = ?, "
                                               "proved_at = ? WHERE number = ?"));
  std::size_t receipts = 0;
  for (const ProvedBatch& batch : proofs.batches) {
    CHECK(batch.number == current.proved.next() && batch.number <= current.acknowledged,
          "batches are proved in order, behind their acknowledgement");
    current.proved = batch.number;
    row.bind(batch.index.value).bind(batch.recorded_at.ms).bind(now.ms).bind(batch.number.value);
    RETURN_IF_ERROR(row.done());
    ASSIGN_OR_RETURN(std::size_t added,
                     insert_receipt(database_, proofs.checkpoint.checkpoint, batch));
    receipts += added;
  }
  if (!proofs.batches.empty()) {
    ASSIGN_OR_RETURN(
        auto update,
        database_.prepare("UPDATE stream SET proved_at = ?, receipt_bytes = receipt_bytes + ?, "
                          "proved_bytes = proved_bytes + (SELECT coalesce(sum(size), 0) FROM "
                          "batches WHERE number > proved AND number <= ?3), proved = ?3"));
    update.bind(now.ms).bind(std::uint64_t{receipts}).bind(current.proved.value);
    RETURN_IF_ERROR(update.done());
    RETURN_IF_ERROR(free_proved(options_.max_bytes / 2, now));
    RETURN_IF_ERROR(free_receipts(options_.max_bytes / 4));
  }
  RETURN_IF_ERROR(database_.run(
      "DELETE FROM checkpoints WHERE (origin, size) NOT IN (SELECT origin, size FROM receipts) "
      "AND (origin, size) NOT IN (SELECT origin, size FROM held)"));
  return transaction.commit();
}

Status Spool::free_receipts(std::size_t keep_bytes) {
  ASSIGN_OR_RETURN(std::int64_t held, database_.integer("SELECT receipt_bytes FROM stream"));
  if (static_cast<std::size_t>(held) <= keep_bytes) return {};
  ASSIGN_OR_RETURN(auto oldest,
                   database_.prepare("SELECT number, length(head) + length(path) + ? FROM receipts "
                                     "ORDER BY number LIMIT 1"));
  ASSIGN_OR_RETURN(auto drop, database_.prepare("DELETE FROM receipts WHERE number = ?"));
  while (static_cast<std::size_t>(held) > keep_bytes) {
    ASSIGN_OR_RETURN(bool found, oldest.bind(std::uint64_t{kReceiptRowBytes}).step());
    if (!found) held = 0;
    if (!found) break;
    std::int64_t number = oldest.integer(0);
    held -= std::min(held, oldest.integer(1));
    oldest.reset();
    RETURN_IF_ERROR(drop.bind(number).done());
  }
  ASSIGN_OR_RETURN(auto update, database_.prepare("UPDATE stream SET receipt_bytes = ?"));
  return update.bind(held).done();
}

Status Spool::continue_ledger(const std::string& ledger_id) {
  ASSIGN_OR_RETURN(auto transaction, SqliteTransaction::begin(database_));
  ASSIGN_OR_RETURN(auto update, database_.prepare("UPDATE enrolment SET ledger_id = ?"));
  RETURN_IF_ERROR(update.bind_text(ledger_id).done());
  // The next checkpoint is one of another ledger: it is new, whatever its size.
  RETURN_IF_ERROR(database_.run("UPDATE stream SET stated_size = 0"));
  return transaction.commit();
}

Status Spool::forget_proofs() {
  ASSIGN_OR_RETURN(auto transaction, SqliteTransaction::begin(database_));
  RETURN_IF_ERROR(set_proved(BatchNumber(0)));
  RETURN_IF_ERROR(database_.run(
      "UPDATE batches SET proved_at = NULL WHERE number > (SELECT proved FROM stream)"));
  return transaction.commit();
}

Result<std::optional<KeptProof>> Spool::kept_proof(BatchNumber number) {
  ASSIGN_OR_RETURN(auto row, database_.prepare("SELECT note, entry, recorded_at, head, path FROM "
                                               "receipts JOIN checkpoints USING (origin, size) "
                                               "WHERE number = ?"));
  ASSIGN_OR_RETURN(bool found, row.bind(number.value).step());
  if (!found) return std::optional<KeptProof>();
  KeptProof proof;
  proof.number = number;
  proof.note = row.bytes(0);
  proof.index = LedgerIndex(static_cast<std::uint64_t>(row.integer(1)));
  proof.recorded_at = Instant{row.integer(2)};
  proof.head = row.bytes(3);
  ASSIGN_OR_RETURN(proof.path, split(row.bytes(4)));
  return std::optional<KeptProof>(std::move(proof));
}

Result<std::optional<BatchNumber>> Spool::batch_with(Sequence sequence) {
  ASSIGN_OR_RETURN(auto row, database_.prepare("SELECT number FROM batches WHERE first <= ?1 AND "
                                               "first + count > ?1"));
  ASSIGN_OR_RETURN(bool found, row.bind(sequence.value).step());
  if (!found) return std::optional<BatchNumber>();
  return std::optional(BatchNumber(static_cast<std::uint64_t>(row.integer(0))));
}

Status Spool::note_proof_trouble(std::string_view sentence) {
  ASSIGN_OR_RETURN(auto transaction, SqliteTransaction::begin(database_));
  ASSIGN_OR_RETURN(auto update, database_.prepare("UPDATE stream SET proof_trouble = ?"));
  RETURN_IF_ERROR(update.bind_text(sentence).done());
  return transaction.commit();
}

Status Spool::raise_alarm(const Contradiction& what, Instant now) {
  ASSIGN_OR_RETURN(auto transaction, SqliteTransaction::begin(database_));
  ASSIGN_OR_RETURN(auto open_alarm, alarm());
  if (open_alarm) return {};
  ASSIGN_OR_RETURN(auto insert,
                   database_.prepare("INSERT INTO alarms (raised_at, kind, sentence, held, shown, "
                                     "answer, reason) VALUES (?, ?, ?, ?, ?, ?, '')"));
  insert.bind(now.ms).bind_text(alarm_kind_name(what.kind)).bind_text(what.sentence);
  insert.bind_text(what.held).bind_text(what.shown).bind_blob(what.answer);
  RETURN_IF_ERROR(insert.done());
  // Where the server said that a batch stands, it said of one history or of the other. Held
  // against the true ledger in its place it would be a contradiction for ever.
  if (what.kind == AlarmKind::kForked || what.kind == AlarmKind::kInconsistent) {
    RETURN_IF_ERROR(
        database_.run("UPDATE batches SET entry = NULL, recorded_at = NULL "
                      "WHERE number > (SELECT proved FROM stream)"));
  }
  return transaction.commit();
}

Result<std::optional<Alarm>> Spool::alarm() {
  ASSIGN_OR_RETURN(auto row, database_.prepare("SELECT raised_at, kind, sentence, held, shown, "
                                               "answer FROM alarms WHERE cleared_at IS NULL"));
  ASSIGN_OR_RETURN(bool found, row.step());
  if (!found) return std::optional<Alarm>();
  Alarm alarm;
  alarm.raised_at = Instant{row.integer(0)};
  ASSIGN_OR_RETURN(alarm.what.kind, parse_alarm_kind(row.bytes(1)));
  alarm.what.sentence = row.bytes(2);
  alarm.what.held = row.bytes(3);
  alarm.what.shown = row.bytes(4);
  alarm.what.answer = row.bytes(5);
  return std::optional<Alarm>(std::move(alarm));
}

Status Spool::clear_alarm(std::string_view reason, Instant now) {
  ASSIGN_OR_RETURN(auto transaction, SqliteTransaction::begin(database_));
  ASSIGN_OR_RETURN(auto open_alarm, alarm());
  if (!open_alarm) return Error(Code::kNotFound, "no alarm is open");
  ASSIGN_OR_RETURN(auto update, database_.prepare("UPDATE alarms SET cleared_at = ?, reason = ? "
                                                  "WHERE cleared_at IS NULL"));
  RETURN_IF_ERROR(update.bind(now.ms).bind_text(reason).done());
  return transaction.commit();
}

}  // namespace plumbline
