// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_SPOOL_SCHEMA_H_
#define PLUMBLINE_AGENTS_SPOOL_SCHEMA_H_

namespace plumbline {

// "PLsp": tells a spool from other SQLite files.
constexpr int kSpoolApplicationId = 0x504c7370;
// PRAGMA user_version. A spool with a higher one was written by a newer agent and is not touched.
constexpr int kSpoolSchemaVersion = 4;

// A new spool is made by all steps in order, an older one is brought up by those that it lacks, in
// one transaction: both have the same tables. A step that was released is never changed.
//
// `batches` stays for ever (100 bytes each): it answers which hash and sequences a number had.
// `contents` holds the sealed bytes and is apart, so that changing a batch's row never rewrites
// them. `remembered` holds 16 bytes of SHA-256 for (source, id) and for the event: 45 bytes an
// event on disk, and no identity of a source's record can be read from it.
constexpr const char* kSpoolStep1 = R"sql(
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

// Proofs. Always: oldest_content - 1 <= proved <= acknowledged <= last_batch. Agents of schema 1
// freed by acknowledgement: what they freed can never be proved here, and counts as if it were.
// `events_hash` and `stated_size` are what the headers up to the last batch have stated. `held` is
// the newest checkpoint that was verified; `checkpoints` has the notes that receipts stand on.
constexpr const char* kSpoolStep2 = R"sql(
ALTER TABLE enrolment ADD COLUMN office_key BLOB;
ALTER TABLE stream DROP COLUMN acknowledged_bytes;
ALTER TABLE stream ADD COLUMN proved INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stream ADD COLUMN proved_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stream ADD COLUMN proved_at INTEGER;
ALTER TABLE stream ADD COLUMN proof_trouble TEXT NOT NULL DEFAULT '';
ALTER TABLE stream ADD COLUMN receipt_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stream ADD COLUMN events_hash BLOB NOT NULL
  DEFAULT x'0000000000000000000000000000000000000000000000000000000000000000';
ALTER TABLE stream ADD COLUMN stated_size INTEGER NOT NULL DEFAULT 0;
UPDATE stream SET proved = oldest_content - 1;
ALTER TABLE batches ADD COLUMN entry INTEGER;
ALTER TABLE batches ADD COLUMN recorded_at INTEGER;
ALTER TABLE batches ADD COLUMN acknowledged_at INTEGER;
ALTER TABLE batches ADD COLUMN proved_at INTEGER;
CREATE TABLE held (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  origin TEXT NOT NULL,
  size INTEGER NOT NULL,
  root BLOB NOT NULL,
  note TEXT NOT NULL,
  verified_at INTEGER NOT NULL
) STRICT;
CREATE TABLE checkpoints (
  origin TEXT NOT NULL,
  size INTEGER NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (origin, size)
) STRICT, WITHOUT ROWID;
CREATE TABLE receipts (
  number INTEGER PRIMARY KEY,
  origin TEXT NOT NULL,
  size INTEGER NOT NULL,
  entry INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  head BLOB NOT NULL,
  path BLOB NOT NULL
) STRICT;
CREATE TABLE alarms (
  id INTEGER PRIMARY KEY,
  raised_at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  sentence TEXT NOT NULL,
  held TEXT NOT NULL,
  shown TEXT NOT NULL,
  answer BLOB NOT NULL,
  cleared_at INTEGER,
  reason TEXT NOT NULL
) STRICT;
)sql";

// Changes of the key. `key_change` is the one under way; its `old_` columns are null until the old
// stream has ended. Of ended streams rows and receipts stay, and what was never proved of them.
constexpr const char* kSpoolStep3 = R"sql(
CREATE TABLE key_change (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  next_key BLOB NOT NULL,
  planned_at INTEGER NOT NULL,
  old_key BLOB,
  old_stream BLOB,
  old_last INTEGER,
  old_hash BLOB
) STRICT;
CREATE TABLE ended_batches (
  stream BLOB NOT NULL,
  number INTEGER NOT NULL,
  first INTEGER NOT NULL,
  count INTEGER NOT NULL,
  hash BLOB NOT NULL,
  entry INTEGER,
  recorded_at INTEGER,
  PRIMARY KEY (stream, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE ended_receipts (
  stream BLOB NOT NULL,
  number INTEGER NOT NULL,
  origin TEXT NOT NULL,
  size INTEGER NOT NULL,
  entry INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  head BLOB NOT NULL,
  path BLOB NOT NULL,
  PRIMARY KEY (stream, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE ended_contents (
  stream BLOB NOT NULL,
  number INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (stream, number)
) STRICT;
)sql";

// The office's record that made the stream.
constexpr const char* kSpoolStep4 = R"sql(
ALTER TABLE enrolment ADD COLUMN record BLOB;
)sql";

constexpr const char* kSpoolSteps[] = {kSpoolStep1, kSpoolStep2, kSpoolStep3, kSpoolStep4};
static_assert(sizeof(kSpoolSteps) / sizeof(kSpoolSteps[0]) == kSpoolSchemaVersion);

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_SPOOL_SCHEMA_H_
