// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_BASE_UTF8_H_
#define PLUMBLINE_BASE_UTF8_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace plumbline {

// True when every byte of `text` is below 128.
bool is_ascii(std::string_view text);

// The byte at which `text` stops being UTF-8 (RFC 3629: no overlong form, no surrogate, nothing
// over U+10FFFF, no cut sequence); nullopt when all of it is UTF-8.
std::optional<std::size_t> utf8_error_at(std::string_view text);

// The text with U+FFFD for each byte that is no part of UTF-8: for quoting what was not text.
std::string utf8_replaced(std::string_view text);

// Takes the first character off valid UTF-8 text that is not empty.
char32_t take_utf8(std::string_view& text);

// Count of characters (code points) of valid UTF-8 text.
std::size_t utf8_length(std::string_view text);

// The first `chars` characters of valid UTF-8 text, with "…" where something was cut off.
std::string utf8_shorten(std::string_view text, std::size_t chars);

// True when valid UTF-8 text holds a control character (U+0000..001F, U+007F..009F).
bool has_control_character(std::string_view text);

}  // namespace plumbline

#endif  // PLUMBLINE_BASE_UTF8_H_
