// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_SPOOL_ROWS_H_
#define PLUMBLINE_AGENTS_SPOOL_ROWS_H_

#include <span>
#include <string>

#include "agents/sqlite.h"
#include "base/result.h"
#include "model/wire/batch.h"
#include "model/wire/session.h"

// Rows of the spool that more than one part writes (agents/spool_schema.h). Each runs inside a
// transaction of its caller.
namespace plumbline {

Status replace_pack_files(SqliteDatabase& database, std::span<const PackFile> files);

// The batch, its bytes, and the stream's end, which it moves; with what its header states of the
// events' hash and the checkpoint.
Status insert_sealed(SqliteDatabase& database, const SealedBatch& batch);

// The note of the commit that sealed a batch: which one of which stream.
std::string sealed_note(const StreamId& stream, BatchNumber number);
// kCorrupt where the spool does not reach the batch that was noted last: the end of its log is
// damaged, or an older copy was put in its place.
Status check_sealed_note(SqliteDatabase& database);

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_SPOOL_ROWS_H_
