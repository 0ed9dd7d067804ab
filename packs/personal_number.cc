// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "packs/pack.h"

namespace plumbline {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Full-width forms U+FF01..FF5E (EF BC 81..EF BD 9E) as the ASCII that they stand for; everything
// else as it is.
std::string narrow(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto byte = [&](std::size_t at) {
      return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u;
    };
    bool row1 = byte(i) == 0xef && byte(i + 1) == 0xbc && byte(i + 2) >= 0x81;
    bool row2 =
        byte(i) == 0xef && byte(i + 1) == 0xbd && byte(i + 2) >= 0x80 && byte(i + 2) <= 0x9e;
    if (row1 || row2) {
      out.push_back(static_cast<char>(byte(i + 2) - 0x80 + (row1 ? 0x20 : 0x60)));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

bool is_mobile(std::string_view digits) {
  return digits.size() == 11 && digits[0] == '1' && digits[1] >= '3';
}

// `digits` is a run of digits with none at its sides; `before` is what stands in front of it.
bool holds_mobile(std::string_view before, std::string_view digits) {
  if (is_mobile(digits)) return true;
  if (digits.starts_with("86") && before.ends_with('+')) return is_mobile(digits.substr(2));
  return digits.starts_with("0086") && is_mobile(digits.substr(4));
}

bool is_birth_date(std::string_view yyyymmdd) {
  auto number = [&](std::size_t at, std::size_t count) {
    int value = 0;
    for (std::size_t i = at; i < at + count; ++i) value = value * 10 + (yyyymmdd[i] - '0');
    return value;
  };
  Date date{number(0, 4), number(4, 2), number(6, 2)};
  return date.year >= 1800 && date.year <= 2199 && is_valid_date(date);
}

// GB 11643-1999: weights 2^(17-i) mod 11 of the first 17 digits, check characters for the
// remainders 0 to 10.
bool is_id_card(std::string_view number) {
  constexpr int kWeights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  constexpr std::string_view kCheck = "10X98765432";
  int sum = 0;
  for (std::size_t i = 0; i < 17; ++i) sum += (number[i] - '0') * kWeights[i];
  char check = number[17] == 'x' ? 'X' : number[17];
  return kCheck[static_cast<std::size_t>(sum % 11)] == check && is_birth_date(number.substr(6, 8));
}

// `begin` and `end` delimit a run of digits with none at its sides.
bool holds_id_card(std::string_view text, std::size_t begin, std::size_t end) {
  if (begin > 0 && is_letter(text[begin - 1])) return false;
  if (end - begin == 17 && end < text.size() && (text[end] == 'X' || text[end] == 'x')) ++end;
  if (end - begin != 18) return false;
  bool touched = end < text.size() && (is_letter(text[end]) || is_digit(text[end]));
  return !touched && is_id_card(text.substr(begin, 18));
}

// A SHA-256 value as it is written: in one of three hundred, 11 of its digits look like a mobile
// number between two letters.
bool is_written_hash(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

bool holds_personal_number(std::string_view text) {
  if (text.size() < 11 || is_written_hash(text)) return false;
  bool has_wide = text.find('\xef') != std::string_view::npos;
  const std::string narrowed = has_wide ? narrow(text) : "";
  const std::string_view plain = has_wide ? narrowed : text;
  for (std::size_t begin = 0; begin < plain.size();) {
    if (!is_digit(plain[begin])) {
      ++begin;
      continue;
    }
    std::size_t end = begin;
    while (end < plain.size() && is_digit(plain[end])) ++end;
    if (holds_mobile(plain.substr(0, begin), plain.substr(begin, end - begin))) return true;
    if (holds_id_card(plain, begin, end)) return true;
    begin = end;
  }
  return false;
}

}  // namespace plumbline
