// SPDX-License-Identifier: Apache-2.0
// What corrections and voids do to cases and results, and the events of a case that come in an
// order that no office would write: docs/formats/results.md.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "evaluator/engine.h"
#include "evaluator/ledger_view.h"
#include "evaluator/rebuild.h"
#include "tests/support/evaluator/small_ledger.h"

namespace plumbline {
namespace {

using testing::body_of;
using testing::Borrowed;
using testing::closed;
using testing::due_field;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::indicator_of;
using ::testing::IsEmpty;
using testing::number_field;
using testing::opened;
using testing::small_pack;
using testing::SmallLedger;
using testing::text_field;
using testing::visit;
using testing::word;

class AmendmentTest : public ::testing::Test {
 protected:
  AmendmentTest() {
    ledger_.activate(small_pack(), true);
    ledger_.add_outlet("a", "c1");
    a_ = ledger_.enroll("a");
  }

  Json body(std::string_view as_of = "2015-03-01T00:00:00Z", const std::string& period = "2015") {
    Rebuilt built = rebuild(ledger_, ledger_.length(), testing::at(as_of)).value();
    counters_ = built.counters;
    return body_of(built.rows, "outlet", "a", period);
  }
  std::string figure(const Json& of, const std::string& id, const char* what = "value") {
    return word(indicator_of(of, id), what);
  }
  std::vector<std::string> set_aside_rules() {
    std::vector<std::string> rules;
    Json whole = body();
    for (const Json& rule : whole.find("set_aside")->find("rules")->as_array()) {
      rules.push_back(word(rule, "rule") + " " + word(rule, "count"));
    }
    return rules;
  }
  Json case_of(const std::string& type, const std::string& subject,
               std::string_view as_of = "2015-03-01T00:00:00Z") {
    auto view = make_ledger_view([this]() -> Result<std::unique_ptr<LedgerReader>> {
      return std::unique_ptr<LedgerReader>(std::make_unique<Borrowed>(ledger_));
    });
    CaseQuery query;
    query.outlet = OutletId::parse("a").value();
    query.type = type;
    query.subject = subject;
    Json answer = view->cases(query, ledger_.length(), testing::at(as_of)).value();
    return answer.find("cases")->as_array().at(0);
  }

  SmallLedger ledger_;
  std::size_t a_ = 0;
  FoldCounters counters_;
};

const Json& event_of(const Json& item, std::size_t index) {
  return item.find("events")->as_array().at(index);
}

TEST_F(AmendmentTest, AVoidedEventCountsAsIfItHadNotBeenReported) {
  Event wrong = visit("v1", "2015-01-05T10:00:00Z", 40);
  ledger_.batch(a_, {wrong, visit("v2", "2015-01-06T10:00:00Z", 3)});
  ledger_.batch(a_, {ledger_.voids(a_, wrong, 1, "2015-01-08T00:00:00Z")});
  Json before = body("2015-01-07T00:00:00Z");
  EXPECT_EQ(figure(before, "people"), "43") << "as-of has not reached the void";
  EXPECT_EQ(before.find("amended"), nullptr);
  Json after = body();
  EXPECT_EQ(figure(after, "people"), "3");
  EXPECT_EQ(word(after, "events"), "1");
  EXPECT_EQ(word(*after.find("amended"), "voided"), "1");
  EXPECT_EQ(word(*after.find("amended"), "corrected"), "0");
  EXPECT_EQ(counters_.events, counters_.folded + counters_.pending + counters_.set_aside);
}

TEST_F(AmendmentTest, BothStayListedWithTheReason) {
  Event wrong = visit("v1", "2015-01-05T10:00:00Z", 40);
  ledger_.batch(a_, {wrong});
  LedgerIndex second = ledger_.batch(a_, {ledger_.voids(a_, wrong, 1, "2015-01-08T00:00:00Z")});
  Json item = case_of("visit", "v1");
  EXPECT_EQ(word(item, "state"), "void");
  EXPECT_EQ(word(item, "opened"), "2015-01-05T10:00:00Z");
  EXPECT_TRUE(event_of(item, 0).find("voided")->as_bool());
  const Json& said = event_of(item, 0).find("amendments")->as_array().at(0);
  EXPECT_EQ(word(said, "kind"), "void");
  EXPECT_EQ(word(said, "reason"), "entered twice");
  EXPECT_EQ(word(said, "entry"), std::to_string(second.value));
  EXPECT_EQ(word(said, "sequence"), "2");
  Json earlier = case_of("visit", "v1", "2015-01-07T00:00:00Z");
  EXPECT_EQ(word(earlier, "state"), "closed");
  EXPECT_THAT(event_of(earlier, 0).find("amendments")->as_array(), IsEmpty());
}

TEST_F(AmendmentTest, ACorrectedEventCountsWithItsNewFields) {
  Event first = opened("r1", "2015-01-05T10:00:00Z",
                       {due_field("2015-01-06T00:00:00Z"), text_field("note", Kind::kString, "x")});
  ledger_.batch(a_, {first, closed("r1", "2015-01-07T00:00:00Z")});
  EXPECT_EQ(figure(body(), "on_time", "numerator"), "0");
  ledger_.batch(a_, {ledger_.corrects(a_, first, 1, "2015-01-09T00:00:00Z",
                                      {due_field("2015-01-08T00:00:00Z")})});
  Json after = body();
  EXPECT_EQ(figure(after, "on_time", "numerator"), "1");
  EXPECT_EQ(figure(after, "notes"), "1") << "what is not corrected stays";
  EXPECT_EQ(word(after, "events"), "2");
  EXPECT_EQ(word(*after.find("amended"), "corrected"), "1");
  Json item = case_of("request", "r1");
  EXPECT_EQ(event_of(item, 0).find("fields")->as_array().size(), 2u) << "as it was reported";
  const Json& said = event_of(item, 0).find("amendments")->as_array().at(0);
  EXPECT_EQ(word(*said.find("fields")->as_array().at(0).find("text"), "en"), "2015-01-07 19:00");
}

TEST_F(AmendmentTest, TheLaterOfTwoCorrectionsStands) {
  Event first = visit("v1", "2015-01-05T10:00:00Z", 1);
  ledger_.batch(a_, {first});
  for (std::int64_t people : {20, 30}) {
    ledger_.batch(a_, {ledger_.corrects(a_, first, 1, "2015-01-09T00:00:00Z",
                                        {number_field("people", Kind::kInteger, people)})});
  }
  Json after = body();
  EXPECT_EQ(figure(after, "people"), "30");
  EXPECT_EQ(word(*after.find("amended"), "corrected"), "1") << "one event is corrected";
  EXPECT_EQ(word(after, "duplicates"), "0");
}

TEST_F(AmendmentTest, ASecondVoidIsADuplicateAndListed) {
  Event wrong = visit("v1", "2015-01-05T10:00:00Z", 40);
  ledger_.batch(a_, {wrong, ledger_.voids(a_, wrong, 1, "2015-01-08T00:00:00Z"),
                     ledger_.voids(a_, wrong, 1, "2015-01-08T00:00:00Z"),
                     ledger_.corrects(a_, wrong, 1, "2015-01-08T00:00:00Z",
                                      {number_field("people", Kind::kInteger, 2)})});
  Json after = body();
  EXPECT_EQ(word(after, "duplicates"), "2") << "a correction of what is void gives nothing either";
  EXPECT_EQ(word(*after.find("amended"), "voided"), "1");
  EXPECT_EQ(figure(after, "people", "n"), "0");
  Json item = case_of("visit", "v1");
  const Json::Array& said = event_of(item, 0).find("amendments")->as_array();
  ASSERT_EQ(said.size(), 3u);
  EXPECT_FALSE(said[0].find("duplicate")->as_bool());
  EXPECT_TRUE(said[1].find("duplicate")->as_bool());
  EXPECT_TRUE(said[2].find("duplicate")->as_bool());
}

TEST_F(AmendmentTest, AnAmendmentOfAnUnknownEventIsSetAside) {
  Event known = visit("v1", "2015-01-05T10:00:00Z", 40);
  Event unknown_type = known;
  unknown_type.type = "visit.gone";
  Event other = visit("v2", "2015-01-05T10:00:00Z", 40);
  Event no_pack_event = visit("v3", "2015-01-05T10:00:00Z", 1);
  no_pack_event.fields.clear();
  auto people = [](std::int64_t n) {
    return std::vector<Field>{number_field("people", Kind::kInteger, n)};
  };
  ledger_.batch(
      a_, {known, no_pack_event, ledger_.corrects(a_, known, 77, "2015-01-08T00:00:00Z", people(1)),
           ledger_.corrects(a_, other, 1, "2015-01-08T00:00:00Z", people(1)),
           ledger_.voids(a_, no_pack_event, 2, "2015-01-08T00:00:00Z"),
           ledger_.voids(a_, unknown_type, 1, "2015-01-08T00:00:00Z"),
           ledger_.voids(a_, known, 8, "2015-01-08T00:00:00Z"),
           ledger_.voids(a_, visit("v4", "2015-01-05T10:00:00Z", 1), 9, "2015-01-08T00:00:00Z"),
           visit("v4", "2015-01-05T10:00:00Z", 1)});
  EXPECT_THAT(set_aside_rules(),
              ElementsAre("missing_field 1", "unknown_target 5", "unknown_type 1"));
  EXPECT_EQ(figure(body(), "people"), "41") << "nothing can be amended before it is reported";
  EXPECT_EQ(counters_.events, counters_.folded + counters_.pending + counters_.set_aside);
}

TEST_F(AmendmentTest, OnlyTheStreamThatReportedAnEventAmendsIt) {
  std::size_t second = ledger_.enroll("a");
  Event known = visit("v1", "2015-01-05T10:00:00Z", 40);
  ledger_.batch(a_, {known});
  // The name of the other stream, and its own stream's name for an event that the other reported.
  ledger_.batch(second, {visit("v2", "2015-01-05T10:00:00Z", 2),
                         ledger_.voids(a_, known, 1, "2015-01-08T00:00:00Z"),
                         ledger_.voids(second, known, 1, "2015-01-08T00:00:00Z")});
  EXPECT_THAT(set_aside_rules(), ElementsAre("other_stream 1", "unknown_target 1"));
  EXPECT_EQ(figure(body(), "people"), "42");
}

TEST_F(AmendmentTest, AnAmendmentKeepsTheRulesOfItsType) {
  Event known = opened("r1", "2015-01-05T10:00:00Z");
  const char* when = "2015-01-08T00:00:00Z";
  auto corrected = [&](std::vector<Field> fields) {
    return ledger_.corrects(a_, known, 1, when, std::move(fields));
  };
  Event no_reason = ledger_.voids(a_, known, 1, when);
  std::erase_if(no_reason.fields, [](const Field& field) { return field.name == "reason"; });
  Event number = ledger_.voids(a_, known, 1, when);
  number.fields[1].value.text = "13812345678 called";
  Event surplus = ledger_.voids(a_, known, 1, when);
  surplus.fields.push_back(text_field("why", Kind::kString, "so"));
  Event stream = ledger_.voids(a_, known, 1, when);
  stream.fields[3].value.text = "this one";
  Event zero = ledger_.voids(a_, known, 0, when);
  ledger_.batch(a_, {known, corrected({text_field("channel", Kind::kEnum, "pigeon")}),
                     corrected({text_field("colour", Kind::kString, "red")}),
                     corrected({number_field("due", Kind::kInteger, 1)}),
                     corrected({text_field("note", Kind::kString, "ABC")}), corrected({}),
                     ledger_.voids(a_, known, 1, "2016-01-08T00:00:00Z"), no_reason, number,
                     surplus, stream, zero});
  EXPECT_THAT(set_aside_rules(),
              ElementsAre("future 1", "missing_field 2", "not_in_enum 1", "out_of_range 1",
                          "pattern 2", "personal_data 1", "unknown_field 2", "wrong_kind 1"));
  EXPECT_EQ(body().find("amended"), nullptr);
}

TEST_F(AmendmentTest, ACaseTakesAHundredAmendments) {
  Event known = visit("v1", "2015-01-05T10:00:00Z", 1);
  ledger_.batch(a_, {known});
  std::vector<Event> many;
  for (std::int64_t i = 1; i <= 105; ++i) {
    many.push_back(ledger_.corrects(a_, known, 1, "2015-01-08T00:00:00Z",
                                    {number_field("people", Kind::kInteger, i)}));
  }
  ledger_.batch(a_, many);
  EXPECT_EQ(figure(body(), "people"), "100");
  EXPECT_THAT(set_aside_rules(), ElementsAre("too_many_amendments 5"));
}

TEST_F(AmendmentTest, TheRepeatOfAVoidedStepStands) {
  Event wrong = opened("r1", "2015-01-05T10:00:00Z", {text_field("channel", Kind::kEnum, "web")});
  ledger_.batch(
      a_, {wrong, opened("r1", "2015-02-06T10:00:00Z"), closed("r1", "2015-02-06T12:00:00Z")});
  EXPECT_EQ(word(body(), "duplicates"), "1");
  EXPECT_EQ(figure(body("2015-03-01T00:00:00Z", "2015-01"), "opened"), "1");
  ledger_.batch(a_, {ledger_.voids(a_, wrong, 1, "2015-02-08T00:00:00Z")});
  EXPECT_EQ(word(body(), "duplicates"), "0");
  EXPECT_EQ(figure(body("2015-03-01T00:00:00Z", "2015-01"), "opened"), "0");
  EXPECT_EQ(figure(body("2015-03-01T00:00:00Z", "2015-02"), "opened"), "1");
  EXPECT_EQ(figure(body(), "hours"), "2.0000");
}

TEST_F(AmendmentTest, ACaseWhoseClosingIsVoidedReopensAndIsOverdue) {
  Event end = closed("r1", "2015-01-06T00:00:00Z");
  ledger_.batch(a_,
                {opened("r1", "2015-01-05T10:00:00Z", {due_field("2015-01-07T00:00:00Z")}), end});
  EXPECT_EQ(figure(body(), "on_time", "numerator"), "1");
  EXPECT_EQ(counters_.closed, 1u);
  ledger_.batch(a_, {ledger_.voids(a_, end, 2, "2015-01-08T00:00:00Z")});
  Json after = body();
  EXPECT_EQ(figure(after, "on_time", "numerator"), "0");
  EXPECT_EQ(figure(after, "on_time", "n"), "1") << "it is overdue, and stands against the line";
  EXPECT_EQ(counters_.closed, 0u);
  EXPECT_EQ(counters_.overdue, 1u);
  ledger_.batch(a_, {closed("r1", "2015-01-09T00:00:00Z")});
  EXPECT_EQ(figure(body(), "on_time", "numerator"), "0");
  EXPECT_EQ(counters_.closed, 1u);
}

TEST_F(AmendmentTest, AVoidOfAllMakesTheOutletOneThatDidNotReport) {
  Event only = visit("v1", "2015-01-05T10:00:00Z", 1);
  ledger_.batch(a_, {only});
  EXPECT_NE(word(body(), "verdict"), "not_reported");
  ledger_.batch(a_, {ledger_.voids(a_, only, 1, "2015-01-08T00:00:00Z")});
  EXPECT_EQ(word(body(), "verdict"), "not_reported");
}

TEST_F(AmendmentTest, AWithdrawnVoidGivesTheEventBack) {
  Event only = visit("v1", "2015-01-05T10:00:00Z", 7);
  ledger_.batch(a_, {only});
  LedgerIndex batch = ledger_.batch(a_, {ledger_.voids(a_, only, 1, "2015-01-08T00:00:00Z")});
  ledger_.record({"os:clerk", "a name in it", ContentRedacted{batch, Hash(), Hash(), "os:b"}});
  Json after = body();
  EXPECT_EQ(figure(after, "people"), "7");
  EXPECT_THAT(set_aside_rules(), ElementsAre("withdrawn 1"));
}

TEST_F(AmendmentTest, AClosingBeforeItsOpeningCountsWhereItsOwnInstantDecides) {
  ledger_.batch(a_, {closed("r1", "2015-01-04T00:00:00Z"),
                     opened("r1", "2015-01-05T00:00:00Z", {due_field("2015-01-07T00:00:00Z")})});
  Json now = body();
  EXPECT_EQ(figure(now, "opened"), "1");
  EXPECT_EQ(figure(now, "on_time", "numerator"), "1") << "closed before due is in time";
  EXPECT_EQ(figure(now, "hours", "n"), "0") << "no length: the rule asks for closed >= opened";
  EXPECT_EQ(counters_.closed, 1u);
}

TEST_F(AmendmentTest, AStepOfACaseThatNeverWasIsListedAndDatedByNothing) {
  // As a rating of a consultation that nobody opened would be.
  ledger_.batch(
      a_, {closed("r1", "2015-01-04T00:00:00Z", {number_field("fee", Kind::kDecimal, 5'000'000)})});
  Json now = body();
  EXPECT_EQ(figure(now, "opened", "n"), "0");
  EXPECT_EQ(figure(now, "on_time", "n"), "0");
  EXPECT_EQ(figure(now, "fees"), "5.00") << "dated by the closing itself";
  EXPECT_EQ(word(now, "events"), "1");
  EXPECT_EQ(word(case_of("request", "r1"), "state"), "closed");
}

TEST_F(AmendmentTest, TheListOfAmendedCasesHoldsThoseAlone) {
  Event wrong = visit("v1", "2015-01-05T10:00:00Z", 40);
  ledger_.batch(a_, {wrong, visit("v2", "2015-01-06T10:00:00Z", 3)});
  ledger_.batch(a_, {ledger_.voids(a_, wrong, 1, "2015-01-08T00:00:00Z")});
  auto view = make_ledger_view([this]() -> Result<std::unique_ptr<LedgerReader>> {
    return std::unique_ptr<LedgerReader>(std::make_unique<Borrowed>(ledger_));
  });
  CaseQuery query;
  query.outlet = OutletId::parse("a").value();
  query.state = "amended";
  auto total = [&](std::string_view as_of) {
    return word(view->cases(query, ledger_.length(), testing::at(as_of)).value(), "total");
  };
  EXPECT_EQ(total("2015-01-07T00:00:00Z"), "0");
  EXPECT_EQ(total("2015-03-01T00:00:00Z"), "1");
}

}  // namespace
}  // namespace plumbline
