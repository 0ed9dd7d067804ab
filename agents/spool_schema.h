// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_SPOOL_SCHEMA_H_
#define PLUMBLINE_AGENTS_SPOOL_SCHEMA_H_

namespace plumbline {

// "PLsp": tells a spool from other SQLite files.
constexpr int kSpoolApplicationId = 0x504c7370;
// PRAGMA user_version. A spool with a higher one was written by a newer agent and is not touched.
constexpr int kSpoolSchemaVersion = 1;

// `batches` stays for ever (100 bytes each): it answers which hash and sequences a number had.
// `contents` holds the sealed bytes and is apart, so that changing a batch's row never rewrites
// them. `remembered` holds 16 bytes of SHA-256 for (source, id) and for the event: 45 bytes an
// event on disk, and no identity of a source's record can be read from it.
constexpr const char* kSpoolSchema = R"sql(
CREATE TABLE enrolment (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  server TEXT NOT NULL,
  server_pin BLOB NOT NULL,
  ledger_id TEXT NOT NULL,
  checkpoint_key BLOB NOT NULL,
  key BLOB NOT NULL,
  stream BLOB NOT NULL,
  outlet TEXT NOT NULL,
  outlet_code TEXT NOT NULL,
  source_kind TEXT NOT NULL,
  historical INTEGER NOT NULL,
  enrolled_at INTEGER NOT NULL
) STRICT;
CREATE TABLE pack_files (path TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE stream (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  last_batch INTEGER NOT NULL,
  last_sequence INTEGER NOT NULL,
  last_hash BLOB NOT NULL,
  acknowledged INTEGER NOT NULL,
  acknowledged_bytes INTEGER NOT NULL,
  oldest_content INTEGER NOT NULL,
  ack_at INTEGER,
  ack_index INTEGER,
  error TEXT NOT NULL,
  error_at INTEGER
) STRICT;
INSERT INTO stream VALUES (1, 0, 0, zeroblob(32), 0, 0, 1, NULL, NULL, '', NULL);
CREATE TABLE batches (
  number INTEGER PRIMARY KEY,
  first INTEGER NOT NULL,
  count INTEGER NOT NULL,
  hash BLOB NOT NULL,
  size INTEGER NOT NULL
) STRICT;
CREATE TABLE contents (number INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT;
CREATE TABLE remembered (
  id BLOB PRIMARY KEY,
  event BLOB NOT NULL,
  sequence INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_SPOOL_SCHEMA_H_
