// SPDX-License-Identifier: Apache-2.0
// Readers of the base against what they write, against the C library where it knows the answer,
// and against random text: a text is read only where writing the value gives it back.
#include <gtest/gtest.h>
#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <random>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/decimal.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"

namespace plumbline {
namespace {

Json random_json(std::mt19937_64& random, int depth) {
  switch (random() % (depth > 0 ? 6 : 4)) {
    case 0:
      return nullptr;
    case 1:
      return random() % 2 == 0;
    case 2:
      return static_cast<std::int64_t>(random() >> random() % 64);
    case 3: {
      constexpr const char* kParts[] = {"a", "\"", "\\", "\n", "知", "😀", "/", "\x01", "\x7f"};
      std::string text;
      for (unsigned i = 0, parts = random() % 6; i < parts; ++i) text += kParts[random() % 9];
      return text;
    }
    case 4: {
      Json list = Json::array();
      for (unsigned i = 0, items = random() % 4; i < items; ++i) {
        list.push(random_json(random, depth - 1));
      }
      return list;
    }
    default: {
      Json map = Json::object();
      for (unsigned i = 0, items = random() % 4; i < items; ++i) {
        map.set("k" + std::to_string(random() % 20), random_json(random, depth - 1));
      }
      return map;
    }
  }
}

// White space between the tokens and escapes in the strings, which the canonical text has not.
std::string loosened(const std::string& canonical, std::mt19937_64& random) {
  std::string out;
  bool in_string = false;
  for (std::size_t i = 0; i < canonical.size(); ++i) {
    char c = canonical[i];
    if (in_string && c == '\\') {
      out += canonical.substr(i, 2);
      ++i;
      continue;
    }
    if (c == '"') in_string = !in_string;
    bool token = !in_string && std::string_view("{}[],:").find(c) != std::string_view::npos;
    if (in_string && c == 'a') {
      out += "\\u0061";
    } else {
      out += c;
    }
    if (token && random() % 3 == 0) out += " \n\t\r"[random() % 4];
  }
  return out;
}

TEST(Property, JsonHasOneTextForOneValue) {
  std::mt19937_64 random(81);
  for (int i = 0; i < 3000; ++i) {
    Json value = random_json(random, 4);
    std::string text = value.text();
    auto same = Json::parse(text);
    ASSERT_TRUE(same.ok()) << text << ": " << same.error().text();
    ASSERT_EQ(*same, value) << text;
    ASSERT_EQ(same->text(), text);
    auto loose = Json::parse(loosened(text, random));
    ASSERT_TRUE(loose.ok()) << loosened(text, random);
    ASSERT_EQ(loose->text(), text);
  }
}

TEST(Property, JsonAnswersAnyText) {
  std::mt19937_64 random(82);
  constexpr const char* kParts[] = {"{",     "}",     "[", "]", ",",    ":",    "\"",
                                    "\"a\"", "1",     "-", "0", "true", "null", " ",
                                    "\\",    "\\u00", "e", ".", "\xff"};
  int read = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string text;
    for (unsigned n = 0, parts = random() % 8; n < parts; ++n) text += kParts[random() % 19];
    auto value = Json::parse(text);
    if (!value.ok()) {
      ASSERT_FALSE(value.error().sentence().empty());
      continue;
    }
    ++read;
    ASSERT_EQ(Json::parse(value->text()).value(), *value) << text;
  }
  EXPECT_GT(read, 500);
}

// Texts over an alphabet that makes valid ones likely enough.
std::string random_text(std::mt19937_64& random, std::string_view alphabet, std::size_t most) {
  std::string out;
  for (std::size_t i = 0, size = random() % (most + 1); i < size; ++i) {
    out += alphabet[random() % alphabet.size()];
  }
  return out;
}

TEST(Property, Base64AndHexReadOnlyWhatTheyWrite) {
  std::mt19937_64 random(83);
  int read = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string text = random_text(random, "AQgwZ+/=9 -", 8);
    auto bytes = from_base64(text);
    if (bytes.ok()) {
      ++read;
      ASSERT_EQ(to_base64(*bytes), text);
    }
    std::string digits = random_text(random, "019afg", 6);
    auto from_digits = from_hex(digits);
    bool valid = digits.size() % 2 == 0 && digits.find('g') == std::string::npos;
    ASSERT_EQ(from_digits.ok(), valid) << digits;
    if (valid) {
      ASSERT_EQ(to_hex(*from_digits), digits);
    }
  }
  EXPECT_GT(read, 1000);
}

TEST(Property, DecimalsReadOnlyPlainNumbers) {
  std::mt19937_64 random(84);
  for (int i = 0; i < 200'000; ++i) {
    std::string text = random_text(random, "0123.-", 9);
    auto value = parse_decimal(text);
    std::size_t begin = text.starts_with("-") ? 1 : 0;
    std::size_t dot = text.find('.');
    std::string whole = text.substr(begin, dot == std::string::npos ? dot : dot - begin);
    std::string rest = dot == std::string::npos ? "0" : text.substr(dot + 1);
    bool digits = (whole + rest).find_first_not_of("0123456789") == std::string::npos;
    bool valid = !whole.empty() && !rest.empty() && rest.size() <= 6 && digits &&
                 (dot == std::string::npos || dot >= begin);
    ASSERT_EQ(value.ok(), valid) << text;
    if (valid) {
      std::string padded = (rest + "000000").substr(0, 6);
      std::int64_t units = std::stoll(whole) * 1'000'000 + std::stoll(padded);
      ASSERT_EQ(value->units, begin == 1 ? -units : units) << text;
    }
  }
}

TEST(Property, InstantsAreThoseOfTheCLibrary) {
  std::mt19937_64 random(85);
  for (int i = 0; i < 20'000; ++i) {
    // 1900-01-01 to 2199-12-31 in seconds.
    std::int64_t seconds = -2'208'988'800 + static_cast<std::int64_t>(random() % 9'467'107'200);
    time_t given = seconds;
    tm parts{};
    ASSERT_NE(gmtime_r(&given, &parts), nullptr);
    char text[32];
    ASSERT_GT(strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts), 0u);
    ASSERT_EQ(format_instant({seconds * 1000}), text);
    ASSERT_EQ(parse_instant(text).value().ms, seconds * 1000);
    ASSERT_EQ(timegm(&parts), seconds);
    Instant minute = ceil_to_minute({seconds * 1000});
    ASSERT_EQ(minute.ms % kMsPerMinute, 0);
    ASSERT_GE(minute.ms, seconds * 1000);
    ASSERT_LT(minute.ms - seconds * 1000, kMsPerMinute);
  }
}

TEST(Property, OffsetsMoveTheInstantBackByThemselves) {
  for (int minutes = -23 * 60 - 59; minutes <= 23 * 60 + 59; minutes += 7) {
    char text[40];
    int size = std::abs(minutes);
    snprintf(text, sizeof text, "2015-03-08T12:00:00%c%02d:%02d", minutes < 0 ? '-' : '+',
             size / 60, size % 60);
    auto at = parse_instant(text);
    ASSERT_TRUE(at.ok()) << text;
    EXPECT_EQ(at->ms, parse_instant("2015-03-08T12:00:00Z")->ms - minutes * kMsPerMinute) << text;
  }
}

TEST(Property, ReadersOfBytesNeverReadOutside) {
  std::mt19937_64 random(86);
  for (int i = 0; i < 20'000; ++i) {
    Bytes bytes = random_text(random, std::string_view("\0\1\x7f\x80\xff", 5), 24);
    ByteReader reader(bytes);
    std::size_t taken = 0;
    for (int n = 0; n < 10; ++n) {
      std::size_t wanted = 0;
      bool ok = false;
      switch (random() % 5) {
        case 0:
          wanted = 1;
          ok = reader.u8("x").ok();
          break;
        case 1:
          wanted = 2;
          ok = reader.u16("x").ok();
          break;
        case 2:
          wanted = 4;
          ok = reader.u32("x").ok();
          break;
        case 3:
          wanted = 8;
          ok = reader.u64("x").ok();
          break;
        default: {
          wanted = random() % 30;
          auto part = reader.take(wanted, "x");
          ok = part.ok();
          if (ok) {
            ASSERT_EQ(*part, BytesView(bytes).substr(taken, wanted));
          }
        }
      }
      ASSERT_EQ(ok, taken + wanted <= bytes.size());
      taken += ok ? wanted : 0;
      ASSERT_EQ(reader.rest().size(), bytes.size() - taken);
    }
  }
}

TEST(Property, ShortenedTextIsTextAndABeginning) {
  std::mt19937_64 random(87);
  constexpr const char* kParts[] = {"a", "é", "知", "😀", " "};
  for (int i = 0; i < 5000; ++i) {
    std::string text;
    std::size_t length = random() % 8;
    for (std::size_t n = 0; n < length; ++n) text += kParts[random() % 5];
    ASSERT_EQ(utf8_length(text), length);
    std::size_t limit = random() % 8;
    std::string shown = utf8_shorten(text, limit);
    ASSERT_FALSE(utf8_error_at(shown).has_value());
    ASSERT_EQ(utf8_length(shown), length <= limit ? length : limit + 1);
    if (length <= limit) {
      ASSERT_EQ(shown, text);
    } else {
      ASSERT_TRUE(shown.ends_with("…"));
      ASSERT_TRUE(text.starts_with(shown.substr(0, shown.size() - std::string("…").size())));
    }
  }
}

TEST(Limits, FitIntoEachOther) {
  EXPECT_GE(limits::kMaxFrameBytes, limits::kMaxContentBytes + limits::kMaxHeaderBytes);
  EXPECT_GE(limits::kMaxSessionBytesInFlight, limits::kMaxFrameBytes);
  EXPECT_GE(limits::kMaxCommitBytes, limits::kMaxFrameBytes);
  EXPECT_GE(limits::kMaxQueuedAdmitBytes, limits::kMaxCommitBytes);
  // Base64 of a pack's files, and room for their names.
  EXPECT_GE(limits::kMaxOfficeRecordBytes, limits::kMaxPackBytes / 3 * 4 + (64u << 10));
  EXPECT_GE(limits::kMaxPackBytes, limits::kMaxYamlBytes);
  EXPECT_LE(limits::kMaxBatchEvents, 65'535u);
}

}  // namespace
}  // namespace plumbline
