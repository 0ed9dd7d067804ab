// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_STORE_SQLITE_LEDGER_SCHEMA_H_
#define PLUMBLINE_STORE_SQLITE_LEDGER_SCHEMA_H_

#include <cstdint>
#include <string>

#include "store/sqlite/connection.h"

// The tables of ledger.db, schema version 1.
namespace plumbline::sqlite {

// "PLLG"
constexpr Identity kLedgerIdentity{0x504c4c47, 1, "ledger"};

// One row an entry; a batch is one row whatever its number of events. `leaf` stands first, so that
// it is read without the pages of the content.
//
// `batches` is the dedupe key: (stream, batch number) -> index. The batch's hash is that of the
// header in the entry, so it is not stored twice. `equivocations` keeps the first conflicting
// batch of a stream and counts the others. `revoked` is one of the numbers below.
constexpr std::int64_t kStreamOpen = 0;
constexpr std::int64_t kStreamRevoked = 1;
constexpr std::int64_t kStreamRotated = 2;
inline const std::string kLedgerSchema = R"sql(
CREATE TABLE entries(
  idx INTEGER PRIMARY KEY,
  leaf BLOB NOT NULL,
  entry BLOB NOT NULL,
  content BLOB
) STRICT;
CREATE TABLE streams(
  id INTEGER PRIMARY KEY,
  stream BLOB NOT NULL UNIQUE,
  outlet TEXT NOT NULL,
  key BLOB NOT NULL,
  source_kind INTEGER NOT NULL,
  historical INTEGER NOT NULL,
  revoked INTEGER NOT NULL,
  head INTEGER NOT NULL,
  head_hash BLOB NOT NULL,
  next_sequence INTEGER NOT NULL
) STRICT;
CREATE TABLE batches(
  stream INTEGER NOT NULL,
  number INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  PRIMARY KEY(stream, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE equivocations(
  stream INTEGER PRIMARY KEY,
  number INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  count INTEGER NOT NULL,
  head BLOB NOT NULL,
  content BLOB NOT NULL
) STRICT
)sql";

// Leads to the entries without a content past all batches: an office record among a million
// batches is found without them. Made at every opening for writing, since it came after the tables;
// SQLite keeps it whoever writes, so it needs no version of its own.
inline const std::string kContentlessIndex =
    "CREATE INDEX IF NOT EXISTS contentless ON entries(idx) WHERE content IS NULL";

}  // namespace plumbline::sqlite

#endif  // PLUMBLINE_STORE_SQLITE_LEDGER_SCHEMA_H_
