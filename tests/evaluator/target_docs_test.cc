// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <sstream>

#include "evaluator/target_fold.h"
#include "packs/csv.h"
#include "tests/evaluator/standard_files.h"
#include "tests/support/evaluator/facts.h"
#include "tests/support/evaluator/small_ledger.h"

// The examples of docs/formats/targets.md are taken from the page and tried.
namespace plumbline {
namespace {

using namespace plumbline::testing;

// The texts of the page's fences with this language.
std::vector<std::string> fences(const std::string& language) {
  std::istringstream page(
      file_text(std::string(PLUMBLINE_SOURCE_DIR) + "/docs/formats/targets.md"));
  std::vector<std::string> out;
  bool inside = false;
  bool wanted = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("```")) {
      inside = !inside;
      wanted = inside && line.substr(3) == language;
      if (wanted) out.emplace_back();
    } else if (wanted) {
      out.back() += line + "\n";
    }
  }
  EXPECT_FALSE(inside) << "a fence is not closed";
  return out;
}

std::shared_ptr<const RuleSet> documented_rules() {
  PackFiles files = sample_pack_with_counties();
  for (const std::string& text : fences("yaml")) {
    files[text.substr(2, text.find('\n') - 2)] = text;
  }
  return compiled(files);
}

FactBook documented_facts() {
  FactBook book;
  std::string text = fences("csv").at(0);
  CsvReader reader(text);
  std::vector<std::string> header = reader.next().value()->cells;
  std::uint64_t index = 1;
  while (auto row = reader.next().value()) {
    std::map<std::string, std::string> cells;
    for (std::size_t c = 0; c < header.size(); ++c) {
      if (!row->cells[c].empty()) cells[header[c]] = row->cells[c];
    }
    auto take = [&](const char* name) {
      auto found = cells.extract(name);
      return found.empty() ? std::string() : found.mapped();
    };
    std::string kind = take("kind");
    std::string id = take("id");
    std::string from = take("from");
    std::string until = take("until");
    book.add(LedgerIndex(index++), Instant{}, fact(kind, id, from, until, cells));
  }
  return book;
}

TEST(TargetsPage, TheRowsAreThoseOfTheExample) {
  auto rules = documented_rules();
  ASSERT_EQ(rules->targets.size(), 1u);
  std::vector<std::string> examples = fences("json");
  ASSERT_EQ(examples.size(), 2u);
  for (std::string& example : examples) std::erase(example, '\n');
  std::vector<ResultRow> rows = target_rows(*rules, documented_facts(), at("2026-02-01T04:00:00Z"));
  EXPECT_EQ(body_of(rows, "network", "ALL", "final").text(), examples[0]);
  EXPECT_EQ(body_of(rows, "county", "320685", "final").text(), examples[1]);
}

// Section 5: 48 of 95 is above one half, 47 of 95 and 48 of 96 are not.
TEST(TargetsPage, TheVerdictsAreThoseOfThePage) {
  auto rules = documented_rules();
  auto verdict = [&](int covered, int counties) {
    FactBook book;
    for (int i = 0; i < counties; ++i) {
      std::string code = std::to_string(100 + i);
      book.add(LedgerIndex(1), Instant{}, county(code));
      if (i >= covered) continue;
      book.add(LedgerIndex(1), Instant{}, institution(code, code, "2024-01-01", "2024-01-01"));
    }
    return word(
        body_of(target_rows(*rules, book, at("2026-02-01T04:00:00Z")), "network", "ALL", "final"),
        "verdict");
  };
  EXPECT_EQ(verdict(48, 95), "met");
  EXPECT_EQ(verdict(47, 95), "not_met");
  EXPECT_EQ(verdict(48, 96), "not_met");
}

}  // namespace
}  // namespace plumbline
