// SPDX-License-Identifier: Apache-2.0
#include "evaluator/batch_entry.h"

#include <fmt/format.h>

namespace plumbline {

void withdraw(BatchEntry& batch) {
  batch.content.reset();
  batch.problem = kWithdrawnRule;
  batch.sentence = "the content of the batch was withdrawn";
}

Result<BatchEntry> read_batch(const StoredEntry& stored, const Entry& entry) {
  auto corrupt = [&](std::string_view what, Error cause) {
    return Error(Code::kCorrupt, fmt::format("entry {} {}", stored.index.value, what),
                 std::move(cause));
  };
  ByteReader reader(entry.payload);
  Result<BatchHead> head = decode_head(reader);
  if (!head.ok()) return corrupt("holds no batch", head.error());
  Result<BatchHeader> header = decode_header(head->header);
  if (!header.ok()) return corrupt("holds no batch header", header.error());
  BatchEntry out;
  out.header = *header;
  if (!stored.content) {
    withdraw(out);
  } else if (Result<Content> decoded = decode_content(*stored.content, header->count);
             decoded.ok()) {
    out.content = std::move(*decoded);
  } else {
    out.problem = "undecodable";
    out.sentence = decoded.error().text();
  }
  return out;
}

}  // namespace plumbline
