// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

#include <cstdint>
#include <cstring>

#include "base/check.h"

namespace plumbline {
namespace {

unsigned byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

// Length of the sequence that `lead` begins; 0 when it begins none.
std::size_t sequence_length(unsigned lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  if (lead >= 0xf0 && lead <= 0xf4) return 4;
  return 0;
}

// RFC 3629 section 4: the second byte's range depends on the lead.
bool second_byte_fits(unsigned lead, unsigned second) {
  unsigned low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  unsigned high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  return second >= low && second <= high;
}

bool sequence_fits(std::string_view text, std::size_t at, std::size_t length) {
  if (length == 0 || at + length > text.size()) return false;
  if (length > 1 && !second_byte_fits(byte_at(text, at), byte_at(text, at + 1))) return false;
  for (std::size_t i = 2; i < length; ++i) {
    if ((byte_at(text, at + i) & 0xc0) != 0x80) return false;
  }
  return true;
}

// How many bytes below 128 the text begins with: eight at a time, since most text has no others.
std::size_t ascii_prefix(std::string_view text) {
  std::size_t at = 0;
  for (std::uint64_t eight = 0; text.size() - at >= sizeof eight; at += sizeof eight) {
    std::memcpy(&eight, text.data() + at, sizeof eight);
    if ((eight & 0x8080808080808080u) != 0) break;
  }
  while (at < text.size() && byte_at(text, at) < 0x80) ++at;
  return at;
}

}  // namespace

bool is_ascii(std::string_view text) {
  return ascii_prefix(text) == text.size();
}

std::optional<std::size_t> utf8_error_at(std::string_view text) {
  std::size_t at = ascii_prefix(text);
  while (at < text.size()) {
    std::size_t length = sequence_length(byte_at(text, at));
    if (!sequence_fits(text, at, length)) return at;
    at += length;
  }
  return std::nullopt;
}

std::string utf8_replaced(std::string_view text) {
  std::string out;
  while (std::optional<std::size_t> at = utf8_error_at(text)) {
    out.append(text.substr(0, *at)).append("\uFFFD");
    text.remove_prefix(*at + 1);
  }
  return out.append(text);
}

char32_t take_utf8(std::string_view& text) {
  CHECK(!text.empty(), "a character is taken from text that has one");
  unsigned lead = byte_at(text, 0);
  std::size_t length = sequence_length(lead);
  CHECK(sequence_fits(text, 0, length), "the text was checked to be UTF-8");
  constexpr unsigned kLeadBits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
  char32_t value = lead & kLeadBits[length];
  for (std::size_t i = 1; i < length; ++i) value = (value << 6) | (byte_at(text, i) & 0x3f);
  text.remove_prefix(length);
  return value;
}

std::size_t utf8_length(std::string_view text) {
  std::size_t count = 0;
  for (char c : text) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  return count;
}

std::string utf8_shorten(std::string_view text, std::size_t chars) {
  std::string_view rest = text;
  for (std::size_t i = 0; i < chars && !rest.empty(); ++i) take_utf8(rest);
  std::string out(text.substr(0, text.size() - rest.size()));
  return rest.empty() ? out : out + "…";
}

bool has_control_character(std::string_view text) {
  while (!text.empty()) {
    char32_t c = take_utf8(text);
    if (c < 0x20 || (c >= 0x7f && c <= 0x9f)) return true;
  }
  return false;
}

}  // namespace plumbline
