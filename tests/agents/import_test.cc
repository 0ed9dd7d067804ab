// SPDX-License-Identifier: Apache-2.0
#include "agents/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/wire/batch.h"
#include "tests/support/agents/desk.h"

namespace plumbline {
namespace {

using testing::Desk;
using ::testing::HasSubstr;
using testing::verify_chain;

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
      channel: {column: channel}
  - type: consultation.closed
    subject: number
    time: closed
    time_format: iso
    only_if_present: closed
)";
constexpr const char* kHeader = "number,outlet,opened,closed,channel,topic\n";

class ImportTest : public ::testing::Test {
 protected:
  ImportTest() : spool_(desk_.open()) {
    Problems problems;
    mapping_ = parse_mapping("register.yaml", kMapping, desk_.pack, problems).value();
    EXPECT_TRUE(problems.empty()) << problems.text();
  }

  Result<ImportCounts> import(const std::string& file, CsvEncoding encoding = CsvEncoding::kAuto,
                              bool dry_run = false) {
    problems_.clear();
    ImportHooks hooks;
    hooks.problem = [this](const ImportProblem& problem) { problems_.push_back(problem); };
    hooks.progress = [this](const ImportProgress& progress) { progress_.push_back(progress); };
    Intake::Parts parts = desk_.parts(spool_);
    if (dry_run) parts.key = nullptr;
    return import_csv(file, encoding, mapping_, "NJ-01", parts, hooks);
  }
  ImportCounts counts(const std::string& file) {
    auto counted = import(file);
    EXPECT_TRUE(counted.ok()) << (counted.ok() ? "" : counted.error().text());
    return counted.ok() ? *counted : ImportCounts();
  }
  std::uint64_t stored() { return verify_chain(spool_, desk_.key.public_key()); }
  std::vector<Event> events() {
    auto sealed = decode_sealed(spool_.load(BatchNumber(1)).value()->sealed).value();
    return events_of(decode_content(sealed.content, sealed.header.count).value());
  }

  static std::string row(int number, const std::string& topic = "patents",
                         const std::string& closed = "2025-02-02T09:00:00Z",
                         const std::string& outlet = "NJ-01", const std::string& end = "\n") {
    return "C-" + std::to_string(number) + "," + outlet + ",2025-02-01T09:00:00Z," + closed +
           ",phone," + topic + end;
  }

  Desk desk_;
  Spool spool_;
  Mapping mapping_;
  std::vector<ImportProblem> problems_;
  std::vector<ImportProgress> progress_;
};

TEST_F(ImportTest, RowsOfThisOutletBecomeEvents) {
  ImportCounts done =
      counts(kHeader + row(1) + row(2, "marks", "") + row(3, "x", "", "SZ-02") + row(4));
  EXPECT_EQ(done.rows, 4u);
  EXPECT_EQ(done.other_outlets, 1u);
  EXPECT_EQ(done.accepted, 5u);
  EXPECT_TRUE(done.all_taken());
  EXPECT_EQ(stored(), 5u);
  EXPECT_EQ(events()[0].type, "consultation.opened");
  EXPECT_EQ(events()[1].type, "consultation.closed");
  EXPECT_EQ(events()[1].subject, "C-1");
}

TEST_F(ImportTest, TheSameFileTwiceDoublesNothing) {
  std::string file = kHeader + row(1) + row(2);
  EXPECT_EQ(counts(file).accepted, 4u);
  ImportCounts again = counts(file);
  EXPECT_EQ(again.accepted, 0u);
  EXPECT_EQ(again.repeated, 4u);
  EXPECT_TRUE(again.all_taken());
  EXPECT_EQ(stored(), 4u);
  // A longer version of the file adds what is new.
  EXPECT_EQ(counts(file + row(3)).accepted, 2u);
}

TEST_F(ImportTest, EveryFormOfTheSameFileIsTheSame) {
  auto with_ends = [](const std::string& text) {
    std::string out;
    for (char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
    return out;
  };
  std::string file = kHeader + row(1) + row(2, "知识产权");
  EXPECT_EQ(counts(file).accepted, 4u);
  std::string gbk = kHeader + row(1) + row(2, "\xd6\xaa\xca\xb6\xb2\xfa\xc8\xa8");
  std::string unterminated = file.substr(0, file.size() - 1);
  for (const std::string& form : {"\xef\xbb\xbf" + file, with_ends(file), unterminated, gbk}) {
    ImportCounts again = counts(form);
    EXPECT_EQ(again.repeated, 4u) << form;
    EXPECT_TRUE(again.all_taken()) << form;
  }
  EXPECT_EQ(stored(), 4u);
}

TEST_F(ImportTest, AQuotedNewlineStaysInItsCellAndLinesAreCounted) {
  ImportCounts done = counts(kHeader + row(1, "\"two, \"\"quoted\"\" words\"") +
                             row(2, "\"a\nb\"") + row(3, "x", "soon"));
  // A newline in a text that a field takes is a control character; the row's other event stands.
  EXPECT_EQ(done.rows, 3u);
  ASSERT_EQ(problems_.size(), 2u);
  EXPECT_EQ(problems_[0].line, 3u);
  EXPECT_EQ(problems_[0].column, "topic");
  EXPECT_EQ(problems_[1].line, 5u) << "the row before took two lines";
  EXPECT_EQ(problems_[1].column, "closed");
}

TEST_F(ImportTest, ABadRowIsNamedByLineColumnAndRuleAndTheOthersAreTaken) {
  ImportCounts done = counts(kHeader + row(1) + "C-2,NJ-01,32/13/2025,,phone,x\n" +
                             "C-3,NJ-01,2025-02-01T09:00:00Z,,pigeon,x\n" + row(4, "13912345678") +
                             "C-5,NJ-01,2025-02-01T09:00:00Z\n" + row(6));
  EXPECT_EQ(done.accepted, 5u);
  EXPECT_EQ(done.refused, 4u);
  EXPECT_EQ(done.rows, 6u);
  EXPECT_FALSE(done.all_taken());
  ASSERT_EQ(problems_.size(), 4u);
  EXPECT_EQ(problems_[0].line, 3u);
  EXPECT_EQ(problems_[0].column, "opened");
  EXPECT_EQ(problems_[0].rule, "time");
  EXPECT_THAT(problems_[0].sentence, HasSubstr("32/13/2025"));
  EXPECT_EQ(problems_[1].line, 4u);
  EXPECT_EQ(problems_[1].column, "channel");
  EXPECT_EQ(problems_[1].rule, "not_in_enum");
  EXPECT_THAT(problems_[1].sentence, HasSubstr("pigeon"));
  EXPECT_EQ(problems_[2].line, 5u);
  EXPECT_EQ(problems_[2].column, "topic");
  EXPECT_EQ(problems_[2].rule, "personal_data");
  EXPECT_THAT(problems_[2].sentence, ::testing::Not(HasSubstr("13912345678")));
  EXPECT_EQ(problems_[3].line, 6u);
  EXPECT_EQ(problems_[3].rule, "csv");
}

TEST_F(ImportTest, ARowThatChangedIsNamedAndNotTaken) {
  counts(kHeader + row(1));
  ImportCounts done = counts(kHeader + row(1, "marks"));
  EXPECT_EQ(done.changed, 1u);
  EXPECT_EQ(done.repeated, 1u);
  EXPECT_FALSE(done.all_taken());
  ASSERT_EQ(problems_.size(), 1u);
  EXPECT_EQ(problems_[0].line, 2u);
  EXPECT_EQ(problems_[0].column, "number");
  EXPECT_EQ(problems_[0].rule, "changed");
  EXPECT_THAT(problems_[0].sentence, HasSubstr("consultation.opened/C-1"));
  EXPECT_EQ(stored(), 2u);
}

TEST_F(ImportTest, ACaseThatWasClosedSinceAddsItsClosing) {
  counts(kHeader + row(1, "patents", ""));
  ImportCounts done = counts(kHeader + row(1));
  EXPECT_EQ(done.accepted, 1u);
  EXPECT_EQ(done.repeated, 1u);
}

TEST_F(ImportTest, AnEventInTheFutureIsRefused) {
  ImportCounts done = counts(kHeader + row(1, "x", "2035-01-01T00:00:00Z"));
  EXPECT_EQ(done.accepted, 1u);
  ASSERT_EQ(problems_.size(), 1u);
  EXPECT_EQ(problems_[0].column, "closed");
  EXPECT_EQ(problems_[0].rule, "in_the_future");
}

TEST_F(ImportTest, ADryRunCountsTheSameAndWritesNothing) {
  counts(kHeader + row(1));
  SpoolHead before = spool_.head().value();
  std::string file = kHeader + row(1) + row(2) + row(2) + row(2, "marks") + row(3, "x", "never");
  auto trial = import(file, CsvEncoding::kAuto, true);
  ASSERT_TRUE(trial.ok());
  EXPECT_EQ(spool_.head().value(), before);
  ImportCounts real = counts(file);
  EXPECT_EQ(trial->accepted, real.accepted);
  EXPECT_EQ(trial->repeated, real.repeated);
  EXPECT_EQ(trial->changed, real.changed);
  EXPECT_EQ(trial->refused, real.refused);
  EXPECT_EQ(real.changed, 1u);
}

TEST_F(ImportTest, FilesThatAreNoTableAreRefusedWhole) {
  struct Case {
    std::string file;
    const char* words;
  };
  const Case cases[] = {
      {"", "empty"},
      {"number,outlet,opened,closed\n" + row(1), "channel"},
      {std::string("\xff\xfe\x80\x80", 4), ""},
  };
  for (const Case& one : cases) {
    auto done = import(one.file);
    ASSERT_FALSE(done.ok()) << one.file;
    EXPECT_EQ(done.error().code(), Code::kInvalid);
    EXPECT_THAT(done.error().text(), HasSubstr(one.words));
  }
  EXPECT_EQ(stored(), 0u);
}

TEST_F(ImportTest, Utf8CanBeDemanded) {
  std::string gbk = kHeader + row(2, "\xb2\xfa\xc8\xa8");
  auto done = import(gbk, CsvEncoding::kUtf8);
  ASSERT_FALSE(done.ok());
  EXPECT_THAT(done.error().text(), HasSubstr("not UTF-8 at byte"));
  EXPECT_TRUE(import(kHeader + row(2, "知识"), CsvEncoding::kUtf8).ok());
}

TEST_F(ImportTest, AnOutletWithoutACodeCannotTellItsRows) {
  auto done = import_csv(kHeader, CsvEncoding::kAuto, mapping_, "", desk_.parts(spool_), {});
  ASSERT_FALSE(done.ok());
  EXPECT_THAT(done.error().text(), HasSubstr("enrolled without a code"));
}

TEST_F(ImportTest, ProgressReachesTheEnd) {
  counts(kHeader + row(1) + row(2));
  ASSERT_EQ(progress_.size(), 2u);
  EXPECT_EQ(progress_.back().bytes_read, progress_.back().bytes);
  EXPECT_EQ(progress_.back().rows, 2u);
}

}  // namespace
}  // namespace plumbline
