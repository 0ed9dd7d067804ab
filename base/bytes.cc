// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.h"

namespace plumbline {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void append_big_endian(Bytes& out, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift));
  }
}

std::uint64_t big_endian(BytesView bytes) {
  std::uint64_t value = 0;
  for (char byte : bytes) value = value << 8 | static_cast<std::uint8_t>(byte);
  return value;
}

template <typename Number>
Result<Number> read_number(ByteReader& reader, std::string_view what) {
  ASSIGN_OR_RETURN(BytesView bytes, reader.take(sizeof(Number), what));
  return static_cast<Number>(big_endian(bytes));
}

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

}  // namespace

void append_u8(Bytes& out, std::uint8_t value) { append_big_endian(out, value, 1); }
void append_u16(Bytes& out, std::uint16_t value) { append_big_endian(out, value, 2); }
void append_u32(Bytes& out, std::uint32_t value) { append_big_endian(out, value, 4); }
void append_u64(Bytes& out, std::uint64_t value) { append_big_endian(out, value, 8); }

Result<std::uint8_t> ByteReader::u8(std::string_view what) {
  return read_number<std::uint8_t>(*this, what);
}
Result<std::uint16_t> ByteReader::u16(std::string_view what) {
  return read_number<std::uint16_t>(*this, what);
}
Result<std::uint32_t> ByteReader::u32(std::string_view what) {
  return read_number<std::uint32_t>(*this, what);
}
Result<std::uint64_t> ByteReader::u64(std::string_view what) {
  return read_number<std::uint64_t>(*this, what);
}

Result<BytesView> ByteReader::take(std::size_t size, std::string_view what) {
  if (rest_.size() < size) {
    return Error(Code::kInvalid, std::string(what) + " needs " + std::to_string(size) +
                                     " bytes, only " + std::to_string(rest_.size()) + " are left");
  }
  BytesView taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return taken;
}

std::string to_hex(BytesView bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (char byte : bytes) {
    auto value = static_cast<std::uint8_t>(byte);
    text.push_back(kHexDigits[value >> 4]);
    text.push_back(kHexDigits[value & 15]);
  }
  return text;
}

Result<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return Error(Code::kInvalid, "hexadecimal text has an odd length");
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    int high = hex_value(text[i]);
    int low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) {
      return Error(Code::kInvalid,
                   "not a hexadecimal digit at position " + std::to_string(high < 0 ? i : i + 1));
    }
    bytes.push_back(static_cast<char>(high << 4 | low));
  }
  return bytes;
}

std::string to_base64(BytesView bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < have ? static_cast<std::uint8_t>(bytes[i + k]) : 0u);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text.push_back(k <= have ? kBase64Digits[group >> (18 - 6 * k) & 63] : '=');
    }
  }
  return text;
}

Result<Bytes> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) {
    return Error(Code::kInvalid, "base64 text has a length that is not a multiple of 4");
  }
  Bytes bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::size_t digits = text.size();
  while (digits > 0 && text.size() - digits < 2 && text[digits - 1] == '=') --digits;
  std::uint32_t bits = 0;
  int bit_count = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    std::size_t value = kBase64Digits.find(text[i]);
    if (value == std::string_view::npos) {
      return Error(Code::kInvalid, "not a base64 digit at position " + std::to_string(i));
    }
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    bit_count += 6;
    if (bit_count >= 8) {
      bit_count -= 8;
      bytes.push_back(static_cast<char>(bits >> bit_count & 255));
    }
  }
  if ((bits & ((1u << bit_count) - 1)) != 0) {
    return Error(Code::kInvalid, "base64 text has non-zero bits after its last byte");
  }
  return bytes;
}

}  // namespace plumbline
