// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <utility>

#include "base/limits.h"
#include "store/sqlite/ledger_db.h"
#include "store/sqlite/ledger_schema.h"

namespace plumbline {
namespace {

using sqlite::Access;
using sqlite::Connection;
using sqlite::ScopedReset;
using sqlite::Statement;

class SqliteLedgerReader : public LedgerReader {
 public:
  static Result<std::unique_ptr<LedgerReader>> open(std::unique_ptr<Connection> connection) {
    std::unique_ptr<SqliteLedgerReader> reader(new SqliteLedgerReader(std::move(connection)));
    RETURN_IF_ERROR(reader->prepare());
    return std::unique_ptr<LedgerReader>(std::move(reader));
  }

  Result<LedgerSize> size() override {
    ScopedReset reset(size_);
    ASSIGN_OR_RETURN(bool row, size_.step("reading the ledger's size"));
    CHECK(row, "an aggregate without GROUP BY has one row");
    if (size_.is_null(0)) return LedgerSize(0);
    return LedgerSize(static_cast<std::uint64_t>(size_.integer(0)) + 1);
  }

  Result<LedgerIndex> read(LedgerIndex from,
                           const std::function<Status(const StoredEntry&)>& take) override {
    // Read before the rows, so that a row that is missing below it is known to be lost.
    ASSIGN_OR_RETURN(LedgerSize end, size());
    rows_.bind(1, from.value).bind(2, std::uint64_t{limits::kReadChunkEntries});
    ScopedReset reset(rows_);
    StoredEntry entry;
    LedgerIndex next = from;
    for (std::size_t bytes = 0; bytes < limits::kReadChunkBytes; next = next.next()) {
      Result<bool> row = rows_.step("reading the ledger");
      if (!row.ok()) return damaged(next, row.error());
      if (!*row) {
        if (next == from && from.value < end.value) return lost(next);
        break;
      }
      if (static_cast<std::uint64_t>(rows_.integer(0)) != next.value) return lost(next);
      entry.index = next;
      RETURN_IF_ERROR(fill(rows_, entry));
      bytes += entry.entry.size() + (entry.content ? entry.content->size() : 0);
      RETURN_IF_ERROR(take(entry));
    }
    return next;
  }

  Result<std::vector<Hash>> leaves(LedgerIndex from, std::size_t count) override {
    ASSIGN_OR_RETURN(LedgerSize end, size());
    if (from.value > end.value || count > end.value - from.value) {
      return Error(Code::kNotFound, fmt::format("the ledger has {} entries; {} from {} are asked",
                                                end.value, count, from.value));
    }
    std::vector<Hash> hashes;
    hashes.reserve(count);
    LedgerIndex last(from.value + count);
    for (LedgerIndex next = from; next < last;) {
      ASSIGN_OR_RETURN(next, leaf_chunk(next, last, hashes));
    }
    return hashes;
  }

  Result<std::vector<LedgerIndex>> batches_of(const OutletId& outlet, LedgerIndex from,
                                              LedgerSize to) override {
    batches_of_.bind(1, from.value).bind(2, to.value).bind_text(3, outlet.text());
    return indices(batches_of_, "reading where an outlet's batches stand");
  }

  Result<std::vector<LedgerIndex>> without_content(LedgerIndex from, LedgerSize to) override {
    without_content_.bind(1, from.value).bind(2, to.value);
    return indices(without_content_, "reading where the office's records stand");
  }

  Result<StoredEntry> at(LedgerIndex index) override {
    one_.bind(1, index.value);
    ScopedReset reset(one_);
    Result<bool> row = one_.step("reading the ledger");
    if (!row.ok()) return damaged(index, row.error());
    if (!*row) {
      ASSIGN_OR_RETURN(LedgerSize end, size());
      if (index.value < end.value) return lost(index);
      return Error(Code::kNotFound, fmt::format("the ledger has {} entries, none with index {}",
                                                end.value, index.value));
    }
    StoredEntry entry;
    entry.index = index;
    RETURN_IF_ERROR(fill(one_, entry));
    return entry;
  }

 private:
  explicit SqliteLedgerReader(std::unique_ptr<Connection> connection)
      : connection_(std::move(connection)) {}

  Status prepare() {
    ASSIGN_OR_RETURN(size_, Statement::prepare(*connection_, "SELECT max(idx) FROM entries"));
    ASSIGN_OR_RETURN(rows_, Statement::prepare(*connection_,
                                               "SELECT idx, entry, content FROM entries "
                                               "WHERE idx >= ?1 ORDER BY idx LIMIT ?2"));
    ASSIGN_OR_RETURN(
        one_,
        Statement::prepare(*connection_, "SELECT idx, entry, content FROM entries WHERE idx = ?1"));
    ASSIGN_OR_RETURN(leaves_, Statement::prepare(*connection_,
                                                 "SELECT idx, leaf FROM entries "
                                                 "WHERE idx >= ?1 ORDER BY idx LIMIT ?2"));
    // The streams of an outlet are few, and the batches of a stream are one range of `batches`.
    ASSIGN_OR_RETURN(batches_of_,
                     Statement::prepare(*connection_,
                                        "SELECT b.idx FROM streams s CROSS JOIN batches b "
                                        "ON b.stream = s.id WHERE s.outlet = ?3 "
                                        "AND b.idx >= ?1 AND b.idx < ?2 ORDER BY b.idx"));
    return prepare_without_content();
  }

  // A ledger that only an earlier version has written yet has no index: then the entries are gone
  // through, with the same answer.
  Status prepare_without_content() {
    ASSIGN_OR_RETURN(std::int64_t indexed,
                     connection_->integer("SELECT count(*) FROM sqlite_schema "
                                          "WHERE type = 'index' AND name = 'contentless'"));
    std::string by = indexed == 0 ? "NOT INDEXED" : "INDEXED BY contentless";
    ASSIGN_OR_RETURN(without_content_,
                     Statement::prepare(*connection_, "SELECT idx FROM entries " + by +
                                                          " WHERE content IS NULL AND idx >= ?1 "
                                                          "AND idx < ?2 ORDER BY idx"));
    return {};
  }

  Result<std::vector<LedgerIndex>> indices(Statement& rows, const std::string& doing) {
    ScopedReset reset(rows);
    std::vector<LedgerIndex> found;
    for (;;) {
      ASSIGN_OR_RETURN(bool row, rows.step(doing));
      if (!row) return found;
      found.emplace_back(static_cast<std::uint64_t>(rows.integer(0)));
    }
  }

  Error damaged(LedgerIndex index, const Error& cause) const {
    if (cause.code() != Code::kCorrupt) return cause;
    return Error(Code::kCorrupt,
                 fmt::format("{}: entry {} cannot be read", connection_->path(), index.value),
                 cause);
  }

  Error lost(LedgerIndex index) const {
    return Error(Code::kCorrupt,
                 fmt::format("{}: entry {} is missing", connection_->path(), index.value));
  }

  Status fill(const Statement& row, StoredEntry& entry) const {
    if (!row.is_blob(1) || !(row.is_blob(2) || row.is_null(2))) {
      return Error(Code::kCorrupt, fmt::format("{}: entry {} has columns of the wrong kind",
                                               connection_->path(), entry.index.value));
    }
    BytesView bytes = row.blob(1);
    entry.entry.assign(bytes);
    if (row.is_null(2)) {
      entry.content.reset();
    } else {
      if (!entry.content) entry.content.emplace();
      BytesView content = row.blob(2);
      entry.content->assign(content);
    }
    return {};
  }

  // Appends the leaves [from, last), at most a chunk of them; returns the index after them.
  Result<LedgerIndex> leaf_chunk(LedgerIndex from, LedgerIndex last, std::vector<Hash>& hashes) {
    std::uint64_t count =
        std::min<std::uint64_t>(last.value - from.value, limits::kReadChunkEntries);
    leaves_.bind(1, from.value).bind(2, count);
    ScopedReset reset(leaves_);
    LedgerIndex next = from;
    for (; next.value < from.value + count; next = next.next()) {
      Result<bool> row = leaves_.step("reading the ledger's leaf hashes");
      if (!row.ok()) return damaged(next, row.error());
      if (!*row || static_cast<std::uint64_t>(leaves_.integer(0)) != next.value) return lost(next);
      Result<Hash> leaf = Hash::from(leaves_.is_blob(1) ? leaves_.blob(1) : BytesView(),
                                     fmt::format("the leaf hash of entry {}", next.value));
      if (!leaf.ok()) {
        return Error(Code::kCorrupt, connection_->path() + ": " + leaf.error().sentence());
      }
      hashes.push_back(*leaf);
    }
    return next;
  }

  // Declared before the statements, which must go first.
  std::unique_ptr<Connection> connection_;
  Statement size_, rows_, one_, leaves_, batches_of_, without_content_;
};

Result<std::unique_ptr<Connection>> open_for_reading(const std::string& path) {
  ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection,
                   Connection::open(path, Access::kReadOnly));
  ASSIGN_OR_RETURN(bool made, sqlite::check_identity(*connection, sqlite::kLedgerIdentity));
  if (!made) return Error(Code::kNotFound, path + " holds no ledger yet");
  return connection;
}

}  // namespace

Result<std::unique_ptr<LedgerReader>> open_sqlite_reader(const std::string& path) {
  ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection, open_for_reading(path));
  return SqliteLedgerReader::open(std::move(connection));
}

Result<std::vector<Equivocation>> read_equivocations(const std::string& path) {
  ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection, open_for_reading(path));
  ASSIGN_OR_RETURN(Statement rows,
                   Statement::prepare(*connection,
                                      "SELECT s.stream, e.number, e.seen_at, e.count, e.head, "
                                      "e.content FROM equivocations e "
                                      "JOIN streams s ON s.id = e.stream ORDER BY s.id"));
  std::vector<Equivocation> found;
  for (;;) {
    ASSIGN_OR_RETURN(bool row, rows.step("reading the evidence of forked streams"));
    if (!row) return found;
    Equivocation one;
    ASSIGN_OR_RETURN(one.stream, StreamId::from(rows.blob(0), "the stream's id"));
    one.number = BatchNumber(static_cast<std::uint64_t>(rows.integer(1)));
    one.seen_at = Instant{rows.integer(2)};
    one.count = static_cast<std::uint64_t>(rows.integer(3));
    one.head = rows.blob(4);
    one.content = rows.blob(5);
    found.push_back(std::move(one));
  }
}

}  // namespace plumbline
