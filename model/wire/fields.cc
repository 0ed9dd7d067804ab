// SPDX-License-Identifier: Apache-2.0
#include "model/wire/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>

namespace plumbline {
namespace {

constexpr std::uint32_t kVarintType = 0;
constexpr std::uint32_t kLengthType = 2;
constexpr std::uint64_t kMaxFieldNumber = (1u << 29) - 1;

void append_tag(Bytes& out, std::uint32_t field, std::uint32_t type) {
  append_varint(out, std::uint64_t{field} << 3 | type);
}

// A varint ends with a byte below 128, so counting those counts the numbers without reading them.
std::size_t count_varints(BytesView bytes) {
  return static_cast<std::size_t>(std::count_if(
      bytes.begin(), bytes.end(), [](char c) { return static_cast<std::uint8_t>(c) < 0x80; }));
}

// How many numbers a packed field holds.
Result<std::size_t> packed_count(BytesView bytes, std::size_t max_count, std::string_view what) {
  std::size_t count = count_varints(bytes);
  if (count <= max_count) return count;
  return Error(Code::kInvalid, fmt::format("{} holds {} numbers, at most {} are possible here",
                                           what, count, max_count));
}

// take_varint() of a number of at most 8 bytes in its one spelling; false, with nothing taken, for
// all else.
inline bool take_plain_varint(BytesView& bytes, std::uint64_t& value) {
  if (!bytes.empty() && static_cast<std::uint8_t>(bytes[0]) < 0x80) {
    value = static_cast<std::uint8_t>(bytes[0]);
    bytes.remove_prefix(1);
    return true;
  }
  std::size_t most = std::min<std::size_t>(bytes.size(), 8);
  value = 0;
  for (std::size_t i = 0; i < most; ++i) {
    auto byte = static_cast<std::uint8_t>(bytes[i]);
    value |= std::uint64_t{byte & 0x7fu} << (7 * i);
    if (byte >= 0x80) continue;
    if (byte == 0 && i > 0) return false;
    bytes.remove_prefix(i + 1);
    return true;
  }
  return false;
}

}  // namespace

std::size_t varint_size(std::uint64_t value) {
  return (static_cast<std::size_t>(std::bit_width(value | 1)) + 6) / 7;
}

void append_varint(Bytes& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

void append_number_field(Bytes& out, std::uint32_t field, std::uint64_t value) {
  if (value == 0) return;
  append_tag(out, field, kVarintType);
  append_varint(out, value);
}

void append_bytes_field(Bytes& out, std::uint32_t field, BytesView bytes) {
  if (bytes.empty()) return;
  append_tag(out, field, kLengthType);
  append_varint(out, bytes.size());
  out.append(bytes);
}

void append_packed_field(Bytes& out, std::uint32_t field, std::span<const std::uint32_t> values) {
  Bytes packed;
  for (std::uint32_t value : values) append_varint(packed, value);
  append_bytes_field(out, field, packed);
}

void append_packed_field(Bytes& out, std::uint32_t field, std::span<const std::int64_t> values) {
  Bytes packed;
  for (std::int64_t value : values) append_varint(packed, zigzag(value));
  append_bytes_field(out, field, packed);
}

Result<std::uint64_t> take_varint(BytesView& bytes, std::string_view what) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size() && i < 10; ++i) {
    auto byte = static_cast<std::uint8_t>(bytes[i]);
    if (i == 9 && byte > 1) break;
    value |= std::uint64_t{byte & 0x7fu} << (7 * i);
    if (byte >= 0x80) continue;
    if (byte == 0 && i > 0) {
      return Error(Code::kInvalid, fmt::format("{} has a number longer than it need be", what));
    }
    bytes.remove_prefix(i + 1);
    return value;
  }
  return Error(Code::kInvalid,
               fmt::format("{} has a number that {}", what,
                           bytes.size() < 10 ? "is cut off" : "does not fit in 64 bits"));
}

Result<std::optional<WireField>> FieldReader::next() {
  if (rest_.empty()) return std::optional<WireField>();
  ASSIGN_OR_RETURN(std::uint64_t tag, take_varint(rest_, what_));
  std::uint64_t number = tag >> 3;
  std::uint64_t type = tag & 7;
  if (number == 0 || number > kMaxFieldNumber || (type != kVarintType && type != kLengthType)) {
    return Error(Code::kInvalid, fmt::format("{} has a field of number {} and wire type {}, which "
                                             "no version has",
                                             what_, number, type));
  }
  WireField field;
  field.number = static_cast<std::uint32_t>(number);
  field.has_length = type == kLengthType;
  bool may_repeat = number < 32 && (repeated_ >> number & 1) != 0;
  if (field.number < last_ || (field.number == last_ && !may_repeat)) {
    return Error(Code::kInvalid,
                 fmt::format("{} has field {} behind field {}: fields stand in ascending order, "
                             "each once",
                             what_, field.number, last_));
  }
  last_ = field.number;
  ASSIGN_OR_RETURN(field.value, take_varint(rest_, what_));
  if (field.value == 0) {
    return Error(Code::kInvalid,
                 fmt::format("{} writes out the default value of field {}", what_, field.number));
  }
  if (!field.has_length) return std::optional<WireField>(field);
  if (field.value > rest_.size()) {
    return Error(Code::kInvalid, fmt::format("field {} of {} needs {} bytes, only {} are left",
                                             field.number, what_, field.value, rest_.size()));
  }
  field.bytes = rest_.substr(0, field.value);
  rest_.remove_prefix(field.value);
  return std::optional<WireField>(field);
}

Result<std::uint64_t> FieldReader::number(const WireField& field) const {
  if (!field.has_length) return field.value;
  return Error(Code::kInvalid, fmt::format("field {} of {} must be a number", field.number, what_));
}

Result<BytesView> FieldReader::bytes(const WireField& field) const {
  if (field.has_length) return field.bytes;
  return Error(Code::kInvalid, fmt::format("field {} of {} must be bytes", field.number, what_));
}

Error FieldReader::unknown(const WireField& field) const {
  return Error(Code::kInvalid,
               fmt::format("{} has field {}, which version 1 does not have", what_, field.number));
}

Result<std::vector<std::uint32_t>> read_packed_u32(BytesView bytes, std::size_t max_count,
                                                   std::string_view what) {
  ASSIGN_OR_RETURN(std::size_t count, packed_count(bytes, max_count, what));
  std::vector<std::uint32_t> values;
  values.reserve(count);
  for (std::uint64_t value = 0; !bytes.empty();) {
    if (!take_plain_varint(bytes, value)) {
      ASSIGN_OR_RETURN(value, take_varint(bytes, what));
    }
    if (value > std::numeric_limits<std::uint32_t>::max()) {
      return Error(Code::kInvalid, fmt::format("{} has {}, beyond 32 bits", what, value));
    }
    values.push_back(static_cast<std::uint32_t>(value));
  }
  return values;
}

Result<std::vector<std::int64_t>> read_packed_s64(BytesView bytes, std::size_t max_count,
                                                  std::string_view what) {
  ASSIGN_OR_RETURN(std::size_t count, packed_count(bytes, max_count, what));
  std::vector<std::int64_t> values;
  values.reserve(count);
  for (std::uint64_t value = 0; !bytes.empty();) {
    if (!take_plain_varint(bytes, value)) {
      ASSIGN_OR_RETURN(value, take_varint(bytes, what));
    }
    values.push_back(unzigzag(value));
  }
  return values;
}

}  // namespace plumbline
