// SPDX-License-Identifier: Apache-2.0
#include "agents/commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/run_lock.h"
#include "agents/sender.h"
#include "base/file.h"
#include "base/json.h"
#include "tests/support/agents/desk.h"

namespace plumbline {
namespace {

using ::testing::HasSubstr;
using ::testing::internal::CaptureStderr;
using ::testing::internal::CaptureStdout;
using ::testing::internal::GetCapturedStderr;
using ::testing::internal::GetCapturedStdout;

constexpr const char* kMapping = R"(format: plumbline/import/v1
source: register
outlet_column: outlet
events:
  - type: consultation.opened
    subject: number
    time: opened
    time_format: iso
    fields:
      topic: {column: topic}
)";

class CommandsTest : public ::testing::Test {
 protected:
  CommandContext context() const { return {desk_.folder.path(), language_, &desk_.clock}; }

  template <typename Work>
  ExitCode run(const Work& work) {
    CaptureStdout();
    CaptureStderr();
    ExitCode code = work();
    out_ = GetCapturedStdout();
    err_ = GetCapturedStderr();
    return code;
  }
  ExitCode emit(const EmitOptions& one, bool json = false) {
    EmitCommand command;
    command.one = one;
    command.json = json;
    return run([&] { return command_emit(context(), command); });
  }
  static EmitOptions event(const std::string& topic = "patents") {
    return {"local", "", "consultation.opened", "C-1", "2025-02-28T10:00:00Z", {"topic=" + topic}};
  }
  std::string write(const std::string& name, const std::string& text) const {
    std::string path = desk_.folder.file(name);
    EXPECT_TRUE(replace_file_durably(path, text, FileMode::kReadable).ok());
    return path;
  }
  ExitCode import(const std::string& table, bool dry_run = false, bool json = false) {
    ImportCommand command;
    command.file = write("table.csv", table);
    command.mapping = write("mapping.yaml", kMapping);
    command.dry_run = dry_run;
    command.json = json;
    return run([&] { return command_import(context(), command); });
  }
  Json status() {
    EXPECT_EQ(run([&] { return command_status(context(), true); }), ExitCode::kDone);
    return Json::parse(std::string_view(out_).substr(0, out_.size() - 1)).value();
  }

  testing::Desk desk_;
  Language language_ = Language::kEnglish;
  std::string out_, err_;
};

TEST_F(CommandsTest, OneEventIsAnsweredWithItsSequence) {
  EXPECT_EQ(emit(event()), ExitCode::kDone);
  EXPECT_EQ(out_, "accepted as sequence 1\n");
  EXPECT_EQ(emit(event()), ExitCode::kDone);
  EXPECT_EQ(out_, "known already as sequence 1; nothing was added\n");
  EXPECT_EQ(emit(event("marks")), ExitCode::kInputRefused);
  EXPECT_THAT(out_, HasSubstr("'consultation.opened/C-1' was accepted with other content"));
  EXPECT_EQ(status().integer_at("last_sequence").value(), 1);
}

TEST_F(CommandsTest, TheAnswersToStaffAreInTheirLanguage) {
  language_ = Language::kChinese;
  EXPECT_EQ(emit(event()), ExitCode::kDone);
  EXPECT_EQ(out_, "已接收，序号 1\n");
}

TEST_F(CommandsTest, TheAnswersToProgramsAreJson) {
  EXPECT_EQ(emit(event(), true), ExitCode::kDone);
  EXPECT_EQ(Json::parse(std::string_view(out_).substr(0, out_.size() - 1))
                .value()
                .string_at("status")
                .value(),
            "accepted");
  EXPECT_EQ(emit(event("13912345678"), true), ExitCode::kInputRefused);
  EXPECT_THAT(out_, HasSubstr(R"("field":"topic")"));
  EXPECT_THAT(out_, ::testing::Not(HasSubstr("13912345678")));
}

TEST_F(CommandsTest, ImportSaysWhatWasTakenAndWhatNot) {
  std::string table =
      "number,outlet,opened,topic\n"
      "1,NJ-01,2025-02-01T00:00:00Z,a\n2,NJ-01,soon,b\n3,SZ-02,2025-02-01T00:00:00Z,c\n";
  EXPECT_EQ(import(table, true), ExitCode::kInputRefused);
  EXPECT_THAT(out_, HasSubstr("trial only, nothing was kept"));
  EXPECT_EQ(status().integer_at("last_sequence").value(), 0);
  EXPECT_EQ(import(table), ExitCode::kInputRefused);
  EXPECT_THAT(err_, HasSubstr("table.csv:3: column 'opened' (time)"));
  EXPECT_THAT(out_, HasSubstr("1 new, 0 known already, 0 changed and not taken, 1 refused; 1 rows "
                              "of other outlets"));
  EXPECT_EQ(import("number,outlet,opened,topic\n1,NJ-01,2025-02-01T00:00:00Z,a\n", false, true),
            ExitCode::kDone);
  EXPECT_EQ(out_, R"({"changed":0,"dry_run":false,"new":0,"refused":0,"repeated":1,"rows":1,)"
                  R"("rows_of_other_outlets":0})"
                  "\n");
}

TEST_F(CommandsTest, FilesThatCannotBeUsedAreTheCallersFault) {
  ImportCommand command;
  command.file = desk_.folder.file("none.csv");
  command.mapping = write("mapping.yaml", kMapping);
  EXPECT_EQ(run([&] { return command_import(context(), command); }), ExitCode::kUsage);
  EXPECT_THAT(err_, HasSubstr("none.csv"));
  command.file = write("table.csv", "number\n");
  command.mapping = write("mapping.yaml", std::string(kMapping) + "colour: red\n");
  EXPECT_EQ(run([&] { return command_import(context(), command); }), ExitCode::kUsage);
  EXPECT_THAT(err_, HasSubstr("colour"));
  EXPECT_EQ(import("number,outlet\n"), ExitCode::kUsage);
  EXPECT_THAT(err_, HasSubstr("topic"));
}

TEST_F(CommandsTest, AFolderThatIsNotEnrolledIsNamedByEveryCommand) {
  testing::TemporaryFolder empty;
  CommandContext nowhere{empty.path(), Language::kEnglish, &desk_.clock};
  EmitCommand emit_command;
  emit_command.one = event();
  for (const auto& command : std::vector<std::function<ExitCode()>>{
           [&] { return command_emit(nowhere, emit_command); },
           [&] { return command_import(nowhere, {}); }, [&] { return command_run(nowhere, {}); },
           [&] { return command_status(nowhere, false); }}) {
    EXPECT_EQ(run(command), ExitCode::kFolder);
    EXPECT_THAT(err_, HasSubstr("is not enrolled"));
  }
}

TEST_F(CommandsTest, AKeyThatWasExchangedIsNotUsed) {
  ASSERT_EQ(std::remove(key_path(desk_.folder.path()).c_str()), 0);
  ASSERT_TRUE(PrivateKey::generate().write_file(key_path(desk_.folder.path())).ok());
  EXPECT_EQ(emit(event()), ExitCode::kFolder);
  EXPECT_THAT(err_, HasSubstr("is not the key that was enrolled"));
  EXPECT_EQ(run([&] { return command_run(context(), {}); }), ExitCode::kFolder);
}

TEST_F(CommandsTest, ASecondRunOnAFolderIsRefused) {
  RunLock first = RunLock::take(desk_.folder.path()).value();
  EXPECT_EQ(run([&] { return command_run(context(), {}); }), ExitCode::kFolder);
  EXPECT_THAT(err_, HasSubstr("another `plumb-agent run`"));
}

TEST_F(CommandsTest, EnrollingWithAWrongAddressOrTokenIsAWrongCommandLine) {
  EXPECT_EQ(run([&] { return command_enroll(context(), "nowhere", "plumb1.x.y"); }),
            ExitCode::kUsage);
  EXPECT_THAT(err_, HasSubstr("HOST:PORT"));
  EXPECT_EQ(run([&] { return command_enroll(context(), "h:1", "plumb1.x.y"); }), ExitCode::kUsage);
  EXPECT_THAT(err_, HasSubstr("token"));
}

TEST_F(CommandsTest, StatusShowsTheStateOfTheStream) {
  emit(event());
  {
    Spool spool = desk_.open();
    ASSERT_TRUE(desk_.accept(spool, testing::opened_many(5, 3)).ok());
    ASSERT_TRUE(
        spool.acknowledge(BatchNumber(1), LedgerIndex(44), Instant{1'740'800'000'000}).ok());
    ASSERT_TRUE(spool.note_error("cannot reach it", Instant{1'740'800'001'000}).ok());
  }
  Json json = status();
  EXPECT_EQ(json.string_at("outlet").value(), "njlib");
  EXPECT_EQ(json.string_at("outlet_code").value(), "NJ-01");
  EXPECT_EQ(json.integer_at("last_batch").value(), 2);
  EXPECT_EQ(json.integer_at("last_sequence").value(), 4);
  EXPECT_EQ(json.integer_at("acknowledged_batch").value(), 1);
  EXPECT_EQ(json.integer_at("unacknowledged_batches").value(), 1);
  EXPECT_EQ(json.integer_at("unacknowledged_events").value(), 3);
  EXPECT_EQ(json.integer_at("last_ack_index").value(), 44);
  EXPECT_EQ(json.string_at("last_error").value(), "cannot reach it");
  EXPECT_FALSE(json.find("sending")->as_bool());
  RunLock lock = RunLock::take(desk_.folder.path()).value();
  EXPECT_TRUE(status().find("sending")->as_bool());
  EXPECT_EQ(run([&] { return command_status(context(), false); }), ExitCode::kDone);
  EXPECT_THAT(out_, HasSubstr("outlet: njlib (NJ-01)\n"));
  EXPECT_THAT(out_, HasSubstr("not yet acknowledged: 3 events in 1 batches\n"));
  EXPECT_THAT(out_, HasSubstr("last trouble: 2025-03-01T03:33:21Z cannot reach it\n"));
}

}  // namespace
}  // namespace plumbline
