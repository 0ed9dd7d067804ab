// SPDX-License-Identifier: Apache-2.0
// What happens to batches after they were sent: acknowledged, taken back, freed.
#include "agents/spool.h"
#include "base/file.h"

namespace plumbline {
namespace {

constexpr std::size_t kBootIdFileBytes = 256;
// An event without fields: position, time, and the ends of its subject, each at most a varint.
constexpr std::size_t kEventBoundBytes = 32;
// A field: name and dictionary entry framing, row, index or number, each at most a varint.
constexpr std::size_t kFieldBoundBytes = 48;

void bind_or_null(SqliteStatement& statement, std::optional<std::int64_t> value) {
  if (value) {
    statement.bind(*value);
  } else {
    statement.bind_null();
  }
}

std::optional<std::int64_t> number_of(const std::optional<LedgerIndex>& index) {
  if (!index) return std::nullopt;
  return static_cast<std::int64_t>(index->value);
}

}  // namespace

Status Spool::acknowledge(BatchNumber number, std::optional<LedgerIndex> index, Instant now) {
  AckedBatch ack{number, index, std::nullopt};
  return acknowledge(std::span(&ack, 1), now);
}

Status Spool::acknowledge(std::span<const AckedBatch> acks, Instant now) {
  if (acks.empty()) return {};
  const AckedBatch& last = acks.back();
  ASSIGN_OR_RETURN(auto transaction, SqliteTransaction::begin(database_));
  ASSIGN_OR_RETURN(SpoolHead current, head());
  if (last.number <= current.acknowledged) return {};
  CHECK(last.number <= current.last, "only a batch that was sealed here is acknowledged");
  ASSIGN_OR_RETURN(auto row, database_.prepare("UPDATE batches SET entry = ?, recorded_at = ? "
                                               "WHERE number = ?"));
  for (const AckedBatch& ack : acks) {
    if (ack.number <= current.acknowledged) continue;
    bind_or_null(row, number_of(ack.index));
    bind_or_null(row, ack.recorded_at ? std::optional(ack.recorded_at->ms) : std::nullopt);
    RETURN_IF_ERROR(row.bind(ack.number.value).done());
  }
  ASSIGN_OR_RETURN(auto when, database_.prepare("UPDATE batches SET acknowledged_at = ? "
                                                "WHERE number > ? AND number <= ?"));
  RETURN_IF_ERROR(
      when.bind(now.ms).bind(current.acknowledged.value).bind(last.number.value).done());
  ASSIGN_OR_RETURN(auto update, database_.prepare("UPDATE stream SET acknowledged = ?, ack_at = ?, "
                                                  "ack_index = ?, error = '', error_at = NULL"));
  update.bind(last.number.value).bind(now.ms);
  bind_or_null(update, number_of(last.index));
  RETURN_IF_ERROR(update.done());
  return transaction.commit();
}

Status Spool::rewind(BatchNumber number) {
  ASSIGN_OR_RETURN(auto transaction, SqliteTransaction::begin(database_));
  ASSIGN_OR_RETURN(SpoolHead current, head());
  if (number >= current.acknowledged) return {};
  if (number < current.proved) RETURN_IF_ERROR(set_proved(number));
  ASSIGN_OR_RETURN(auto rows,
                   database_.prepare("UPDATE batches SET entry = NULL, recorded_at = NULL, "
                                     "acknowledged_at = NULL, proved_at = NULL WHERE number > ?"));
  RETURN_IF_ERROR(rows.bind(number.value).done());
  ASSIGN_OR_RETURN(auto update, database_.prepare("UPDATE stream SET acknowledged = ?"));
  RETURN_IF_ERROR(update.bind(number.value).done());
  return transaction.commit();
}

// What was freed stays proved: it cannot be proved again.
Status Spool::set_proved(BatchNumber number) {
  ASSIGN_OR_RETURN(auto update,
                   database_.prepare("UPDATE stream SET proved = max(?, oldest_content - 1)"));
  RETURN_IF_ERROR(update.bind(number.value).done());
  return database_.run(
      "UPDATE stream SET proved_bytes = (SELECT coalesce(sum(size), 0) FROM batches "
      "WHERE number >= oldest_content AND number <= proved)");
}

Status Spool::free_proved(std::size_t keep_bytes, std::optional<Instant> now) {
  ASSIGN_OR_RETURN(auto row,
                   database_.prepare("SELECT proved_bytes, oldest_content, proved FROM stream"));
  ASSIGN_OR_RETURN([[maybe_unused]] bool found, row.step());
  auto held = static_cast<std::size_t>(row.integer(0));
  std::int64_t oldest = row.integer(1);
  std::int64_t proved = row.integer(2);
  row.reset();
  if (oldest > proved) return {};
  ASSIGN_OR_RETURN(auto batch, database_.prepare("SELECT size, coalesce(proved_at, 0) FROM batches "
                                                 "WHERE number = ?"));
  ASSIGN_OR_RETURN(auto drop, database_.prepare("DELETE FROM contents WHERE number = ?"));
  bool freed = false;
  for (; oldest <= proved; ++oldest) {
    ASSIGN_OR_RETURN([[maybe_unused]] bool known, batch.bind(oldest).step());
    auto size = static_cast<std::size_t>(batch.integer(0));
    bool due = now && batch.integer(1) + kProvedKept.ms <= now->ms;
    batch.reset();
    if (held <= keep_bytes && !due) break;
    held -= size;
    RETURN_IF_ERROR(drop.bind(oldest).done());
    freed = true;
  }
  if (!freed) return {};
  ASSIGN_OR_RETURN(auto update,
                   database_.prepare("UPDATE stream SET proved_bytes = ?, oldest_content = ?"));
  return update.bind(std::uint64_t{held}).bind(oldest).done();
}

Status Spool::expire(Instant now) {
  ASSIGN_OR_RETURN(auto transaction, SqliteTransaction::begin(database_));
  ASSIGN_OR_RETURN(auto open_alarm, alarm());
  if (open_alarm) return {};
  RETURN_IF_ERROR(free_proved(options_.max_bytes / 2, now));
  return transaction.commit();
}

Status Spool::make_room(std::size_t needed) {
  ASSIGN_OR_RETURN(std::size_t used, used_bytes());
  ASSIGN_OR_RETURN(auto open_alarm, alarm());
  // Freeing gives whole pages back, so that one round may fall short of what was counted.
  while (used + needed > options_.max_bytes && !open_alarm) {
    ASSIGN_OR_RETURN(std::int64_t held, database_.integer("SELECT proved_bytes FROM stream"));
    ASSIGN_OR_RETURN(std::int64_t receipts, database_.integer("SELECT receipt_bytes FROM stream"));
    if (held == 0 && receipts == 0) break;
    std::size_t missing = used + needed - options_.max_bytes;
    auto spare = static_cast<std::size_t>(held > 0 ? held : receipts);
    std::size_t keep = spare > missing ? spare - missing : 0;
    RETURN_IF_ERROR(held > 0 ? free_proved(keep, std::nullopt) : free_receipts(keep));
    ASSIGN_OR_RETURN(used, used_bytes());
  }
  if (used + needed <= options_.max_bytes) return {};
  return refuse_full(used);
}

Status Spool::refuse_full(std::size_t used) {
  ASSIGN_OR_RETURN(SpoolHead now, head());
  ASSIGN_OR_RETURN(SpoolReport known, report());
  ASSIGN_OR_RETURN(auto open_alarm, alarm());
  std::string text = "the spool is full: it holds " + std::to_string(used >> 10) + " of " +
                     std::to_string(options_.max_bytes >> 10) + " KiB; ";
  if (open_alarm) {
    text +=
        "an alarm is open, and nothing is freed before it is cleared (`plumb-agent alarm "
        "show`); ";
  } else if (now.acknowledged < now.last) {
    text += "the server has not taken " + std::to_string(now.last.value - now.acknowledged.value) +
            " batches; let `plumb-agent run` send first; ";
  }
  if (now.proved < now.acknowledged && !open_alarm) {
    text += "the server has not proved " +
            std::to_string(now.acknowledged.value - now.proved.value) +
            " batches that it took, and what is not proved is not freed" +
            (known.proof_trouble.empty() ? "" : " (" + known.proof_trouble + ")") + "; ";
  }
  return Error(Code::kExhausted, text + "nothing new was accepted, nothing was lost");
}

Status Spool::note_error(std::string_view sentence, Instant now) {
  ASSIGN_OR_RETURN(auto transaction, SqliteTransaction::begin(database_));
  ASSIGN_OR_RETURN(auto update, database_.prepare("UPDATE stream SET error = ?, error_at = ?"));
  update.bind_text(sentence);
  bind_or_null(update, sentence.empty() ? std::nullopt : std::optional(now.ms));
  RETURN_IF_ERROR(update.done());
  return transaction.commit();
}

Result<SpoolReport> Spool::report() {
  SpoolReport report;
  ASSIGN_OR_RETURN(
      auto row,
      database_.prepare(
          "SELECT ack_at, ack_index, error_at, error, last_sequence - coalesce((SELECT first + "
          "count - 1 FROM batches WHERE number = acknowledged), 0), proved_at, proof_trouble, "
          "(SELECT acknowledged_at FROM batches WHERE number = proved + 1 AND proved < "
          "acknowledged), (SELECT size FROM held) FROM stream"));
  ASSIGN_OR_RETURN(bool found, row.step());
  if (!found) return Error(Code::kCorrupt, database_.path() + ": the stream's row is missing");
  if (!row.is_null(0)) report.last_ack_at = Instant{row.integer(0)};
  if (!row.is_null(1)) {
    report.last_ack_index = LedgerIndex(static_cast<std::uint64_t>(row.integer(1)));
  }
  if (!row.is_null(2)) report.last_error_at = Instant{row.integer(2)};
  report.last_error = row.bytes(3);
  report.unacknowledged_events = static_cast<std::uint64_t>(row.integer(4));
  if (!row.is_null(5)) report.last_proof_at = Instant{row.integer(5)};
  report.proof_trouble = row.bytes(6);
  if (!row.is_null(7)) report.unproved_since = Instant{row.integer(7)};
  if (!row.is_null(8)) {
    report.checkpoint_size = LedgerSize(static_cast<std::uint64_t>(row.integer(8)));
  }
  report.max_bytes = options_.max_bytes;
  ASSIGN_OR_RETURN(report.used_bytes, used_bytes());
  return report;
}

int SpoolReport::used_percent() const {
  return max_bytes == 0 ? 0 : static_cast<int>(used_bytes * 100 / max_bytes);
}

BootId read_boot_id() {
  BootId id{};
  Result<Bytes> text = read_file("/proc/sys/kernel/random/boot_id", kBootIdFileBytes);
  if (!text.ok()) return id;
  std::string digits;
  for (char c : *text) {
    if (c != '-' && c != '\n') digits.push_back(c);
  }
  Result<Bytes> bytes = from_hex(digits);
  if (!bytes.ok() || bytes->size() < id.size()) return id;
  for (std::size_t i = 0; i < id.size(); ++i) id[i] = static_cast<std::uint8_t>((*bytes)[i]);
  return id;
}

std::size_t content_bound(const Event& event) {
  std::size_t bound = kEventBoundBytes + event.type.size() + event.subject.size();
  for (const Field& field : event.fields) {
    bound += kFieldBoundBytes + field.name.size() + field.value.text.size();
  }
  return bound;
}

}  // namespace plumbline
