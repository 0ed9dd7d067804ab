// SPDX-License-Identifier: Apache-2.0
#include "agents/emit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/support/agents/desk.h"

namespace plumbline {
namespace {

using testing::Desk;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::opened;

class EmitTest : public ::testing::Test {
 protected:
  ParsedSubmission parse(const std::string& line) {
    return parse_emit_line(line, desk_.pack.events, "local");
  }
  Submission good(const std::string& line) {
    ParsedSubmission parsed = parse(line);
    if (auto* refusal = std::get_if<Refusal>(&parsed.result)) {
      ADD_FAILURE() << refusal->sentence;
      return {};
    }
    return std::get<Submission>(parsed.result);
  }
  Refusal bad(const std::string& line) {
    ParsedSubmission parsed = parse(line);
    if (auto* refusal = std::get_if<Refusal>(&parsed.result)) return *refusal;
    Spool spool = desk_.open();
    Intake intake(desk_.parts(spool), {});
    auto refusal = intake.check(std::get<Submission>(parsed.result));
    if (refusal) return *refusal;
    ADD_FAILURE() << "taken: " << line;
    return {};
  }
  static std::string event(const std::string& fields, const std::string& subject = "C-1") {
    return R"({"type":"consultation.opened","subject":")" + subject +
           R"(","time":"2025-02-28T10:00:00+08:00","fields":{)" + fields + "}}";
  }

  Desk desk_;
};

TEST_F(EmitTest, EveryKindIsReadFromJson) {
  Submission submission = good(
      event(R"("channel":"phone","topic":"专利检索","due":"2025-03-03T16:00:00Z","minutes":12,)"
            R"("change":-3,"fee":"12.50","free":true)"));
  EXPECT_EQ(submission.event.type, "consultation.opened");
  EXPECT_EQ(submission.event.time, parse_instant("2025-02-28T02:00:00Z").value());
  std::vector<Field> expected = {
      {"change", {Kind::kInteger, -3, ""}},
      {"channel", {Kind::kEnum, 0, "phone"}},
      {"due", {Kind::kInstant, parse_instant("2025-03-03T16:00:00Z").value().ms, ""}},
      {"fee", {Kind::kDecimal, 12'500'000, ""}},
      {"free", {Kind::kBool, 1, ""}},
      {"minutes", {Kind::kCount, 12, ""}},
      {"topic", {Kind::kString, 0, "专利检索"}},
  };
  EXPECT_EQ(submission.event.fields, expected);
  Spool spool = desk_.open();
  EXPECT_FALSE(Intake(desk_.parts(spool), {}).check(submission).has_value());
}

TEST_F(EmitTest, IdAndSourceHaveDefaults) {
  Submission submission = good(event(""));
  EXPECT_EQ(submission.id, "consultation.opened/C-1");
  EXPECT_EQ(submission.source, "local");
  submission = good(R"({"type":"training","subject":"T","time":"2025-02-28T10:00:00Z",)"
                    R"("id":"7","source":"hall"})");
  EXPECT_EQ(submission.id, "7");
  EXPECT_EQ(submission.source, "hall");
}

TEST_F(EmitTest, EveryWrongLineNamesFieldRuleAndValue) {
  struct Case {
    std::string line, rule, field, value;
  };
  const Case cases[] = {
      {"", "not_json", "", ""},
      {"{\"type\":", "not_json", "", ""},
      {"[1]", "not_json", "", ""},
      {event(R"("fee":1.5)"), "not_json", "", ""},
      {event(R"("minutes":1,"minutes":2)"), "not_json", "", ""},
      {R"({"type":"training","subject":"T","time":"2025-02-28T10:00:00Z","colour":"red"})",
       "unknown_key", "colour", ""},
      {R"({"subject":"T","time":"2025-02-28T10:00:00Z"})", "missing", "type", ""},
      {R"({"type":"training","time":"2025-02-28T10:00:00Z"})", "missing", "subject", ""},
      {R"({"type":"training","subject":"T"})", "missing", "time", ""},
      {R"({"type":"training","subject":5,"time":"2025-02-28T10:00:00Z"})", "wrong_kind", "subject",
       "5"},
      {R"({"type":"training","subject":"T","time":"yesterday"})", "bad_time", "time", "yesterday"},
      {R"({"type":"training","subject":"T","time":"2025-02-28T10:00:00Z","fields":[]})",
       "wrong_kind", "fields", "[]"},
      {R"({"type":"training","subject":"T","time":"2025-02-28T10:00:00Z","id":""})", "missing",
       "id", ""},
      {R"({"type":"holiday","subject":"T","time":"2025-02-28T10:00:00Z","fields":{"x":1}})",
       "unknown_type", "", "holiday"},
      {R"({"type":"consultation.vanished","subject":"T","time":"2025-02-28T10:00:00Z"})",
       "unknown_type", "", "consultation.vanished"},
      {event("", ""), "bad_subject", "subject", ""},
      {event(R"("colour":"red")"), "unknown_field", "colour", "red"},
      {event(R"("channel":"pigeon")"), "not_in_enum", "channel", "pigeon"},
      {event(R"("channel":3)"), "wrong_kind", "channel", "3"},
      {event(R"("minutes":-1)"), "negative", "minutes", "-1"},
      {event(R"("minutes":"12")"), "wrong_kind", "minutes", "12"},
      {event(R"("fee":12)"), "wrong_kind", "fee", "12"},
      {event(R"("fee":"1e3")"), "wrong_kind", "fee", "1e3"},
      {event(R"("due":"2025-02-30T00:00:00Z")"), "wrong_kind", "due", "2025-02-30T00:00:00Z"},
      {event(R"("due":1740000000000)"), "wrong_kind", "due", "1740000000000"},
      {event(R"("free":"true")"), "wrong_kind", "free", "true"},
      {event(R"("free":1)"), "wrong_kind", "free", "1"},
      {event(R"("topic":null)"), "wrong_kind", "topic", "null"},
      {event(R"("attended":4)"), "unknown_field", "attended", "4"},
  };
  for (const Case& one : cases) {
    Refusal refusal = bad(one.line);
    EXPECT_EQ(refusal.rule, one.rule) << one.line;
    EXPECT_EQ(refusal.field, one.field) << one.line;
    EXPECT_EQ(refusal.value, one.value) << one.line;
    EXPECT_THAT(refusal.sentence, Not(::testing::IsEmpty())) << one.line;
    EXPECT_THAT(refusal.sentence, HasSubstr(one.field)) << one.line;
  }
}

TEST_F(EmitTest, AnEventAheadOfTheClockIsRefused) {
  // The clock of the desk stands at 2025-03-01T03:33:20Z; the pack allows ten minutes.
  Spool spool = desk_.open();
  Intake intake(desk_.parts(spool), {});
  Submission submission = opened(1);
  submission.event.time = desk_.clock.wall() + Duration{10 * kMsPerMinute};
  EXPECT_FALSE(intake.check(submission).has_value());
  submission.event.time = submission.event.time + Duration{1};
  auto refusal = intake.check(submission);
  ASSERT_TRUE(refusal.has_value());
  EXPECT_EQ(refusal->rule, "in_the_future");
  EXPECT_EQ(refusal->field, "time");
  submission.event.time = desk_.clock.wall() + Duration{3650 * kMsPerDay};
  EXPECT_TRUE(intake.check(submission).has_value());
}

TEST_F(EmitTest, AMobileNumberIsRefusedByTheFieldsNameAndNotRepeated) {
  const std::string number = "13912345678";
  for (const std::string& line :
       {event(R"("topic":"call 13912345678 please")"), event("", "13912345678"),
        event(R"("channel":"13912345678")"), event(R"("minutes":"13912345678")"),
        event(R"("due":"13912345678")")}) {
    ParsedSubmission parsed = parse(line);
    Refusal refusal = bad(line);
    EXPECT_THAT(refusal.sentence, Not(HasSubstr(number))) << line;
    EXPECT_THAT(refusal.value, Not(HasSubstr(number))) << line;
    EXPECT_THAT(refusal_json(1, parsed.id, refusal), Not(HasSubstr(number))) << line;
  }
  Refusal refusal = bad(event(R"("topic":"call 13912345678 please")"));
  EXPECT_EQ(refusal.rule, "personal_data");
  EXPECT_EQ(refusal.field, "topic");
}

TEST_F(EmitTest, NumbersThatAreNoMobileNumberPass) {
  // 12 digits, as the ids of the Boston file, and 11 digits that do not begin as a mobile number.
  for (std::string subject : {"101001240734", "139123456789", "12012345678", "11012345678"}) {
    good(event("", subject));
    Spool spool = desk_.open();
    Submission submission = good(event(R"("topic":")" + subject + "\"", subject));
    EXPECT_FALSE(Intake(desk_.parts(spool), {}).check(submission).has_value()) << subject;
  }
}

TEST_F(EmitTest, SourceAndIdAreChecked) {
  Spool spool = desk_.open();
  Intake intake(desk_.parts(spool), {});
  auto rule = [&](auto change) {
    Submission submission = opened(1);
    change(submission);
    auto refusal = intake.check(submission);
    return refusal ? refusal->field + ":" + refusal->rule : "";
  };
  EXPECT_EQ(rule([](Submission&) {}), "");
  EXPECT_EQ(rule([](Submission& s) { s.source = ""; }), "source:missing");
  EXPECT_EQ(rule([](Submission& s) { s.id = std::string(256, 'x'); }), "");
  EXPECT_EQ(rule([](Submission& s) { s.id = std::string(257, 'x'); }), "id:too_long");
  EXPECT_EQ(rule([](Submission& s) { s.id = "a\nb"; }), "id:control_character");
  EXPECT_EQ(rule([](Submission& s) { s.id = std::string("a\0b", 3); }), "id:control_character");
  EXPECT_EQ(rule([](Submission& s) { s.id = "\xff"; }), "id:not_utf8");
}

TEST_F(EmitTest, OptionsAreReadByTheKindsOfTheirFields) {
  EmitOptions options{"local",
                      "",
                      "consultation.opened",
                      "C-9",
                      "2025-02-28T10:00:00Z",
                      {"topic=a=b", "minutes=7", "free=false", "fee=0.5", "change=-2",
                       "due=2025-03-03T16:00:00Z", "channel=online"}};
  ParsedSubmission parsed = parse_emit_options(options, desk_.pack.events);
  ASSERT_TRUE(std::holds_alternative<Submission>(parsed.result));
  const Submission& submission = std::get<Submission>(parsed.result);
  EXPECT_EQ(submission.id, "consultation.opened/C-9");
  Spool spool = desk_.open();
  EXPECT_FALSE(Intake(desk_.parts(spool), {}).check(submission).has_value());
  EXPECT_EQ(submission.event.fields.back(), (Field{"topic", {Kind::kString, 0, "a=b"}}));
}

TEST_F(EmitTest, WrongOptionsAreNamed) {
  auto refused = [&](std::vector<std::string> fields, std::string time = "2025-02-28T10:00:00Z") {
    EmitOptions options{"local",          "1", "consultation.opened", "C-9", std::move(time),
                        std::move(fields)};
    ParsedSubmission parsed = parse_emit_options(options, desk_.pack.events);
    if (auto* refusal = std::get_if<Refusal>(&parsed.result)) {
      return refusal->field + ":" + refusal->rule;
    }
    Spool spool = desk_.open();
    auto refusal = Intake(desk_.parts(spool), {}).check(std::get<Submission>(parsed.result));
    return refusal ? refusal->field + ":" + refusal->rule : std::string();
  };
  EXPECT_EQ(refused({"topic"}), "--field:bad_option");
  EXPECT_EQ(refused({"=x"}), "--field:bad_option");
  EXPECT_EQ(refused({"minutes=many"}), "minutes:wrong_kind");
  EXPECT_EQ(refused({"minutes="}), "minutes:wrong_kind");
  EXPECT_EQ(refused({"minutes=99999999999999999999"}), "minutes:wrong_kind");
  EXPECT_EQ(refused({"free=maybe"}), "free:wrong_kind");
  EXPECT_EQ(refused({"topic=a", "topic=b"}), "topic:repeated_field");
  EXPECT_EQ(refused({}, "noon"), "time:bad_time");
}

TEST_F(EmitTest, AnswersAreLinesOfJson) {
  EXPECT_EQ(answer_json(3, opened(1), {Answer::Outcome::kAccepted, Sequence(8)}),
            R"({"id":"consultation.opened/C-1","line":3,"sequence":8,"status":"accepted"})");
  EXPECT_EQ(answer_json(0, opened(1), {Answer::Outcome::kRepeated, Sequence(8)}),
            R"({"id":"consultation.opened/C-1","sequence":8,"status":"repeated"})");
  Json changed =
      Json::parse(answer_json(1, opened(1), {Answer::Outcome::kChanged, Sequence(8)})).value();
  EXPECT_EQ(changed.string_at("status").value(), "changed");
  EXPECT_EQ(changed.integer_at("sequence").value(), 8);
  EXPECT_THAT(changed.string_at("sentence").value(),
              HasSubstr("'consultation.opened/C-1' was accepted with other content as sequence 8"));
  EXPECT_EQ(refusal_json(2, "9", {"negative", "minutes", "-1", "no"}),
            R"({"field":"minutes","id":"9","line":2,"rule":"negative","sentence":"no",)"
            R"("status":"refused","value":"-1"})");
  EXPECT_EQ(refusal_json(2, "\xff", {"not_utf8", "id", "", "no"}),
            R"({"field":"id","line":2,"rule":"not_utf8","sentence":"no","status":"refused"})");
}

}  // namespace
}  // namespace plumbline
