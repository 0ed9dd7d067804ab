// SPDX-License-Identifier: Apache-2.0
// Facts of the registry in a ledger: verified like every record, and shown one a line.
#include <gmock/gmock.h>

#include "evidence/show.h"
#include "evidence/verify.h"
#include "tests/support/wire/memory_ledger.h"

namespace plumbline {
namespace {

using samples::LedgerBuilder;
using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

// 0 genesis   1-3 isd (outlet, token, key)   4 facts
LedgerBuilder ledger_with_facts() {
  LedgerBuilder builder;
  builder.enroll(11, "isd");
  builder.record(
      FactsRecorded{{{"division", "320102", std::nullopt, std::nullopt, {{"level", "county"}}},
                     {"status",
                      "s1",
                      Date{2024, 5, 1},
                      Date{2026, 12, 31},
                      {{"holder", "isd"}, {"status", "tisc"}}}}});
  return builder;
}

std::uint64_t shown(LedgerBuilder& builder, const ShowFilter& filter, std::string& text) {
  return show_entries(builder.ledger(), filter, EventDetail::kLeaveOut,
                      [&](const Json& entry) { text += entry_text(entry); })
      .value();
}

TEST(FactsInEvidence, AreVerified) {
  LedgerBuilder builder = ledger_with_facts();
  VerifyReport report = verify_ledger(builder.ledger(), {}).value();
  EXPECT_TRUE(report.ok());
  EXPECT_THAT(report.entries, Contains(Pair("registry.facts", 1)));
  EXPECT_TRUE(report.notes.empty() || report.notes[0].find("registry.facts") == std::string::npos);
}

TEST(FactsInEvidence, AreShownOneALine) {
  LedgerBuilder builder = ledger_with_facts();
  ShowFilter filter;
  filter.record_kind = "registry.facts";
  std::string text;
  EXPECT_EQ(shown(builder, filter, text), 1u);
  EXPECT_THAT(text, HasSubstr("\n      division 320102 level=county\n"));
  EXPECT_THAT(text, HasSubstr("\n      status s1 from 2024-05-01 until 2026-12-31 holder=isd "
                              "status=tisc\n"));
}

TEST(FactsInEvidence, AreFoundByTheOutletTheyAreOf) {
  LedgerBuilder builder = ledger_with_facts();
  ShowFilter filter;
  filter.outlet = "isd";
  std::string text;
  EXPECT_EQ(shown(builder, filter, text), 4u);
  EXPECT_THAT(text, HasSubstr("status s1"));
  filter.outlet = "pwd";
  text.clear();
  EXPECT_EQ(shown(builder, filter, text), 0u);
}

TEST(FactsInEvidence, ARecordWithoutItsFormIsShownAsItIs) {
  Json record = Json::object();
  record.set("kind", "registry.facts").set("actor", "a").set("reason", "b");
  Json facts = Json::array();
  facts.push(1);
  record.set("facts", facts);
  Json entry = Json::object();
  entry.set("record", record);
  EXPECT_THAT(entry_text(entry), HasSubstr("facts: [1]"));
}

}  // namespace
}  // namespace plumbline
