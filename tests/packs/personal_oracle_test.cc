// SPDX-License-Identifier: Apache-2.0
// The search for personal numbers against an oracle that tries every position of the text with
// rules written differently: boundaries by looking at neighbours, the check character by the
// recursion of ISO 7064 (MOD 11-2), dates by a table of month lengths.
#include <gtest/gtest.h>

#include <random>

#include "packs/pack.h"

namespace plumbline {
namespace {

bool digit(const std::string& text, std::size_t at) {
  return at < text.size() && text[at] >= '0' && text[at] <= '9';
}
bool letter(const std::string& text, std::size_t at) {
  if (at >= text.size()) return false;
  char c = static_cast<char>(text[at] | 0x20);
  return c >= 'a' && c <= 'z';
}
std::size_t digits_from(const std::string& text, std::size_t at) {
  std::size_t count = 0;
  while (digit(text, at + count)) ++count;
  return count;
}

bool mobile_at(const std::string& text, std::size_t at) {
  if (digits_from(text, at) != 11 || text[at] != '1' || text[at + 1] < '3') return false;
  if (at == 0 || !digit(text, at - 1)) return true;
  bool plus = at >= 3 && text.substr(at - 3, 3) == "+86";
  bool zeros = at >= 4 && text.substr(at - 4, 4) == "0086" && (at == 4 || !digit(text, at - 5));
  return plus || zeros;
}

bool check_fits(const std::string& number) {
  int product = 0;
  for (std::size_t i = 0; i < 17; ++i) product = (product + number[i] - '0') * 2 % 11;
  int check = number[17] == 'X' || number[17] == 'x' ? 10 : number[17] - '0';
  return (product + check) % 11 == 1;
}

bool date_fits(const std::string& number) {
  int year = std::stoi(number.substr(6, 4));
  int month = std::stoi(number.substr(10, 2));
  int day = std::stoi(number.substr(12, 2));
  constexpr int kLengths[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1800 || year > 2199 || month < 1 || month > 12 || day < 1) return false;
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day <= kLengths[month] + (month == 2 && leap ? 1 : 0);
}

bool id_card_at(const std::string& text, std::size_t at) {
  if (at + 18 > text.size() || digits_from(text, at) < 17) return false;
  char last = text[at + 17];
  if (!digit(text, at + 17) && last != 'X' && last != 'x') return false;
  bool touched = digit(text, at + 18) || letter(text, at + 18) ||
                 (at > 0 && (digit(text, at - 1) || letter(text, at - 1)));
  std::string number = text.substr(at, 18);
  return !touched && check_fits(number) && date_fits(number);
}

bool oracle(const std::string& text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (mobile_at(text, at) || id_card_at(text, at)) return true;
  }
  return false;
}

std::string random_digits(std::mt19937& random, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(static_cast<char>('0' + random() % 10));
  return out;
}

std::string random_id_card(std::mt19937& random) {
  std::string out = random_digits(random, 6) + std::to_string(1790 + random() % 420);
  unsigned month = random() % 14;
  unsigned day = random() % 33;
  out += (month < 10 ? "0" : "") + std::to_string(month);
  out += (day < 10 ? "0" : "") + std::to_string(day) + random_digits(random, 3);
  return out + "0123456789Xx"[random() % 12];
}

std::string random_text(std::mt19937& random) {
  constexpr const char* kAround[] = {"", "", " ", "a", "X", "7", "+86", "0086", "86", "号", "-"};
  std::string out = kAround[random() % 11];
  switch (random() % 4) {
    case 0:
      out += "1" + random_digits(random, 9 + random() % 3);
      break;
    case 1:
      out += random_digits(random, 10 + random() % 10);
      break;
    default:
      out += random_id_card(random);
      break;
  }
  return out + kAround[random() % 11];
}

TEST(PersonalOracle, AgreesOnRandomNumbers) {
  std::mt19937 random(51);
  int found = 0;
  for (int i = 0; i < 100'000; ++i) {
    std::string text = random_text(random);
    bool expected = oracle(text);
    found += expected;
    ASSERT_EQ(holds_personal_number(text), expected) << text;
  }
  EXPECT_GT(found, 2'000);
}

TEST(PersonalOracle, TheNumberMayStandAnywhere) {
  std::mt19937 random(52);
  for (int i = 0; i < 20'000; ++i) {
    std::string text = random_text(random) + random_text(random) + random_text(random);
    ASSERT_EQ(holds_personal_number(text), oracle(text)) << text;
  }
}

std::string wide(const std::string& text) {
  std::string out;
  for (char c : text) {
    bool row1 = c >= '!' && c < '`';
    auto third = static_cast<unsigned char>(c) + 0x80 - (row1 ? 0x20 : 0x60);
    if (c < '!' || c > '~') {
      out += c;
    } else {
      out += row1 ? "\xef\xbc" : "\xef\xbd";
      out += static_cast<char>(third);
    }
  }
  return out;
}

TEST(PersonalOracle, FullWidthFormsAreTheSameNumbers) {
  std::mt19937 random(53);
  for (int i = 0; i < 50'000; ++i) {
    std::string text = random_text(random);
    ASSERT_EQ(holds_personal_number(wide(text)), oracle(text)) << wide(text);
  }
}

}  // namespace
}  // namespace plumbline
