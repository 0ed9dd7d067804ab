// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "store/store.h"

namespace plumbline {
namespace {

// The indices in [from, to) whose entry `wanted` holds for.
Result<std::vector<LedgerIndex>> scan(
    LedgerReader& reader, LedgerIndex from, LedgerSize to,
    const std::function<Result<bool>(const StoredEntry&)>& wanted) {
  std::vector<LedgerIndex> found;
  auto take = [&](const StoredEntry& entry) -> Status {
    if (entry.index.value >= to.value) return {};
    ASSIGN_OR_RETURN(bool is_wanted, wanted(entry));
    if (is_wanted) found.push_back(entry.index);
    return {};
  };
  while (from.value < to.value) {
    ASSIGN_OR_RETURN(LedgerIndex next, reader.read(from, take));
    if (next == from) break;
    from = next;
  }
  return found;
}

Error unreadable(LedgerIndex index, const Error& cause) {
  return Error(Code::kCorrupt, fmt::format("entry {} cannot be read", index.value), cause);
}

}  // namespace

Result<std::vector<LedgerIndex>> LedgerReader::batches_of(const OutletId& outlet, LedgerIndex from,
                                                          LedgerSize to) {
  return scan(*this, from, to, [&](const StoredEntry& stored) -> Result<bool> {
    Result<Entry> entry = decode_entry(stored.entry);
    if (!entry.ok()) return unreadable(stored.index, entry.error());
    if (entry->kind != EntryKind::kBatch) return false;
    ByteReader reader(entry->payload);
    Result<BatchHead> head = decode_head(reader);
    if (!head.ok()) return unreadable(stored.index, head.error());
    Result<BatchHeader> header = decode_header(head->header);
    if (!header.ok()) return unreadable(stored.index, header.error());
    return header->outlet == outlet;
  });
}

Result<std::vector<LedgerIndex>> LedgerReader::without_content(LedgerIndex from, LedgerSize to) {
  return scan(*this, from, to, [](const StoredEntry& stored) -> Result<bool> {
    return !stored.content.has_value();
  });
}

}  // namespace plumbline
