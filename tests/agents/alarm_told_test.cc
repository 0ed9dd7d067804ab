// SPDX-License-Identifier: Apache-2.0
// An open alarm as a person meets it: in `status`, in ALARM.txt, in what `run` says and returns.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "agents/commands.h"
#include "agents/sender.h"
#include "base/file.h"
#include "base/json.h"
#include "tests/support/agents/desk.h"

namespace plumbline {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::internal::CaptureStdout;
using ::testing::internal::GetCapturedStdout;

class AlarmTold : public ::testing::Test {
 protected:
  AlarmTold() : spool_(desk_.open()) {
    EXPECT_TRUE(desk_.accept(spool_, testing::opened_many(0, 3)).ok());
    // Nobody listens there.
    EXPECT_TRUE(spool_.set_server({"127.0.0.1", 1}).ok());
    options_.tell = [this](std::string_view sentence) { told_.emplace_back(sentence); };
  }
  void raise() {
    Contradiction what{AlarmKind::kForked, "two roots for 7 entries", "held\n", "shown\n", ""};
    EXPECT_TRUE(spool_.raise_alarm(what, Instant{1'740'800'000'000}).ok());
  }
  ExitCode status(bool json, Language language = Language::kEnglish) {
    CaptureStdout();
    ExitCode code = command_status({desk_.folder.path(), language, &desk_.clock}, json);
    out_ = GetCapturedStdout();
    return code;
  }
  SenderOutcome run() {
    auto outcome = run_sender(spool_, desk_.key, system_clock(), nullptr, options_);
    EXPECT_TRUE(outcome.ok());
    return outcome.ok() ? *outcome : SenderOutcome{};
  }
  std::string alarm_file() const {
    return read_file(alarm_path(desk_.folder.path()), 1 << 20).value();
  }

  testing::Desk desk_;
  Spool spool_;
  SenderOptions options_;
  std::vector<std::string> told_;
  std::string out_;
};

TEST_F(AlarmTold, StatusBeginsWithItAndEndsWithItsCode) {
  EXPECT_EQ(status(false), ExitCode::kDone);
  EXPECT_THAT(out_, Not(HasSubstr("two roots")));
  raise();
  for (Language language : {Language::kEnglish, Language::kChinese}) {
    EXPECT_EQ(status(false, language), ExitCode::kAlarm);
    EXPECT_THAT(out_.substr(0, out_.find('\n')), HasSubstr("two roots for 7 entries"));
  }
  EXPECT_EQ(status(true), ExitCode::kAlarm);
  Json json = Json::parse(std::string_view(out_).substr(0, out_.size() - 1)).value();
  const Json* alarm = json.find("alarm");
  ASSERT_NE(alarm, nullptr);
  EXPECT_EQ(alarm->string_at("kind").value(), "forked");
  EXPECT_EQ(alarm->string_at("held").value(), "held\n");
  EXPECT_EQ(alarm->string_at("shown").value(), "shown\n");
  EXPECT_EQ(alarm->string_at("raised_at").value(), "2025-03-01T03:33:20Z");
}

TEST_F(AlarmTold, StatusWarnsAnHourAfterAnAcknowledgementWithoutProof) {
  const Instant now = desk_.clock.wall();
  ASSERT_TRUE(spool_.acknowledge(BatchNumber(1), LedgerIndex(4), now).ok());
  ASSERT_TRUE(spool_.note_proof_trouble("its signer is down").ok());
  EXPECT_EQ(status(false), ExitCode::kDone);
  const std::string before = out_;
  EXPECT_THAT(before, HasSubstr("its signer is down"));
  desk_.clock.advance(Duration{3'600'000});
  status(false);
  EXPECT_EQ(out_, before) << "not yet";
  desk_.clock.advance(Duration{1});
  EXPECT_EQ(status(false), ExitCode::kDone);
  EXPECT_THAT(out_, AllOf(StartsWith(before), HasSubstr(format_instant(now))));
  EXPECT_GT(out_.size(), before.size());
}

TEST_F(AlarmTold, ARunThatWouldEndEndsWithIt) {
  raise();
  options_.until_empty = true;
  SenderOutcome outcome = run();
  EXPECT_EQ(outcome.how, SenderOutcome::How::kAlarm);
  EXPECT_EQ(outcome.sentence, "two roots for 7 entries");
  ASSERT_EQ(told_.size(), 1u);
  EXPECT_THAT(told_[0], AllOf(HasSubstr("ALARM: two roots"), HasSubstr("ALARM.txt")));
  EXPECT_THAT(alarm_file(), AllOf(HasSubstr("held\n"), HasSubstr("shown\n"), HasSubstr("njlib")));
  // Removed by somebody who wanted to be rid of it, it comes again.
  std::filesystem::remove(alarm_path(desk_.folder.path()));
  run();
  EXPECT_THAT(alarm_file(), HasSubstr("two roots"));
}

TEST_F(AlarmTold, ARunThatStaysGoesOnWhenSomebodyClearsIt) {
  raise();
  bool cleared = false;
  options_.each_look = [&]() -> Status {
    if (cleared) return {};
    EXPECT_EQ(told_.size(), 1u) << "no attempt before it is cleared";
    cleared = true;
    Spool other = desk_.open();
    return other.clear_alarm("the office explained it", Instant{1'740'800'001'000});
  };
  options_.leave = [&]() -> Result<bool> { return told_.size() > 1; };
  EXPECT_EQ(run().how, SenderOutcome::How::kLeft);
  EXPECT_THAT(told_, Contains(HasSubstr("127.0.0.1:1")));
  EXPECT_EQ(spool_.head().value().last, BatchNumber(1));
}

}  // namespace
}  // namespace plumbline
