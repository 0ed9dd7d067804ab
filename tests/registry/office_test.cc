// SPDX-License-Identifier: Apache-2.0
// The office's desk on a real ledger in a temporary folder.
#include "registry/office.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "ledger/entry.h"
#include "registry/registry_replay.h"
#include "store/sqlite/ledger_db.h"
#include "tests/support/registry/new_ledger.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wire/samples.h"

namespace plumbline {
namespace {

using samples::at;
using samples::key;
using samples::outlet;
using ::testing::HasSubstr;

const Office::By kClerk{"os:clerk", "set-up"};

class OfficeTest : public ::testing::Test {
 protected:
  OfficeTest() : clock_(at("2026-01-05T09:00:00Z")) {
    writer_ = testing::new_ledger(folder_, clock_);
    office_ = open().value();
  }

  Result<std::unique_ptr<Office>> open(std::uint8_t office_seed = 1) {
    auto reader = open_sqlite_reader(folder_.path("ledger.db")).value();
    return Office::open(*reader, *writer_, key(office_seed), clock_);
  }

  std::uint64_t ledger_size() {
    return open_sqlite_reader(folder_.path("ledger.db")).value()->size()->value;
  }

  OutletAdded some_outlet(std::string_view id) {
    return {outlet(id), "320102", "网点", "Outlet", {{"county", "320102"}}};
  }

  Bytes token(std::string_view id, Duration valid = Duration{kMsPerHour}) {
    return office_->create_token(kClerk, outlet(id), SourceKind::kAgent, false, valid).value();
  }

  static RulesActivated rules(PackFiles files) {
    RulesActivated activated{"test", "1", rule_hash(files), false, std::move(files)};
    return activated;
  }

  testing::PrivateFolder folder_;
  ManualClock clock_;
  std::unique_ptr<LedgerWriter> writer_;
  std::unique_ptr<Office> office_;
};

TEST_F(OfficeTest, AnActionIsOneSignedEntryWithActorAndReason) {
  ASSERT_EQ(office_->add_outlet(kClerk, some_outlet("a")).value(), LedgerIndex(1));
  auto reader = open_sqlite_reader(folder_.path("ledger.db")).value();
  Entry entry = decode_entry(reader->at(LedgerIndex(1)).value().entry).value();
  SignedRecord record = decode_record(entry.payload).value();
  EXPECT_TRUE(verify_record(record, key(1).public_key()));
  EXPECT_EQ(record.json.string_at("actor").value(), "os:clerk");
  EXPECT_EQ(record.json.string_at("reason").value(), "set-up");
  EXPECT_EQ(record.json.string_at("kind").value(), "outlet.add");
}

TEST_F(OfficeTest, AnOutletIsAddedOnce) {
  ASSERT_TRUE(office_->add_outlet(kClerk, some_outlet("a")).ok());
  auto again = office_->add_outlet(kClerk, some_outlet("a"));
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code(), Code::kExists);
  EXPECT_EQ(again.error().sentence(), "the outlet \"a\" exists already");
  EXPECT_EQ(ledger_size(), 2u);
}

TEST_F(OfficeTest, AnActionNeedsAnActorAndAReason) {
  EXPECT_EQ(office_->add_outlet({"", "why"}, some_outlet("a")).error().code(), Code::kInvalid);
  EXPECT_EQ(office_->add_outlet({"os:clerk", ""}, some_outlet("a")).error().code(), Code::kInvalid);
  EXPECT_EQ(
      office_->add_outlet({"os:clerk", std::string(2001, 'x')}, some_outlet("a")).error().code(),
      Code::kInvalid);
  EXPECT_EQ(ledger_size(), 1u);
}

TEST_F(OfficeTest, AnOutletNeedsIdNameAndLevels) {
  OutletAdded nameless = some_outlet("a");
  nameless.name_zh = nameless.name_en = "";
  EXPECT_EQ(office_->add_outlet(kClerk, nameless).error().code(), Code::kInvalid);
  OutletAdded without_id = some_outlet("a");
  without_id.outlet = OutletId();
  EXPECT_EQ(office_->add_outlet(kClerk, without_id).error().code(), Code::kInvalid);
  OutletAdded long_name = some_outlet("a");
  long_name.name_en = std::string(limits::kMaxNameBytes + 1, 'x');
  EXPECT_EQ(office_->add_outlet(kClerk, long_name).error().code(), Code::kInvalid);
  OutletAdded odd_level = some_outlet("a");
  odd_level.places = {{"县", "320102"}};
  EXPECT_EQ(office_->add_outlet(kClerk, odd_level).error().code(), Code::kInvalid);
  OutletAdded one_name = some_outlet("a");
  one_name.name_zh = "";
  EXPECT_TRUE(office_->add_outlet(kClerk, one_name).ok());
}

TEST_F(OfficeTest, ATokenIsRedeemedByOneKey) {
  ASSERT_TRUE(office_->add_outlet(kClerk, some_outlet("a")).ok());
  Bytes secret = token("a");
  EXPECT_EQ(secret.size(), 16u);
  auto enrolled = office_->enroll(secret, key(11).public_key(), "agent 1");
  ASSERT_TRUE(enrolled.ok());
  EXPECT_EQ(enrolled->outlet, outlet("a"));
  EXPECT_EQ(enrolled->stream, stream_id(key(11).public_key(), outlet("a")));
  EXPECT_EQ(writer_->stream(enrolled->stream)->key, key(11).public_key());
  auto other = office_->enroll(secret, key(12).public_key(), "agent 1");
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().code(), Code::kConflict);
}

TEST_F(OfficeTest, TheSameKeyGetsTheSameAnswerAgain) {
  ASSERT_TRUE(office_->add_outlet(kClerk, some_outlet("a")).ok());
  Bytes secret = token("a");
  ASSERT_TRUE(office_->enroll(secret, key(11).public_key(), "agent 1").ok());
  const std::uint64_t size = ledger_size();
  auto again = office_->enroll(secret, key(11).public_key(), "agent 1");
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->outlet, outlet("a"));
  EXPECT_EQ(ledger_size(), size);
}

TEST_F(OfficeTest, AnUnknownTokenIsNotAccepted) {
  auto enrolled = office_->enroll("no such secret..", key(11).public_key(), "agent 1");
  ASSERT_FALSE(enrolled.ok());
  EXPECT_EQ(enrolled.error().code(), Code::kUnauthenticated);
}

TEST_F(OfficeTest, ATokenExpires) {
  ASSERT_TRUE(office_->add_outlet(kClerk, some_outlet("a")).ok());
  Bytes secret = token("a", Duration{kMsPerHour});
  Bytes other = token("a", Duration{kMsPerHour});
  clock_.advance(Duration{kMsPerHour});
  EXPECT_TRUE(office_->enroll(secret, key(11).public_key(), "agent 1").ok());
  clock_.advance(Duration{1});
  auto late = office_->enroll(other, key(12).public_key(), "agent 1");
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().code(), Code::kDenied);
  EXPECT_THAT(late.error().sentence(), HasSubstr("2026-01-05T10:00:00Z"));
}

TEST_F(OfficeTest, ATokenNeedsAnOutletAndASensibleValidity) {
  auto none =
      office_->create_token(kClerk, outlet("a"), SourceKind::kAgent, false, Duration{kMsPerHour});
  EXPECT_EQ(none.error().code(), Code::kNotFound);
  ASSERT_TRUE(office_->add_outlet(kClerk, some_outlet("a")).ok());
  for (Duration bad : {Duration{0}, Duration{-1}, Duration{Office::kMaxTokenValidity.ms + 1}}) {
    auto made = office_->create_token(kClerk, outlet("a"), SourceKind::kAgent, false, bad);
    EXPECT_EQ(made.error().code(), Code::kInvalid);
  }
}

TEST_F(OfficeTest, TheLedgerHoldsTheTokensHashOnly) {
  ASSERT_TRUE(office_->add_outlet(kClerk, some_outlet("a")).ok());
  Bytes secret = token("a");
  auto reader = open_sqlite_reader(folder_.path("ledger.db")).value();
  Bytes entry = reader->at(LedgerIndex(2)).value().entry;
  EXPECT_THAT(entry, HasSubstr(sha256(secret).hex()));
  EXPECT_EQ(entry.find(to_hex(secret)), Bytes::npos);
  EXPECT_EQ(entry.find(secret), Bytes::npos);
}

TEST_F(OfficeTest, WhatAnAgentSaysOfItselfIsKeptPrintable) {
  ASSERT_TRUE(office_->add_outlet(kClerk, some_outlet("a")).ok());
  auto enrolled =
      office_->enroll(token("a"), key(11).public_key(), "agent\n\xff" + std::string(300, 'x'));
  ASSERT_TRUE(enrolled.ok());
  EXPECT_EQ(enrolled->software, "agent" + std::string(95, 'x'));
}

TEST_F(OfficeTest, RulesAreActivatedOnce) {
  RulesActivated first = rules({{"events.yaml", "one"}, {"standards/a.yaml", "two"}});
  ASSERT_TRUE(office_->activate_rules(kClerk, first).ok());
  EXPECT_EQ(office_->activate_rules(kClerk, first).error().code(), Code::kExists);
  EXPECT_EQ(office_->agent_rules()->events_hash, sha256("one"));
  EXPECT_EQ(office_->agent_rules()->files.size(), 1u);
  ASSERT_TRUE(office_->activate_rules(kClerk, rules({{"events.yaml", "three"}})).ok());
  EXPECT_EQ(office_->agent_rules()->events_hash, sha256("three"));
}

TEST_F(OfficeTest, WithoutRulesAgentsGetNoFiles) {
  EXPECT_TRUE(office_->agent_rules()->files.empty());
  EXPECT_TRUE(office_->agent_rules()->events_hash.is_zero());
}

TEST_F(OfficeTest, ARuleHashThatIsNotThatOfTheFilesIsRefused) {
  RulesActivated wrong = rules({{"events.yaml", "one"}});
  wrong.rule_hash = rule_hash({{"events.yaml", "two"}});
  EXPECT_EQ(office_->activate_rules(kClerk, wrong).error().code(), Code::kInvalid);
}

TEST_F(OfficeTest, RuleSetsHaveALimit) {
  RulesActivated large = rules({{"standards/a.yaml", Bytes(limits::kMaxPackBytes, 'x')}});
  EXPECT_EQ(office_->activate_rules(kClerk, large).error().code(), Code::kExhausted);
  RulesActivated for_agents = rules({{"events.yaml", Bytes(limits::kMaxContentBytes + 1, 'x')}});
  EXPECT_EQ(office_->activate_rules(kClerk, for_agents).error().code(), Code::kExhausted);
  EXPECT_EQ(ledger_size(), 1u);
}

TEST_F(OfficeTest, TheStateIsReadBackFromTheLedger) {
  ASSERT_TRUE(office_->add_outlet(kClerk, some_outlet("a")).ok());
  Bytes used = token("a");
  Bytes fresh = token("a");
  ASSERT_TRUE(office_->enroll(used, key(11).public_key(), "agent 1").ok());
  ASSERT_TRUE(office_->activate_rules(kClerk, rules({{"events.yaml", "one"}})).ok());
  office_ = open().value();
  EXPECT_EQ(office_->outlets().size(), 1u);
  EXPECT_EQ(office_->outlet(outlet("a"))->code, "320102");
  EXPECT_EQ(office_->outlet(outlet("b")).error().code(), Code::kNotFound);
  EXPECT_EQ(office_->genesis().network, "test");
  EXPECT_EQ(office_->agent_rules()->events_hash, sha256("one"));
  EXPECT_EQ(office_->enroll(used, key(12).public_key(), "x").error().code(), Code::kConflict);
  EXPECT_TRUE(office_->enroll(fresh, key(12).public_key(), "x").ok());
  EXPECT_EQ(office_->state().streams.size(), 2u);
}

std::vector<Fact> many_facts(std::size_t count, const std::string& note) {
  std::vector<Fact> facts;
  for (std::size_t i = 0; i < count; ++i) {
    facts.push_back({"division",
                     "d" + std::to_string(i),
                     std::nullopt,
                     std::nullopt,
                     {{"name_zh", "某地"}, {"level", "county"}, {"note", note}}});
  }
  return facts;
}

TEST_F(OfficeTest, FactsAreRecordedOnceAndWhatIsKnownIsLeftOut) {
  auto last = office_->record_facts(kClerk, many_facts(3, "a"));
  ASSERT_TRUE(last.ok());
  EXPECT_EQ(*last, LedgerIndex(1));
  last = office_->record_facts(kClerk, many_facts(3, "a"));
  ASSERT_TRUE(last.ok());
  EXPECT_EQ(*last, std::nullopt);
  EXPECT_EQ(ledger_size(), 2u);
  ASSERT_TRUE(office_->record_facts(kClerk, many_facts(2, "b")).ok());
  office_ = open().value();
  EXPECT_EQ(office_->state().facts.known("division").size(), 3u);
  EXPECT_EQ(office_->state().facts.history("division", "d1").size(), 2u);
  EXPECT_EQ(office_->view()->facts.find("division", "d1")->fact.attribute("note"), "b");
  EXPECT_EQ(office_->view()->facts.find("division", "d2")->fact.attribute("note"), "a");
}

TEST_F(OfficeTest, FactsWithProblemsAreRefusedAllTogether) {
  std::vector<Fact> facts = many_facts(3, "a");
  facts[1].attributes.erase("level");
  facts[2].attributes["parent"] = "nowhere";
  auto recorded = office_->record_facts(kClerk, facts);
  ASSERT_FALSE(recorded.ok());
  EXPECT_EQ(recorded.error().code(), Code::kInvalid);
  EXPECT_EQ(recorded.error().sentence(),
            "division \"d1\", \"level\": it is missing; a fact of kind \"division\" needs it\n"
            "division \"d2\", \"parent\": the division \"nowhere\" is not known here");
  EXPECT_EQ(office_->record_facts({"os:clerk", ""}, many_facts(1, "a")).error().code(),
            Code::kInvalid);
  EXPECT_EQ(ledger_size(), 1u);
}

TEST_F(OfficeTest, ARecordHoldsSoManyFacts) {
  auto last = office_->record_facts(kClerk, many_facts(2 * limits::kMaxRecordFacts + 1, "a"));
  ASSERT_TRUE(last.ok());
  EXPECT_EQ(*last, LedgerIndex(3));
  // 2000 times 2 * 1200 bytes are over half of what a record may have.
  last = office_->record_facts(
      kClerk, many_facts(limits::kMaxRecordFacts, std::string(limits::kMaxNameBytes, '"')));
  ASSERT_TRUE(last.ok()) << last.error().text();
  EXPECT_EQ(*last, LedgerIndex(4));
  EXPECT_TRUE(open().ok());
}

TEST_F(OfficeTest, ADryRunWritesNothingAndNeedsNoReason) {
  RegistryInput input{{some_outlet("a")}, many_facts(2, "a")};
  input.outlets[0].places.clear();
  auto dry = office_->apply_registry({"os:clerk", ""}, input, Office::Run::kDry);
  ASSERT_TRUE(dry.ok());
  EXPECT_EQ(dry->plan.changes.size(), 3u);
  EXPECT_EQ(dry->last, std::nullopt);
  EXPECT_EQ(ledger_size(), 1u);
  auto wet = office_->apply_registry(kClerk, input, Office::Run::kWrite);
  ASSERT_TRUE(wet.ok());
  EXPECT_EQ(wet->last, LedgerIndex(2));
  wet = office_->apply_registry(kClerk, input, Office::Run::kWrite);
  EXPECT_EQ(wet->plan.unchanged, 3u);
  EXPECT_EQ(wet->last, std::nullopt);
  EXPECT_EQ(ledger_size(), 3u);
}

TEST_F(OfficeTest, TheRegistryIsReadWithoutTheOfficesKey) {
  ASSERT_TRUE(office_->record_facts(kClerk, many_facts(2, "a")).ok());
  auto reader = open_sqlite_reader(folder_.path("ledger.db")).value();
  auto state = read_registry(*reader);
  ASSERT_TRUE(state.ok());
  EXPECT_EQ(state->facts.known("division").size(), 2u);
  EXPECT_EQ(read_registry(*reader, key(3).public_key()).error().code(), Code::kDenied);
}

TEST_F(OfficeTest, AnotherOfficeKeyIsRefused) {
  auto opened = open(3);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code(), Code::kDenied);
}

TEST_F(OfficeTest, ARecordThatTheOfficeDidNotSignIsDamage) {
  Json json = to_json({"os:clerk", "forged", some_outlet("a")});
  ASSERT_TRUE(writer_->append(EntryKind::kOffice, encode_record(json, key(3))).ok());
  auto opened = open();
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code(), Code::kCorrupt);
  EXPECT_THAT(opened.error().text(), HasSubstr("entry 1"));
}

TEST_F(OfficeTest, ARecordThatContradictsTheLedgerIsDamage) {
  Json json = to_json({"os:clerk", "twice", some_outlet("a")});
  ASSERT_TRUE(writer_->append(EntryKind::kOffice, encode_record(json, key(1))).ok());
  ASSERT_TRUE(writer_->append(EntryKind::kOffice, encode_record(json, key(1))).ok());
  EXPECT_EQ(open().error().code(), Code::kCorrupt);
}

TEST(OfficeWithoutGenesis, IsNotOpened) {
  testing::PrivateFolder folder;
  ManualClock clock(at("2026-01-05T09:00:00Z"));
  auto writer = open_sqlite_writer(folder.path("ledger.db"), clock, nullptr).value();
  auto reader = open_sqlite_reader(folder.path("ledger.db")).value();
  auto opened = Office::open(*reader, *writer, key(1), clock);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code(), Code::kNotFound);
}

TEST_F(OfficeTest, AViewIsSharedUntilSomethingIsWritten) {
  ASSERT_TRUE(office_->add_outlet(kClerk, some_outlet("a")).ok());
  auto before = office_->view();
  EXPECT_EQ(before, office_->view());
  EXPECT_EQ(before->genesis.network, "test");
  ASSERT_TRUE(office_->add_outlet(kClerk, some_outlet("b")).ok());
  EXPECT_EQ(before->outlets.size(), 1u);
  auto after = office_->view();
  EXPECT_EQ(after->outlets.size(), 2u);
  EXPECT_EQ(office_->add_outlet(kClerk, some_outlet("b")).error().code(), Code::kExists);
  EXPECT_EQ(after, office_->view());
}

TEST_F(OfficeTest, AContentIsWithdrawnByTwoPersons) {
  ContentRedacted redacted{LedgerIndex(0), Hash(), Hash(), "os:second"};
  auto code = [&](const Office::By& by) { return office_->redact(by, redacted).error().code(); };
  EXPECT_EQ(code({"os:clerk", ""}), Code::kInvalid);
  EXPECT_EQ(code(kClerk), Code::kConflict) << "the genesis is no batch";
  for (const char* second : {"", "os:clerk", "clerk", "two\nlines", "\xff"}) {
    redacted.second_person = second;
    EXPECT_EQ(code(kClerk), Code::kInvalid) << second;
  }
  redacted.second_person = "李四";
  redacted.index = LedgerIndex(77);
  EXPECT_EQ(code(kClerk), Code::kNotFound);
  EXPECT_EQ(ledger_size(), 1u);
}

}  // namespace
}  // namespace plumbline
