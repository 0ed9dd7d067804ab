// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_STORE_FOLDER_FOLDER_FORMAT_H_
#define PLUMBLINE_STORE_FOLDER_FOLDER_FORMAT_H_

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "model/ids.h"

// Names and fixed-size records of a ledger folder: docs/formats/folder.md.
namespace plumbline::folder {

constexpr const char* kFormatFile = "format";
constexpr const char* kCheckpointFile = "checkpoint";
constexpr const char* kPlacesFile = "places";
constexpr const char* kLeavesFile = "leaves";
constexpr std::string_view kFormatText = "plumbline ledger folder, version 1\n";
constexpr std::string_view kFormatStem = "plumbline ledger folder, version ";

std::string segment_file(std::uint32_t number);  // "segment-000000"

// A frame begins with u32 entry size ‖ u32 content size + 1, the latter 0 where there is none.
constexpr std::size_t kFrameHeaderBytes = 8;

// Where an entry's frame is, and the sizes that it must have.
struct Place {
  std::uint32_t segment = 0;
  std::uint64_t offset = 0;
  std::uint32_t entry_size = 0;
  std::uint32_t content_size_plus_one = 0;

  std::uint64_t frame_size() const {
    std::uint64_t content = content_size_plus_one == 0 ? 0 : content_size_plus_one - 1;
    return kFrameHeaderBytes + entry_size + content;
  }
};

// u32 segment ‖ u64 offset ‖ u32 entry size ‖ u32 content size + 1 ‖ the first four bytes of
// SHA-256("plumbline/folder-place/v1\0" ‖ u64 index ‖ the twenty bytes before).
constexpr std::size_t kPlaceBytes = 24;
Bytes encode_place(LedgerIndex index, const Place& place);
// kCorrupt when the record's hash is not that of its fields.
Result<Place> decode_place(LedgerIndex index, BytesView bytes);

}  // namespace plumbline::folder

#endif  // PLUMBLINE_STORE_FOLDER_FOLDER_FORMAT_H_
