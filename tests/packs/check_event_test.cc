// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "packs/pack_parts.h"

namespace plumbline {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kEvents = R"(
format: plumbline/events/v1
types:
  visit:
    title: {zh: 走访, en: Visit}
    steps:
      - {id: planned, title: {zh: 计划, en: Planned}}
      - {id: done, title: {zh: 完成, en: Done}, final: true}
    due: until
    fields:
      until: {kind: instant, title: {zh: 限, en: Until}, steps: [planned]}
      topic: {kind: string, title: {zh: 题, en: Topic}, required_in: [planned]}
      county: {kind: code, title: {zh: 县, en: County}, pattern: "32[0-9]{4}"}
      channel: {kind: enum, title: {zh: 道, en: Channel}, values: [web, phone]}
      balance: {kind: integer, title: {zh: 余, en: Balance}}
      share: {kind: decimal, title: {zh: 份, en: Share}}
      paid: {kind: bool, title: {zh: 付, en: Paid}}
      people: {kind: count, title: {zh: 人, en: People}}
      of: {kind: reference, title: {zh: 属, en: Of}}
  training:
    title: {zh: 培训, en: Training}
    fields:
      people: {kind: count, title: {zh: 人, en: People}, required_in: [training]}
)";

const EventCatalog& catalog() {
  static const EventCatalog parsed = [] {
    Problems problems;
    auto out = parse_events("events.yaml", kEvents, problems);
    EXPECT_TRUE(out.has_value()) << problems.text();
    return out.value_or(EventCatalog());
  }();
  return parsed;
}

Field text(std::string name, Kind kind, std::string value) {
  return {std::move(name), {kind, 0, std::move(value)}};
}
Field number(std::string name, Kind kind, std::int64_t value) {
  return {std::move(name), {kind, value, ""}};
}

Event planned(std::vector<Field> fields = {}) {
  Event event{"visit.planned", "V-1", parse_instant("2025-03-01T00:00:00Z").value(), {}};
  fields.push_back(text("topic", Kind::kString, "patents"));
  std::sort(fields.begin(), fields.end(),
            [](const Field& a, const Field& b) { return a.name < b.name; });
  event.fields = std::move(fields);
  return event;
}

// Rule and field of the misfit, "-" where the event fits.
std::string verdict(const Event& event) {
  auto misfit = check_event(catalog(), event);
  if (!misfit) return "-";
  EXPECT_THAT(misfit->sentence, HasSubstr(misfit->field));
  return misfit->rule + " " + misfit->field;
}

TEST(EventCatalog, ResolvesTypesAndSteps) {
  EXPECT_THAT(catalog().event_types(),
              testing::ElementsAre("training", "visit.done", "visit.planned"));
  auto done = catalog().resolve("visit.done");
  ASSERT_TRUE(done);
  EXPECT_EQ(done->type->id, "visit");
  EXPECT_TRUE(done->step->final);
  auto training = catalog().resolve("training");
  ASSERT_TRUE(training);
  EXPECT_EQ(training->step, nullptr);
  for (const char* name : {"visit", "training.training", "visit.", "visit.opened", ".done", "",
                           "visit.done.done", "Visit.done"}) {
    EXPECT_FALSE(catalog().resolve(name)) << name;
  }
  EXPECT_EQ(catalog().type("visit")->due_field, "until");
  EXPECT_EQ(catalog().type("visit")->field("paid")->kind, Kind::kBool);
  EXPECT_EQ(catalog().type("visit")->field("pay"), nullptr);
}

TEST(CheckEvent, AcceptsEveryKind) {
  EXPECT_EQ(
      verdict(planned({number("balance", Kind::kInteger, -5), text("channel", Kind::kEnum, "web"),
                       text("county", Kind::kCode, "320102"), text("of", Kind::kReference, "V-0"),
                       number("paid", Kind::kBool, 1), number("people", Kind::kCount, 0),
                       number("share", Kind::kDecimal, -1),
                       number("until", Kind::kInstant, 1'735'689'600'000)})),
      "-");
  Event training{"training", "T-1", Instant{0}, {number("people", Kind::kCount, 30)}};
  EXPECT_EQ(verdict(training), "-");
}

TEST(CheckEvent, UnknownTypesAndFields) {
  Event event = planned();
  event.type = "visit.plan";
  EXPECT_EQ(verdict(event), "unknown_type ");
  EXPECT_EQ(verdict(planned({text("color", Kind::kString, "red")})), "unknown_field color");
}

TEST(CheckEvent, Subjects) {
  for (std::string subject : {std::string(), std::string(65, 'x'), std::string("\xff"),
                              std::string("a\nb"), std::string("a\0b", 3)}) {
    Event event = planned();
    event.subject = subject;
    EXPECT_EQ(verdict(event), "bad_subject subject") << subject;
  }
  Event event = planned();
  event.subject = std::string(64, 'x');
  EXPECT_EQ(verdict(event), "-");
  event.subject = "101001240734";
  EXPECT_EQ(verdict(event), "-");
  event.subject = "13912345678";
  EXPECT_EQ(verdict(event), "personal_data subject");
}

TEST(CheckEvent, TimesLieInTheYears1900To2199) {
  for (std::int64_t ms :
       {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(),
        parse_instant("1900-01-01T00:00:00Z").value().ms - 1,
        parse_instant("2199-12-31T23:59:59.999Z").value().ms + 1}) {
    Event event = planned();
    event.time = {ms};
    EXPECT_EQ(verdict(event), "out_of_range time") << ms;
    EXPECT_EQ(verdict(planned({number("until", Kind::kInstant, ms)})), "out_of_range until") << ms;
  }
  Event event = planned();
  event.time = parse_instant("1900-01-01T00:00:00Z").value();
  EXPECT_EQ(verdict(event), "-");
  event.time = parse_instant("2199-12-31T23:59:59.999Z").value();
  EXPECT_EQ(verdict(event), "-");
}

TEST(CheckEvent, KindsMustBeThoseOfTheField) {
  EXPECT_EQ(verdict(planned({number("channel", Kind::kInteger, 1)})), "wrong_kind channel");
  EXPECT_EQ(verdict(planned({text("people", Kind::kString, "3")})), "wrong_kind people");
  EXPECT_EQ(verdict(planned({number("people", Kind::kInteger, 3)})), "wrong_kind people");
  EXPECT_EQ(verdict(planned({text("channel", Kind::kString, "web")})), "wrong_kind channel");
  EXPECT_EQ(verdict(planned({number("paid", Kind::kBool, 2)})), "wrong_kind paid");
  EXPECT_EQ(verdict(planned({number("paid", Kind::kBool, -1)})), "wrong_kind paid");
}

TEST(CheckEvent, CountsAreNotNegative) {
  EXPECT_EQ(verdict(planned({number("people", Kind::kCount, -1)})), "negative people");
}

TEST(CheckEvent, StepsDecideWhichFieldsStand) {
  Event done{"visit.done", "V-1", Instant{0}, {number("until", Kind::kInstant, 0)}};
  EXPECT_EQ(verdict(done), "field_not_of_step until");
  done.fields.clear();
  EXPECT_EQ(verdict(done), "-");
  Event without_topic = planned();
  without_topic.fields.clear();
  EXPECT_EQ(verdict(without_topic), "missing_field topic");
  Event training{"training", "T-1", Instant{0}, {}};
  EXPECT_EQ(verdict(training), "missing_field people");
}

TEST(CheckEvent, EnumsAndPatterns) {
  EXPECT_EQ(verdict(planned({text("channel", Kind::kEnum, "fax")})), "not_in_enum channel");
  EXPECT_EQ(verdict(planned({text("channel", Kind::kEnum, "Web")})), "not_in_enum channel");
  EXPECT_EQ(verdict(planned({text("county", Kind::kCode, "330102")})), "pattern county");
  EXPECT_EQ(verdict(planned({text("county", Kind::kCode, "3201021")})), "pattern county");
  auto misfit = check_event(catalog(), planned({text("channel", Kind::kEnum, "fax")}));
  EXPECT_EQ(misfit->sentence, "\"channel\" must be one of web, phone; found \"fax\"");
  EXPECT_EQ(misfit->value, "fax");
}

TEST(CheckEvent, TextsHaveAtMost64CharactersNot64Bytes) {
  std::string wide;
  for (int i = 0; i < 64; ++i) wide += "字";
  Event event = planned();
  event.fields = {text("topic", Kind::kString, wide)};
  EXPECT_EQ(verdict(event), "-");
  event.fields = {text("topic", Kind::kString, wide + "x")};
  EXPECT_EQ(verdict(event), "too_long topic");
}

TEST(CheckEvent, TextsAreTextAndNotEmpty) {
  Event event = planned();
  event.fields = {text("topic", Kind::kString, "\xd6\xd0")};
  EXPECT_EQ(verdict(event), "not_text topic");
  event.fields = {text("topic", Kind::kString, "a\tb")};
  EXPECT_EQ(verdict(event), "not_text topic");
  event.fields = {text("topic", Kind::kString, "")};
  EXPECT_EQ(verdict(event), "empty topic");
}

TEST(CheckEvent, FieldsAreSortedAndStandOnce) {
  Event event = planned();
  event.fields = {text("topic", Kind::kString, "a"), text("topic", Kind::kString, "b")};
  EXPECT_EQ(verdict(event), "repeated_field topic");
  event.fields = {text("topic", Kind::kString, "a"), number("paid", Kind::kBool, 1)};
  EXPECT_EQ(verdict(event), "repeated_field paid");
}

TEST(CheckEvent, PersonalNumbersAreRefusedInEveryTextAndNeverRepeated) {
  const std::string mobile = "13912345678";
  for (Event event :
       {planned({text("of", Kind::kReference, "call " + mobile)}),
        planned({text("county", Kind::kCode, mobile)}),
        planned({text("channel", Kind::kEnum, mobile)}),
        planned({text("color", Kind::kString, mobile)}),
        planned({text("color " + mobile, Kind::kString, "x")}),
        planned({text("people", Kind::kString, mobile)}), Event{mobile, "V-1", Instant{0}, {}}}) {
    auto misfit = check_event(catalog(), event);
    ASSERT_TRUE(misfit);
    EXPECT_THAT(misfit->sentence, Not(HasSubstr("139")));
    EXPECT_THAT(misfit->value, Not(HasSubstr("139")));
    EXPECT_THAT(misfit->field, Not(HasSubstr("139")));
  }
  EXPECT_EQ(verdict(planned({text("county", Kind::kCode, mobile)})), "personal_data county");
  EXPECT_EQ(verdict(planned({text("of", Kind::kReference, "11010519491231002X")})),
            "personal_data of");
}

TEST(CheckEvent, ElevenAndTwelveDigitNumbersThatAreNoMobilePass) {
  for (const char* value : {"101001240734", "10010012407", "139123456789"}) {
    EXPECT_EQ(verdict(planned({text("of", Kind::kReference, value)})), "-") << value;
  }
}

}  // namespace
}  // namespace plumbline
