// SPDX-License-Identifier: Apache-2.0
#include "evaluator/subject_table.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "evaluator/text_pool.h"

namespace plumbline {
namespace {

// Texts of every size about the one from which on they are kept elsewhere, many of them alike but
// for one byte, zero bytes among them.
std::string some_text(std::mt19937_64& random) {
  std::string text(random() % 40, 'a');
  for (char& letter : text) {
    if (random() % 4 == 0) letter = static_cast<char>(random() % 3);
  }
  return text;
}

TEST(SubjectTable, AgreesWithAMap) {
  std::mt19937_64 random(7);
  SubjectTable table;
  for (int round = 0; round < 5; ++round) {
    std::map<std::string, std::uint32_t> model;
    // The last rounds are small ones behind a large one.
    int texts = round < 3 ? 20'000 : 10;
    for (int i = 0; i < texts; ++i) {
      std::string text = some_text(random);
      auto next = static_cast<std::uint32_t>(model.size());
      auto known = model.find(text);
      auto found = table.find(text);
      ASSERT_EQ(found.has_value(), known != model.end());
      auto number = model.try_emplace(text, next).first->second;
      ASSERT_EQ(table.number(text), number);
      ASSERT_EQ(table.find(text), number);
      ASSERT_EQ(table.size(), model.size());
    }
    for (const auto& [text, number] : model) ASSERT_EQ(table.find(text), number);
    table.clear();
    ASSERT_EQ(table.size(), 0u);
    for (const auto& [text, number] : model) ASSERT_EQ(table.find(text), std::nullopt);
  }
}

TEST(SubjectTable, NumbersManyAsOneByOne) {
  std::mt19937_64 random(9);
  SubjectTable many;
  SubjectTable single;
  for (std::size_t count : {0, 1, 2, 15, 16, 17, 500, 4096, 1}) {
    std::string joined;
    std::vector<std::uint32_t> ends;
    std::vector<std::uint32_t> wanted;
    for (std::size_t i = 0; i < count; ++i) {
      std::string text = some_text(random);
      joined += text;
      ends.push_back(static_cast<std::uint32_t>(joined.size()));
      wanted.push_back(single.number(text));
    }
    std::vector<std::uint32_t> numbers(3, 77);
    many.number_all(joined, ends, numbers);
    ASSERT_EQ(numbers, wanted);
    ASSERT_EQ(many.size(), single.size());
  }
}

TEST(SubjectTable, TellsApartWhatDiffersInSizeAlone) {
  SubjectTable table;
  std::string zeros(40, '\0');
  for (std::uint32_t size = 0; size < 40; ++size) {
    EXPECT_EQ(table.number(std::string_view(zeros).substr(0, size)), size);
  }
}

TEST(TextPool, GivesTheTextsBack) {
  std::mt19937_64 random(3);
  TextPool pool;
  for (int i = 0; i < 5000; ++i) {
    std::string text = some_text(random);
    std::int64_t number = pool.number(text);
    ASSERT_EQ(pool.text(number), text);
    ASSERT_EQ(pool.number(text), number);
  }
  pool.clear();
  EXPECT_EQ(pool.size(), 0u);
  EXPECT_EQ(pool.number("again"), 0);
}

}  // namespace
}  // namespace plumbline
