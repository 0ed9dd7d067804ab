// SPDX-License-Identifier: Apache-2.0
// What a writer by RFC 4180 wrote comes back cell by cell; whatever else is read ends, keeps its
// width and never goes back a line.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "packs/csv.h"

namespace plumbline {
namespace {

using Rows = std::vector<std::vector<std::string>>;

std::string random_cell(std::mt19937& random) {
  constexpr std::string_view kParts[] = {"a", "b1", ",", "\"", "\n", "\r\n", "\r", " ", "知", ""};
  std::string out;
  for (unsigned i = 0, parts = random() % 5; i < parts; ++i) out += kParts[random() % 10];
  return out;
}

Rows random_rows(std::mt19937& random) {
  std::size_t width = 1 + random() % 4;
  Rows rows(1 + random() % 6);
  for (auto& row : rows) {
    for (std::size_t i = 0; i < width; ++i) row.push_back(random_cell(random));
  }
  return rows;
}

std::string quoted(const std::string& cell) {
  std::string out = "\"";
  for (char c : cell) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

std::string written(const Rows& rows, std::mt19937& random) {
  std::string out = random() % 3 == 0 ? "\xef\xbb\xbf" : "";
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (std::size_t i = 0; i < rows[r].size(); ++i) {
      const std::string& cell = rows[r][i];
      bool must = cell.find_first_of(",\"\r\n") != std::string::npos || rows[r].size() == 1;
      out += i > 0 ? "," : "";
      out += must || random() % 4 == 0 ? quoted(cell) : cell;
    }
    bool last = r + 1 == rows.size();
    if (!last || random() % 2 == 0) out += random() % 2 == 0 ? "\n" : "\r\n";
    if (random() % 5 == 0 && !last) out += "\r\n";  // an empty line
  }
  return out;
}

TEST(CsvProperty, WhatIsWrittenComesBack) {
  std::mt19937 random(41);
  for (int round = 0; round < 3000; ++round) {
    Rows rows = random_rows(random);
    std::string text = written(rows, random);
    CsvReader reader(text);
    std::size_t line = 0;
    for (const auto& expected : rows) {
      auto row = reader.next();
      ASSERT_TRUE(row.ok()) << row.error().text() << " in " << text;
      ASSERT_TRUE(row->has_value()) << text;
      ASSERT_EQ((*row)->cells, expected) << text;
      ASSERT_GT((*row)->line, line);
      line = (*row)->line;
    }
    ASSERT_FALSE(reader.next().value().has_value()) << text;
    EXPECT_EQ(reader.offset(), text.size());
  }
}

TEST(CsvProperty, TheLineIsThatOfTheRowsFirstByte) {
  std::mt19937 random(42);
  for (int round = 0; round < 1000; ++round) {
    Rows rows = random_rows(random);
    for (std::size_t r = 0; r < rows.size(); ++r) rows[r][0] = "row" + std::to_string(r);
    std::string text = written(rows, random);
    CsvReader reader(text);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      auto row = reader.next().value();
      std::size_t at = text.find(rows[r][0]);
      auto newlines =
          std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
      ASSERT_EQ(row->line, static_cast<std::size_t>(newlines) + 1) << text;
    }
  }
}

TEST(CsvProperty, AnyTextEndsAndKeepsItsWidth) {
  std::mt19937 random(43);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (unsigned i = 0, size = random() % 24; i < size; ++i) text += "ab,\"\"\n\r"[random() % 7];
    CsvReader reader(text);
    std::size_t width = 0;
    std::size_t line = 0;
    for (std::size_t calls = 0;; ++calls) {
      ASSERT_LE(calls, text.size() + 1) << text;
      std::size_t before = reader.offset();
      auto row = reader.next();
      if (row.ok() && !row->has_value()) break;
      ASSERT_GT(reader.offset(), before) << text;
      ASSERT_GT(reader.line(), line) << text;
      line = reader.line();
      if (!row.ok()) continue;
      if (width == 0) width = (*row)->cells.size();
      ASSERT_EQ((*row)->cells.size(), width) << text;
    }
    ASSERT_EQ(reader.offset(), text.size()) << text;
  }
}

}  // namespace
}  // namespace plumbline
