// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_MODEL_WIRE_FIELDS_H_
#define PLUMBLINE_MODEL_WIRE_FIELDS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

// The protobuf encoding, in the one spelling that header and content of a batch are written in:
// fields ascending, each varint as short as it can be, no default value written out. A reader that
// accepts no other spelling allocates nothing that it has not measured first, and one header has
// one form of bytes. https://protobuf.dev/programming-guides/encoding/
namespace plumbline {

constexpr std::uint64_t zigzag(std::int64_t value) {
  return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1 ^ (~(value & 1) + 1));
}

// How many bytes a varint takes: 1 to 10.
std::size_t varint_size(std::uint64_t value);
void append_varint(Bytes& out, std::uint64_t value);

// Each appends a field, or nothing when the value is the default (zero, empty).
void append_number_field(Bytes& out, std::uint32_t field, std::uint64_t value);
void append_bytes_field(Bytes& out, std::uint32_t field, BytesView bytes);
void append_packed_field(Bytes& out, std::uint32_t field, std::span<const std::uint32_t> values);
void append_packed_field(Bytes& out, std::uint32_t field, std::span<const std::int64_t> values);

// A field of a message: `value` of a varint, `bytes` of a field with a length.
struct WireField {
  std::uint32_t number = 0;
  bool has_length = false;
  std::uint64_t value = 0;
  BytesView bytes;
};

// Reads the fields of one message. Any bytes are safe input.
class FieldReader {
 public:
  // `what` names the message in sentences and must outlive the reader. Fields whose bit is set in
  // `repeated` may stand more than once.
  FieldReader(BytesView bytes, std::string_view what, std::uint32_t repeated = 0)
      : rest_(bytes), what_(what), repeated_(repeated) {}

  // The next field; nullopt at the end. kInvalid for another spelling than the one above.
  Result<std::optional<WireField>> next();

  // kInvalid unless the field is a varint / has a length.
  Result<std::uint64_t> number(const WireField& field) const;
  Result<BytesView> bytes(const WireField& field) const;

  // The error for a field that the message does not have.
  Error unknown(const WireField& field) const;

 private:
  BytesView rest_;
  std::string_view what_;
  std::uint32_t repeated_;
  std::uint32_t last_ = 0;
};

// Takes a varint from the front; kInvalid when it is cut off, longer than it need be, or beyond
// 64 bits.
Result<std::uint64_t> take_varint(BytesView& bytes, std::string_view what);

// The numbers of a packed field. kInvalid when there are more than `max_count`, which is checked
// before anything is allocated, or when a number has another spelling or does not fit.
Result<std::vector<std::uint32_t>> read_packed_u32(BytesView bytes, std::size_t max_count,
                                                   std::string_view what);
Result<std::vector<std::int64_t>> read_packed_s64(BytesView bytes, std::size_t max_count,
                                                  std::string_view what);

}  // namespace plumbline

#endif  // PLUMBLINE_MODEL_WIRE_FIELDS_H_
