// SPDX-License-Identifier: Apache-2.0
#include "agents/spool_rows.h"

#include <utility>

namespace plumbline {

Status replace_pack_files(SqliteDatabase& database, std::span<const PackFile> files) {
  RETURN_IF_ERROR(database.run("DELETE FROM pack_files"));
  ASSIGN_OR_RETURN(auto insert, database.prepare("INSERT INTO pack_files VALUES (?, ?)"));
  for (const PackFile& file : files) {
    insert.bind_text(file.path).bind_blob(file.bytes);
    RETURN_IF_ERROR(insert.done());
  }
  return {};
}

Status insert_sealed(SqliteDatabase& database, const SealedBatch& batch) {
  const Bytes sealed = encode_sealed(batch);
  const Hash hash = batch_hash(batch.head.header);
  const BatchHeader& header = batch.header;
  ASSIGN_OR_RETURN(auto row, database.prepare("INSERT INTO batches (number, first, count, hash, "
                                              "size) VALUES (?, ?, ?, ?, ?)"));
  row.bind(header.number.value).bind(header.first.value).bind(std::int64_t{header.count});
  RETURN_IF_ERROR(row.bind_blob(hash.view()).bind(std::uint64_t{sealed.size()}).done());
  ASSIGN_OR_RETURN(auto content, database.prepare("INSERT INTO contents VALUES (?, ?)"));
  RETURN_IF_ERROR(content.bind(header.number.value).bind_blob(sealed).done());
  ASSIGN_OR_RETURN(
      auto end, database.prepare("UPDATE stream SET last_batch = ?, last_sequence = ?, last_hash "
                                 "= ?, events_hash = coalesce(?, events_hash), stated_size = "
                                 "max(stated_size, ?)"));
  end.bind(header.number.value).bind(header.first.value + header.count - 1);
  end.bind_blob(hash.view());
  if (header.events_hash.is_zero()) {
    end.bind_null();
  } else {
    end.bind_blob(header.events_hash.view());
  }
  return end.bind(header.checkpoint_size).done();
}

// The number stands there twice: a note that was written in part says two different ones.
std::string sealed_note(const StreamId& stream, BatchNumber number) {
  std::string digits = std::to_string(number.value);
  digits.insert(0, 20 - digits.size(), '0');
  return " " + stream.hex() + " " + digits + " " + digits + "\n";
}

Status check_sealed_note(SqliteDatabase& database) {
  ASSIGN_OR_RETURN(std::string note, database.note());
  ASSIGN_OR_RETURN(auto row,
                   database.prepare("SELECT e.stream, s.last_batch FROM enrolment e, stream s"));
  ASSIGN_OR_RETURN(bool found, row.step());
  if (!found) return {};
  Result<StreamId> stream = StreamId::from(row.bytes(0), "the stream id");
  if (!stream.ok()) {
    return Error(Code::kCorrupt, database.path() + " is damaged: the enrolment cannot be read",
                 stream.error());
  }
  const std::string number = std::to_string(row.integer(1));
  const std::string prefix = " " + stream->hex() + " ";
  if (!note.starts_with(prefix)) return {};
  std::string sealed = note.substr(prefix.size(), 20);
  if (note != prefix + sealed + " " + sealed + "\n") return {};
  sealed.erase(0, sealed.find_first_not_of('0'));
  // Without zeros in front the longer number is the greater one.
  if (std::pair(sealed.size(), sealed) <= std::pair(number.size(), number)) return {};
  return Error(Code::kCorrupt, database.path() + " is damaged: batch " + sealed +
                                   " was sealed here, and it ends at batch " + number +
                                   "; the end of its log is lost, or it is an older copy");
}

}  // namespace plumbline
