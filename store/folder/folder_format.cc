// SPDX-License-Identifier: Apache-2.0
#include "store/folder/folder_format.h"

#include <fmt/format.h>

#include "base/crypto.h"

namespace plumbline::folder {
namespace {

constexpr std::size_t kCheckBytes = 4;
constexpr std::string_view kCheckPrefix("plumbline/folder-place/v1\0", 26);

Bytes check_of(LedgerIndex index, BytesView fields) {
  Bytes number;
  append_u64(number, index.value);
  return Bytes(sha256({kCheckPrefix, number, fields}).view().substr(0, kCheckBytes));
}

}  // namespace

std::string segment_file(std::uint32_t number) {
  return fmt::format("segment-{:06}", number);
}

Bytes encode_place(LedgerIndex index, const Place& place) {
  Bytes bytes;
  append_u32(bytes, place.segment);
  append_u64(bytes, place.offset);
  append_u32(bytes, place.entry_size);
  append_u32(bytes, place.content_size_plus_one);
  return bytes + check_of(index, bytes);
}

Result<Place> decode_place(LedgerIndex index, BytesView bytes) {
  ByteReader reader(bytes);
  Place place;
  ASSIGN_OR_RETURN(place.segment, reader.u32("the segment's number"));
  ASSIGN_OR_RETURN(place.offset, reader.u64("the frame's offset"));
  ASSIGN_OR_RETURN(place.entry_size, reader.u32("the entry's size"));
  ASSIGN_OR_RETURN(place.content_size_plus_one, reader.u32("the content's size"));
  if (reader.rest() != check_of(index, bytes.substr(0, kPlaceBytes - kCheckBytes))) {
    return Error(Code::kCorrupt, "its place does not have the hash that stands beside it");
  }
  return place;
}

}  // namespace plumbline::folder
