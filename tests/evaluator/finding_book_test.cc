// SPDX-License-Identifier: Apache-2.0
#include "evaluator/finding_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/evaluator/facts.h"

namespace plumbline {
namespace {

using testing::date;
using ::testing::ElementsAre;
using testing::fact;
using ::testing::IsEmpty;

Fact finding(std::string id, std::string outlet, std::string_view from,
             std::string_view until = "") {
  return fact("finding", std::move(id), from, until,
              {{"outlet", std::move(outlet)}, {"code", "leak"}});
}

std::vector<std::string> acting(const FindingBook& book, std::string_view first,
                                std::string_view last, const std::string& code = "leak") {
  std::vector<std::string> out;
  for (const FindingBook::Acting& one : book.acting("a", code, date(first), date(last))) {
    out.push_back(one.id + " " + format_date(one.since));
  }
  return out;
}

TEST(FindingBook, AFindingActsInThePeriodsOfItsDays) {
  FindingBook book;
  book.advance(date("2026-06-30"));
  EXPECT_THAT(book.learn(finding("f1", "a", "2026-02-10", "2026-03-05")), ElementsAre("a"));
  EXPECT_THAT(acting(book, "2026-01-01", "2026-01-31"), IsEmpty());
  EXPECT_THAT(acting(book, "2026-02-01", "2026-02-28"), ElementsAre("f1 2026-02-10"));
  EXPECT_THAT(acting(book, "2026-03-01", "2026-03-31"), ElementsAre("f1 2026-02-10"));
  EXPECT_THAT(acting(book, "2026-04-01", "2026-04-30"), IsEmpty());
  EXPECT_THAT(acting(book, "2026-01-01", "2026-12-31"), ElementsAre("f1 2026-02-10"));
  EXPECT_THAT(acting(book, "2026-01-01", "2026-12-31", "fraud"), IsEmpty());
  EXPECT_THAT(acting(book, "2026-02-10", "2026-02-10"), ElementsAre("f1 2026-02-10"));
  EXPECT_THAT(acting(book, "2026-03-05", "2026-03-05"), ElementsAre("f1 2026-02-10"));
}

TEST(FindingBook, ADayThatHasNotComeDoesNotAct) {
  FindingBook book;
  EXPECT_THAT(book.learn(finding("f1", "a", "2026-02-10")), ElementsAre("a"));
  EXPECT_THAT(acting(book, "2026-01-01", "2026-12-31"), IsEmpty()) << "no day has come";
  EXPECT_THAT(book.advance(date("2026-02-09")), IsEmpty());
  EXPECT_THAT(acting(book, "2026-01-01", "2026-12-31"), IsEmpty());
  EXPECT_THAT(book.advance(date("2026-02-10")), ElementsAre("a"));
  EXPECT_THAT(acting(book, "2026-01-01", "2026-12-31"), ElementsAre("f1 2026-02-10"));
  EXPECT_THAT(book.advance(date("2026-02-11")), IsEmpty()) << "told once";
}

TEST(FindingBook, TheNewestVersionCounts) {
  FindingBook book;
  book.advance(date("2026-06-30"));
  book.learn(finding("f1", "a", "2026-02-10"));
  EXPECT_THAT(book.learn(finding("f1", "b", "2026-02-10")), ElementsAre("a", "b"));
  EXPECT_THAT(acting(book, "2026-01-01", "2026-12-31"), IsEmpty());
  book.learn(finding("f1", "a", "2026-03-01"));
  book.learn(finding("f0", "a", "2026-05-01"));
  EXPECT_THAT(acting(book, "2026-01-01", "2026-12-31"),
              ElementsAre("f0 2026-05-01", "f1 2026-03-01"));
  EXPECT_THAT(book.learn(fact("finding", "f1", "", "", {{"withdrawn", "appeal 3"}})),
              ElementsAre("a"));
  EXPECT_THAT(acting(book, "2026-01-01", "2026-12-31"), ElementsAre("f0 2026-05-01"));
  EXPECT_THAT(book.learn(fact("status", "f0", "", "", {{"withdrawn", "x"}})), IsEmpty());
  EXPECT_THAT(acting(book, "2026-01-01", "2026-12-31"), ElementsAre("f0 2026-05-01"));
}

TEST(FindingBook, WhatIsWithdrawnBeforeItsDayIsNotTold) {
  FindingBook book;
  book.advance(date("2026-01-01"));
  book.learn(finding("f1", "a", "2026-02-10"));
  book.learn(fact("finding", "f1", "", "", {{"withdrawn", "appeal 3"}}));
  EXPECT_THAT(book.advance(date("2026-02-10")), IsEmpty());
}

}  // namespace
}  // namespace plumbline
