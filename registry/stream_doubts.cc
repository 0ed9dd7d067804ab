// SPDX-License-Identifier: Apache-2.0
#include "registry/stream_doubts.h"

#include "ledger/entry.h"

namespace plumbline {
namespace {

Result<BatchHeader> header_at(LedgerReader& reader, LedgerIndex index) {
  ASSIGN_OR_RETURN(StoredEntry stored, reader.at(index));
  ASSIGN_OR_RETURN(Entry entry, decode_entry(stored.entry));
  ByteReader bytes(entry.payload);
  ASSIGN_OR_RETURN(BatchHead head, decode_head(bytes));
  return decode_header(head.header);
}

}  // namespace

StreamDoubts::StreamDoubts(OpenReader open) : open_(std::move(open)) {}

// A batch that cannot be read holds back no other one: the outlet stays incomplete instead.
Status StreamDoubts::read_on(Known& known, const OutletId& outlet, LedgerSize size,
                             std::size_t& most) {
  ASSIGN_OR_RETURN(auto indexes, reader_->batches_of(outlet, known.next, size));
  for (LedgerIndex index : indexes) {
    if (most == 0) return {};
    --most;
    auto header = header_at(*reader_, index);
    if (header.ok()) {
      known.watches[header->stream].take(*header);
    } else if (header.error().code() == Code::kIo || header.error().code() == Code::kUnavailable) {
      return header.error();
    } else {
      known.unreadable = true;
    }
    known.next = LedgerIndex(index.value + 1);
  }
  known.next = LedgerIndex(size.value);
  return {};
}

Result<std::vector<OutletDoubts>> StreamDoubts::read(const std::vector<OutletId>& outlets,
                                                     std::size_t most) {
  if (reader_ == nullptr) {
    ASSIGN_OR_RETURN(reader_, open_());
  }
  ASSIGN_OR_RETURN(LedgerSize size, reader_->size());
  std::vector<OutletDoubts> found;
  for (const OutletId& outlet : outlets) {
    Known& known = known_[outlet];
    if (most > 0) RETURN_IF_ERROR(read_on(known, outlet, size, most));
    OutletDoubts doubts;
    doubts.complete = !known.unreadable && known.next.value >= size.value;
    for (const auto& [stream, watch] : known.watches) {
      if (watch.doubt().has_value()) doubts.streams.emplace(stream, *watch.doubt());
    }
    found.push_back(std::move(doubts));
  }
  return found;
}

Result<std::vector<OutletDoubts>> StreamDoubts::of(const std::vector<OutletId>& outlets,
                                                   std::size_t most) {
  MutexLock lock(mutex_);
  auto found = read(outlets, most);
  if (!found.ok()) reader_.reset();
  return found;
}

}  // namespace plumbline
