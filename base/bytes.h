// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_BASE_BYTES_H_
#define PLUMBLINE_BASE_BYTES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace plumbline {

// Raw bytes are std::string (owned) and std::string_view (borrowed): every library used here
// (SQLite, protobuf lite, OpenSSL through casts) takes them without a copy.
using Bytes = std::string;
using BytesView = std::string_view;

// Big-endian, as in every format of this project.
void append_u8(Bytes& out, std::uint8_t value);
void append_u16(Bytes& out, std::uint16_t value);
void append_u32(Bytes& out, std::uint32_t value);
void append_u64(Bytes& out, std::uint64_t value);

// Reads big-endian numbers and slices from the front of a view. A read past the end returns a
// kInvalid error naming `what` and leaves the reader where it was.
class ByteReader {
 public:
  explicit ByteReader(BytesView bytes) : rest_(bytes) {}

  Result<std::uint8_t> u8(std::string_view what);
  Result<std::uint16_t> u16(std::string_view what);
  Result<std::uint32_t> u32(std::string_view what);
  Result<std::uint64_t> u64(std::string_view what);
  Result<BytesView> take(std::size_t size, std::string_view what);

  BytesView rest() const { return rest_; }
  bool empty() const { return rest_.empty(); }

 private:
  BytesView rest_;
};

// Lower-case hexadecimal, and back (either case accepted; odd length or another letter: kInvalid).
std::string to_hex(BytesView bytes);
Result<Bytes> from_hex(std::string_view text);

// Base64 of RFC 4648 section 4 with padding; decoding refuses anything that encoding would not
// have produced (missing padding, white space, non-zero trailing bits).
std::string to_base64(BytesView bytes);
Result<Bytes> from_base64(std::string_view text);

// A fixed number of bytes as a distinct type. `Tag` keeps a StreamId from being given as a Hash.
template <typename Tag, std::size_t kSize>
struct FixedBytes {
  static constexpr std::size_t size = kSize;

  std::array<std::uint8_t, kSize> data{};

  BytesView view() const { return {reinterpret_cast<const char*>(data.data()), kSize}; }
  std::string hex() const { return to_hex(view()); }
  bool is_zero() const {
    for (auto byte : data) {
      if (byte != 0) return false;
    }
    return true;
  }

  // kInvalid unless `bytes` has exactly kSize bytes; `what` names the value in the sentence.
  static Result<FixedBytes> from(BytesView bytes, std::string_view what) {
    if (bytes.size() != kSize) {
      return Error(Code::kInvalid, std::string(what) + " has " + std::to_string(bytes.size()) +
                                       " bytes, must have " + std::to_string(kSize));
    }
    FixedBytes out;
    for (std::size_t i = 0; i < kSize; ++i) out.data[i] = static_cast<std::uint8_t>(bytes[i]);
    return out;
  }

  auto operator<=>(const FixedBytes&) const = default;
};

// A SHA-256 value.
using Hash = FixedBytes<struct HashTag, 32>;

}  // namespace plumbline

#endif  // PLUMBLINE_BASE_BYTES_H_
