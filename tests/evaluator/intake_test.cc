// SPDX-License-Identifier: Apache-2.0
#include "evaluator/intake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "evaluator/rebuild.h"
#include "tests/support/evaluator/small_ledger.h"

namespace plumbline {
namespace {

using testing::closed;
using testing::due_field;
using testing::number_field;
using testing::opened;
using testing::small_pack;
using testing::SmallLedger;
using testing::text_field;
using testing::visit;
using testing::word;

struct Checked {
  std::vector<std::string> accepted;  // subjects
  std::vector<std::string> rules;     // of what is set aside, with the sequence
};

Checked check(const std::vector<Event>& events,
              std::string_view recorded = "2015-02-01T00:00:00Z") {
  auto rules = testing::compiled(small_pack());
  BatchHeader header;
  header.first = Sequence(11);
  header.count = static_cast<std::uint32_t>(events.size());
  Content content = decode_content(encode_content(events).value(), header.count).value();
  Intake::Outcome outcome =
      Intake(*rules->pack).check(LedgerIndex(3), testing::at(recorded), header, content);
  Checked checked;
  for (const AcceptedEvent& event : outcome.accepted) {
    checked.accepted.emplace_back(event.subject);
  }
  for (const SetAside& item : outcome.set_aside) {
    EXPECT_EQ(item.entry, LedgerIndex(3));
    EXPECT_FALSE(item.sentence.empty());
    checked.rules.push_back(std::to_string(item.sequence.value) + " " + item.rule);
  }
  return checked;
}

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Intake, SetsAsideOnlyTheEventsThatDoNotFit) {
  Event unknown_type = visit("x1", "2015-01-05T10:00:00Z", 1);
  unknown_type.type = "burglary";
  Event no_step = opened("x2", "2015-01-05T10:00:00Z");
  no_step.type = "request";
  Event missing = visit("x3", "2015-01-05T10:00:00Z", 1);
  missing.fields.clear();
  Checked checked =
      check({visit("v1", "2015-01-05T10:00:00Z", 1), unknown_type, no_step, missing,
             opened("x5", "2015-01-05T10:00:00Z", {text_field("colour", Kind::kString, "red")}),
             opened("x6", "2015-01-05T10:00:00Z", {text_field("channel", Kind::kEnum, "pigeon")}),
             opened("x7", "2015-01-05T10:00:00Z", {text_field("note", Kind::kString, "ABC")}),
             closed("x8", "2015-01-05T10:00:00Z", {text_field("district", Kind::kEnum, "north")}),
             closed("x9", "2015-01-05T10:00:00Z", {number_field("items", Kind::kCount, -1)}),
             opened("v2", "2015-01-05T10:00:00Z", {text_field("channel", Kind::kEnum, "web")})});
  EXPECT_THAT(checked.accepted, ElementsAre("v1", "v2"));
  EXPECT_THAT(checked.rules, ElementsAre("12 unknown_type", "13 unknown_type", "14 missing_field",
                                         "15 unknown_field", "16 not_in_enum", "17 pattern",
                                         "18 field_not_of_step", "19 negative"));
}

TEST(Intake, AValueOfTheWrongKindIsSetAside) {
  Event wrong = visit("x1", "2015-01-05T10:00:00Z", 1);
  wrong.fields[0] = text_field("people", Kind::kString, "one");
  Event other = opened("r1", "2015-01-05T10:00:00Z");
  Checked checked = check({wrong, other});
  EXPECT_THAT(checked.accepted, ElementsAre("r1"));
  EXPECT_THAT(checked.rules, ElementsAre("11 wrong_kind"));
}

TEST(Intake, PersonalDataIsSetAsideWhereverItStands) {
  Checked checked = check({opened("13812345678", "2015-01-05T10:00:00Z"),
                           opened("101001240734", "2015-01-05T10:00:00Z"),
                           opened("23812345678", "2015-01-05T10:00:00Z")});
  EXPECT_THAT(checked.accepted, ElementsAre("101001240734", "23812345678"));
  EXPECT_THAT(checked.rules, ElementsAre("11 personal_data"));
}

TEST(Intake, TheFutureBeginsBehindWhatThePackAllows) {
  // max_future is 60 days.
  Checked checked =
      check({visit("v1", "2015-04-02T00:00:00Z", 1), visit("v2", "2015-04-02T00:00:00.001Z", 1),
             visit("v3", "2025-01-01T00:00:00Z", 1)});
  EXPECT_THAT(checked.accepted, ElementsAre("v1"));
  EXPECT_THAT(checked.rules, ElementsAre("12 future", "13 future"));
}

TEST(Intake, KeepsTheOrderOfTheSequenceAcrossTypes) {
  Checked checked =
      check({visit("v1", "2015-01-05T10:00:00Z", 1), opened("r1", "2015-01-05T10:00:00Z"),
             visit("v2", "2015-01-05T10:00:00Z", 1), closed("r1", "2015-01-05T10:00:00Z")});
  EXPECT_THAT(checked.accepted, ElementsAre("v1", "r1", "v2", "r1"));
}

TEST(Intake, FieldsArriveByTheirPositionInTheType) {
  auto rules = testing::compiled(small_pack());
  std::vector<Event> events = {
      opened("r1", "2015-01-05T10:00:00Z"),
      opened("r2", "2015-01-05T10:00:00Z",
             {due_field("2015-01-09T00:00:00Z"), text_field("channel", Kind::kEnum, "app")})};
  BatchHeader header;
  header.first = Sequence(1);
  header.count = 2;
  Content content = decode_content(encode_content(events).value(), 2).value();
  Intake::Outcome outcome =
      Intake(*rules->pack)
          .check(LedgerIndex(3), testing::at("2015-02-01T00:00:00Z"), header, content);
  ASSERT_EQ(outcome.accepted.size(), 2u);
  EXPECT_THAT(outcome.accepted[0].fields, IsEmpty());
  const TypeSpec& type = rules->pack->events.types[outcome.accepted[1].type];
  EXPECT_EQ(type.id, "request");
  ASSERT_EQ(outcome.accepted[1].fields.size(), 2u);
  for (const FieldValue& field : outcome.accepted[1].fields) {
    const std::string& name = type.fields[field.field].name;
    if (name == "channel") {
      EXPECT_EQ(field.value.text, "app");
    } else {
      EXPECT_EQ(name, "due");
      EXPECT_EQ(field.value.number, testing::at("2015-01-09T00:00:00Z").ms);
    }
  }
}

// Events with every kind of fault in any mixture: the columns must say of each what check_event
// says of it alone.
TEST(Intake, AgreesWithCheckingEachEventAlone) {
  auto rules = testing::compiled(small_pack());
  std::mt19937_64 random(20150101);
  auto pick = [&](std::initializer_list<const char*> words) {
    return std::string(*(words.begin() + static_cast<long>(random() % words.size())));
  };
  for (int round = 0; round < 60; ++round) {
    std::vector<Event> events;
    for (int i = 0; i < 30; ++i) {
      Event event;
      event.type = pick({"request.opened", "request.closed", "visit", "request", "other"});
      event.subject = pick({"a", "13912345678", "k-2", "\xE7\xBD\x91", "has space"});
      event.time = testing::at(pick({"2015-01-05T10:00:00Z", "2199-01-01T00:00:00Z"}));
      if (random() % 3 == 0)
        event.fields.push_back(text_field("channel", Kind::kEnum, pick({"web", "app", "fax"})));
      if (random() % 3 == 0) event.fields.push_back(text_field("district", Kind::kEnum, "north"));
      if (random() % 3 == 0) {
        event.fields.push_back(
            number_field("due", round % 5 == 0 ? Kind::kInteger : Kind::kInstant,
                         testing::at(pick({"2015-01-05T10:00:00Z", "2199-12-31T00:00:00Z"})).ms));
      }
      if (random() % 2 == 0) {
        event.fields.push_back(
            number_field("items", Kind::kCount, static_cast<std::int64_t>(random() % 4) - 1));
      }
      if (random() % 3 == 0)
        event.fields.push_back(text_field("note", Kind::kString, pick({"abc", "x1", "z"})));
      if (random() % 2 == 0) event.fields.push_back(number_field("people", Kind::kInteger, 3));
      events.push_back(std::move(event));
    }
    std::vector<std::string> accepted;
    std::vector<std::string> set_aside;
    for (std::size_t i = 0; i < events.size(); ++i) {
      std::optional<Misfit> misfit = check_event(rules->pack->events, events[i]);
      bool future = events[i].time > testing::at("2015-04-02T00:00:00Z");
      if (!misfit && !future) {
        accepted.push_back(events[i].subject);
      } else {
        set_aside.push_back(std::to_string(11 + i) + " " + (misfit ? misfit->rule : "future"));
      }
    }
    Checked checked = check(events);
    ASSERT_EQ(checked.accepted, accepted);
    ASSERT_EQ(checked.rules, set_aside);
  }
}

TEST(Intake, HostileBatchesAreCountedWhereTheFiguresStand) {
  SmallLedger ledger;
  ledger.activate(small_pack(), true);
  ledger.add_outlet("a", "c1");
  ledger.add_outlet("b", "c2");
  std::size_t stream = ledger.enroll("a");
  Event unknown = visit("x1", "2015-01-01T10:00:00Z", 1);
  unknown.type = "burglary";
  ledger.batch(stream, {unknown, visit("v1", "2015-01-01T10:00:00Z", 4)});
  LedgerIndex broken = ledger.hostile(stream, "this is no content", 500);
  LedgerIndex gone = ledger.batch(stream, {visit("v2", "2015-01-01T10:00:00Z", 4)});
  ledger.withdraw(gone);
  Engine engine;
  for (const StoredEntry& entry : ledger.entries()) ASSERT_TRUE(engine.apply(entry).ok());
  ASSERT_TRUE(engine.advance(testing::at("2015-02-10T00:00:00Z")).ok());
  std::string expected =
      R"({"count":502,"rules":[{"count":500,"rule":"undecodable"},{"count":1,"rule":)"
      R"("unknown_type"},{"count":1,"rule":"withdrawn"}]})";
  auto rows = engine.rows();
  EXPECT_EQ(word(testing::body_of(rows, "outlet", "a", "2015-01"), "set_aside"), expected);
  EXPECT_EQ(word(testing::body_of(rows, "outlet", "a", "2015"), "set_aside"), expected);
  EXPECT_EQ(word(testing::body_of(rows, "network", "ALL", "2015-01"), "set_aside"), expected);
  EXPECT_EQ(word(testing::body_of(rows, "outlet", "b", "2015-01"), "set_aside"),
            R"({"count":0,"rules":[]})");
  EXPECT_EQ(engine.counters().set_aside, 502u);
  EXPECT_EQ(engine.counters().events, 503u);
  EXPECT_EQ(engine.counters().folded, 1u);
  const auto& listed = engine.newest()->set_aside(OutletId::parse("a").value());
  ASSERT_EQ(listed.size(), 3u);
  EXPECT_EQ(listed[1].entry, broken);
  EXPECT_EQ(listed[1].sequence, Sequence(3));
  EXPECT_EQ(listed[1].count, 500u);
}

TEST(Intake, TheListIsBoundedAndTheCountIsNot) {
  SmallLedger ledger;
  ledger.activate(small_pack(), true);
  ledger.add_outlet("a", "c1");
  std::size_t stream = ledger.enroll("a");
  Event unknown = visit("x1", "2015-01-01T10:00:00Z", 1);
  unknown.type = "burglary";
  ledger.batch(stream, std::vector<Event>(1200, unknown));
  Engine engine;
  for (const StoredEntry& entry : ledger.entries()) ASSERT_TRUE(engine.apply(entry).ok());
  ASSERT_TRUE(engine.advance(testing::at("2015-02-10T00:00:00Z")).ok());
  const auto& listed = engine.newest()->set_aside(OutletId::parse("a").value());
  EXPECT_EQ(listed.size(), 1000u);
  EXPECT_EQ(listed.back().sequence, Sequence(1200));
  EXPECT_EQ(engine.counters().set_aside, 1200u);
}

// late_after of 3 days, back_dated_after of 10.
const testing::Replace kLimits = {
    "pack.yaml", "max_future: 60d\n",
    "max_future: 60d\n"
    "late_after: {limit: 3d, basis: chosen for the test, basis_kind: proposal}\n"
    "back_dated_after: {limit: 10d, basis: chosen for the test, basis_kind: proposal}\n"};

TimeFlags flags_of(const PackFiles& files, std::string_view time, std::string_view recorded,
                   std::string_view sealed) {
  auto rules = testing::compiled(files);
  return Intake(*rules->pack)
      .flags_of(testing::at(time), testing::at(recorded), testing::at(sealed));
}

TEST(TimeFlags, BeginBehindThePacksLimits) {
  PackFiles files = small_pack({kLimits});
  const char* kTime = "2015-01-05T10:00:00Z";
  const char* kThree = "2015-01-08T10:00:00Z";
  const char* kTen = "2015-01-15T10:00:00Z";
  EXPECT_EQ(flags_of(files, kTime, kThree, kThree), TimeFlags());
  EXPECT_EQ(flags_of(files, kTime, "2015-01-08T10:00:00.001Z", kThree), (TimeFlags{true, false}));
  EXPECT_EQ(flags_of(files, kTime, kTen, kTen), (TimeFlags{true, false}));
  EXPECT_EQ(flags_of(files, kTime, "2015-01-15T10:00:00.001Z", "2015-01-15T10:00:00.001Z"),
            (TimeFlags{true, true}));
  // Sealed in time and held by an outage: late, but entered when it happened.
  EXPECT_EQ(flags_of(files, kTime, "2015-03-01T00:00:00Z", kTime), (TimeFlags{true, false}));
  // An agent's clock that is years ahead makes nothing back-dated that has just been recorded.
  EXPECT_EQ(flags_of(files, kTime, kThree, "2035-01-01T00:00:00Z"), TimeFlags());
  // One that stands years back hides the second flag, not the first.
  EXPECT_EQ(flags_of(files, kTime, "2015-03-01T00:00:00Z", "1990-01-01T00:00:00Z"),
            (TimeFlags{true, false}));
}

TEST(TimeFlags, WithoutALimitNothingIsSaid) {
  EXPECT_EQ(flags_of(small_pack(), "2000-01-01T00:00:00Z", "2015-01-01T00:00:00Z",
                     "2015-01-01T00:00:00Z"),
            TimeFlags());
  SmallLedger ledger;
  ledger.activate(small_pack(), true);
  ledger.add_outlet("a", "c1");
  ledger.batch(ledger.enroll_live("a"), {visit("v1", "2014-01-01T10:00:00Z", 4)});
  Rebuilt built = rebuild(ledger, ledger.length(), testing::at("2015-02-10T00:00:00Z")).value();
  EXPECT_EQ(word(testing::body_of(built.rows, "outlet", "a", "2015-01"), "flags"), "absent");
}

TEST(TimeFlags, AreCountedWhereTheEventsAre) {
  SmallLedger ledger;
  ledger.activate(small_pack({kLimits}), true);
  ledger.add_outlet("a", "c1");
  ledger.add_outlet("b", "c1");
  std::size_t live = ledger.enroll_live("a");
  std::size_t imported = ledger.enroll("b");
  ledger.now = testing::at("2015-02-02T00:00:00Z");
  std::vector<Event> events = {visit("v1", "2015-01-05T10:00:00Z", 4),
                               visit("v2", "2015-01-28T10:00:00Z", 4),
                               visit("v3", "2015-02-01T10:00:00Z", 4)};
  ledger.batch(live, events);
  ledger.batch(imported, events);
  Engine engine;
  for (const StoredEntry& entry : ledger.entries()) ASSERT_TRUE(engine.apply(entry).ok());
  ASSERT_TRUE(engine.advance(testing::at("2015-02-10T00:00:00Z")).ok());
  auto rows = engine.rows();
  auto flags = [&](const std::string& level, const std::string& unit, const std::string& period) {
    return word(testing::body_of(rows, level, unit, period), "flags");
  };
  EXPECT_EQ(flags("outlet", "a", "2015-01"), R"({"back_dated":1,"late":2})");
  EXPECT_EQ(flags("outlet", "a", "2015-02"), R"({"back_dated":0,"late":0})");
  EXPECT_EQ(flags("outlet", "a", "2015"), R"({"back_dated":1,"late":2})");
  EXPECT_EQ(flags("outlet", "b", "2015"), R"({"back_dated":0,"late":0})") << "an import";
  EXPECT_EQ(flags("network", "ALL", "2015"), R"({"back_dated":1,"late":2})");
  // They count in every figure, at the time they say.
  EXPECT_EQ(word(testing::body_of(rows, "outlet", "a", "2015-01"), "events"), "2");
  EXPECT_EQ(engine.counters().set_aside, 0u);
}

}  // namespace
}  // namespace plumbline
