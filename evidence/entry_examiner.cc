// SPDX-License-Identifier: Apache-2.0
#include "evidence/entry_examiner.h"

#include <fmt/format.h>

namespace plumbline {
namespace {

Result<ExaminedBatch> examine_batch(const StoredEntry& stored, BytesView payload,
                                    const StreamKeys& keys) {
  ByteReader reader(payload);
  ExaminedBatch batch;
  ASSIGN_OR_RETURN(batch.head, decode_head(reader));
  if (!reader.empty()) {
    return Error(Code::kInvalid,
                 fmt::format("{} bytes follow behind the batch's signature", reader.rest().size()));
  }
  ASSIGN_OR_RETURN(batch.header, decode_header(batch.head.header));
  batch.hash = batch_hash(batch.head.header);
  auto key = keys.find(batch.header.stream);
  if (key != keys.end() && verify_head(batch.header, batch.head, key->second).ok()) {
    batch.signed_by = key->second;
  }
  if (!stored.content.has_value()) return batch;
  batch.content = verify_content(batch.header, *stored.content);
  if (!batch.content.ok()) return batch;
  if (auto content = decode_content(*stored.content, batch.header.count); !content.ok()) {
    batch.form = content.error();
  }
  return batch;
}

}  // namespace

ExaminedEntry examine(const StoredEntry& stored, const StreamKeys& keys) {
  ExaminedEntry examined{leaf_hash(stored.entry), decode_entry(stored.entry), {}};
  if (examined.entry.ok() && examined.entry->kind == EntryKind::kBatch) {
    examined.batch = examine_batch(stored, examined.entry->payload, keys);
  }
  return examined;
}

}  // namespace plumbline
