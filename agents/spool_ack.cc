// SPDX-License-Identifier: Apache-2.0
// What happens to batches after they were sent: acknowledged, freed, or taken back.
#include "agents/spool.h"
#include "base/file.h"

namespace plumbline {
namespace {

constexpr std::size_t kBootIdFileBytes = 256;
// An event without fields: position, time, and the ends of its subject, each at most a varint.
constexpr std::size_t kEventBoundBytes = 32;
// A field: name and dictionary entry framing, row, index or number, each at most a varint.
constexpr std::size_t kFieldBoundBytes = 48;

}  // namespace

Status Spool::acknowledge(BatchNumber number, std::optional<LedgerIndex> index, Instant now) {
  ASSIGN_OR_RETURN(auto transaction, SqliteTransaction::begin(database_));
  ASSIGN_OR_RETURN(SpoolHead current, head());
  if (number <= current.acknowledged) return {};
  CHECK(number <= current.last, "only a batch that was sealed here is acknowledged");
  RETURN_IF_ERROR(set_acknowledged(number));
  ASSIGN_OR_RETURN(auto update,
                   database_.prepare(
                       "UPDATE stream SET ack_at = ?, ack_index = ?, error = '', error_at = NULL"));
  update.bind(now.ms);
  if (index) {
    update.bind(index->value);
  } else {
    update.bind_null();
  }
  RETURN_IF_ERROR(update.done());
  RETURN_IF_ERROR(free_acknowledged(options_.max_bytes / 2));
  return transaction.commit();
}

Status Spool::rewind(BatchNumber number) {
  ASSIGN_OR_RETURN(auto transaction, SqliteTransaction::begin(database_));
  ASSIGN_OR_RETURN(SpoolHead current, head());
  if (number >= current.acknowledged) return {};
  RETURN_IF_ERROR(set_acknowledged(number));
  return transaction.commit();
}

Status Spool::set_acknowledged(BatchNumber number) {
  ASSIGN_OR_RETURN(
      auto update,
      database_.prepare(
          "UPDATE stream SET acknowledged = ?1, acknowledged_bytes = acknowledged_bytes "
          "+ (SELECT coalesce(sum(size), 0) FROM batches WHERE number > acknowledged AND number <= "
          "?1 "
          "AND number >= oldest_content) "
          "- (SELECT coalesce(sum(size), 0) FROM batches WHERE number > ?1 AND number <= "
          "acknowledged "
          "AND number >= oldest_content)"));
  return update.bind(number.value).done();
}

Status Spool::free_acknowledged(std::size_t keep_bytes) {
  ASSIGN_OR_RETURN(
      auto row,
      database_.prepare("SELECT acknowledged_bytes, oldest_content, acknowledged FROM stream"));
  ASSIGN_OR_RETURN([[maybe_unused]] bool found, row.step());
  auto held = static_cast<std::size_t>(row.integer(0));
  std::int64_t oldest = row.integer(1);
  std::int64_t acknowledged = row.integer(2);
  row.reset();
  if (held <= keep_bytes || oldest > acknowledged) return {};
  ASSIGN_OR_RETURN(auto size, database_.prepare("SELECT size FROM batches WHERE number = ?"));
  ASSIGN_OR_RETURN(auto drop, database_.prepare("DELETE FROM contents WHERE number = ?"));
  while (held > keep_bytes && oldest <= acknowledged) {
    ASSIGN_OR_RETURN([[maybe_unused]] bool known, size.bind(oldest).step());
    held -= static_cast<std::size_t>(size.integer(0));
    size.reset();
    RETURN_IF_ERROR(drop.bind(oldest).done());
    ++oldest;
  }
  ASSIGN_OR_RETURN(
      auto update,
      database_.prepare("UPDATE stream SET acknowledged_bytes = ?, oldest_content = ?"));
  return update.bind(std::uint64_t{held}).bind(oldest).done();
}

Status Spool::make_room(std::size_t needed) {
  ASSIGN_OR_RETURN(std::size_t used, used_bytes());
  // Freeing gives whole pages back, so that one round may fall short of what was counted.
  while (used + needed > options_.max_bytes) {
    ASSIGN_OR_RETURN(std::int64_t held, database_.integer("SELECT acknowledged_bytes FROM stream"));
    if (held == 0) break;
    std::size_t missing = used + needed - options_.max_bytes;
    auto acknowledged = static_cast<std::size_t>(held);
    RETURN_IF_ERROR(free_acknowledged(acknowledged > missing ? acknowledged - missing : 0));
    ASSIGN_OR_RETURN(used, used_bytes());
  }
  if (used + needed <= options_.max_bytes) return {};
  return Error(Code::kExhausted,
               "the spool is full: it holds " + std::to_string(used >> 10) + " of " +
                   std::to_string(options_.max_bytes >> 10) +
                   " KiB and the server has not taken what waits; nothing new was accepted, "
                   "nothing was lost; let `plumb-agent run` send first");
}

Status Spool::note_error(std::string_view sentence, Instant now) {
  ASSIGN_OR_RETURN(auto transaction, SqliteTransaction::begin(database_));
  ASSIGN_OR_RETURN(auto update, database_.prepare("UPDATE stream SET error = ?, error_at = ?"));
  update.bind_text(sentence);
  if (sentence.empty()) {
    update.bind_null();
  } else {
    update.bind(now.ms);
  }
  RETURN_IF_ERROR(update.done());
  return transaction.commit();
}

Result<SpoolReport> Spool::report() {
  SpoolReport report;
  ASSIGN_OR_RETURN(
      auto row, database_.prepare("SELECT ack_at, ack_index, error_at, error, last_sequence - "
                                  "coalesce((SELECT first + count "
                                  "- 1 FROM batches WHERE number = acknowledged), 0) FROM stream"));
  ASSIGN_OR_RETURN(bool found, row.step());
  if (!found) return Error(Code::kCorrupt, database_.path() + ": the stream's row is missing");
  if (!row.is_null(0)) report.last_ack_at = Instant{row.integer(0)};
  if (!row.is_null(1)) {
    report.last_ack_index = LedgerIndex(static_cast<std::uint64_t>(row.integer(1)));
  }
  if (!row.is_null(2)) report.last_error_at = Instant{row.integer(2)};
  report.last_error = row.bytes(3);
  report.unacknowledged_events = static_cast<std::uint64_t>(row.integer(4));
  ASSIGN_OR_RETURN(report.used_bytes, used_bytes());
  return report;
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
