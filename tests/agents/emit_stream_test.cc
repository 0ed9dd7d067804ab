// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <map>
#include <sstream>
#include <thread>

#include "agents/emit.h"
#include "base/file.h"
#include "base/json.h"
#include "base/limits.h"
#include "tests/support/agents/desk.h"

namespace plumbline {
namespace {

using testing::Desk;
using testing::verify_chain;

std::string line(int number, const std::string& topic = "patents") {
  return R"({"type":"consultation.opened","subject":"C-)" + std::to_string(number) +
         R"(","time":"2025-02-28T10:00:00Z","fields":{"topic":")" + topic + "\"}}\n";
}

class EmitStreamTest : public ::testing::Test {
 protected:
  EmitStreamTest() : spool_(desk_.open()) {}

  // Feeds a file; returns the answers.
  std::vector<Json> emit(const std::string& input) {
    std::string in = desk_.folder.file("in"), out = desk_.folder.file("out");
    EXPECT_TRUE(replace_file_durably(in, input, FileMode::kReadable).ok());
    int input_fd = open(in.c_str(), O_RDONLY);
    int output_fd = open(out.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
    auto counts = emit_lines(input_fd, output_fd, desk_.parts(spool_), "local");
    close(input_fd);
    close(output_fd);
    EXPECT_TRUE(counts.ok()) << (counts.ok() ? "" : counts.error().text());
    if (counts.ok()) counts_ = *counts;
    std::istringstream text(read_file(out, 64 << 20).value());
    std::vector<Json> answers;
    for (std::string answer; std::getline(text, answer);) {
      answers.push_back(Json::parse(answer).value());
    }
    return answers;
  }

  Desk desk_;
  Spool spool_;
  EmitCounts counts_;
};

TEST_F(EmitStreamTest, ManyEventsFillBatchesOf4096) {
  std::string input;
  for (int i = 0; i < 10'000; ++i) input += line(i);
  auto answers = emit(input);
  ASSERT_EQ(answers.size(), 10'000u);
  for (int i = 0; i < 10'000; i += 777) {
    EXPECT_EQ(answers[i].string_at("status").value(), "accepted");
    EXPECT_EQ(answers[i].integer_at("sequence").value(), i + 1);
    EXPECT_EQ(answers[i].integer_at("line").value(), i + 1);
  }
  EXPECT_EQ(spool_.head().value().last, BatchNumber(3));
  EXPECT_EQ(spool_.load(BatchNumber(1)).value()->count, limits::kMaxBatchEvents);
  EXPECT_EQ(verify_chain(spool_, desk_.key.public_key()), 10'000u);
}

TEST_F(EmitStreamTest, BigEventsMakeSmallerBatches) {
  std::string input;
  for (int i = 0; i < 8000; ++i) {
    std::string number = std::to_string(i);
    std::string topic = number;
    for (std::size_t chars = number.size(); chars < 64; ++chars) topic += "知";
    input += line(i, topic);
  }
  emit(input);
  EXPECT_EQ(counts_.accepted, 8000u);
  EXPECT_GT(spool_.head().value().last, BatchNumber(2));
  EXPECT_EQ(verify_chain(spool_, desk_.key.public_key()), 8000u);
}

TEST_F(EmitStreamTest, BadLinesAreRefusedAndTheOthersTaken) {
  auto answers = emit(line(1) + "nonsense\n" + "\n" + line(2, "13912345678") + line(1, "marks") +
                      line(1) + "  \t\n" + line(3));
  EXPECT_EQ(counts_.accepted, 2u);
  EXPECT_EQ(counts_.repeated, 1u);
  EXPECT_EQ(counts_.changed, 1u);
  EXPECT_EQ(counts_.refused, 2u);
  EXPECT_FALSE(counts_.all_taken());
  ASSERT_EQ(answers.size(), 6u);
  std::map<std::int64_t, std::string> by_line;
  for (const Json& answer : answers) {
    by_line[answer.integer_at("line").value()] = answer.string_at("status").value();
  }
  std::map<std::int64_t, std::string> expected = {{1, "accepted"}, {2, "refused"},
                                                  {4, "refused"},  {5, "changed"},
                                                  {6, "repeated"}, {8, "accepted"}};
  EXPECT_EQ(by_line, expected);
  EXPECT_EQ(verify_chain(spool_, desk_.key.public_key()), 2u);
}

TEST_F(EmitStreamTest, CrlfAndAMissingLastNewlineAreFine) {
  std::string input = line(1);
  input.insert(input.size() - 1, "\r");
  std::string last = line(2);
  last.pop_back();
  emit(input + last);
  EXPECT_EQ(counts_.accepted, 2u);
}

TEST_F(EmitStreamTest, ALineWithoutEndIsRefusedInBoundedMemory) {
  std::string monster(3 * limits::kMaxInputLineBytes, 'x');
  auto answers = emit(line(1) + monster + "\n" + line(2) + monster);
  EXPECT_EQ(counts_.accepted, 2u);
  EXPECT_EQ(counts_.refused, 2u);
  EXPECT_EQ(answers.size(), 4u);
}

TEST_F(EmitStreamTest, NothingInNothingOut) {
  EXPECT_TRUE(emit("").empty());
  EXPECT_TRUE(counts_.all_taken());
}

// The other end waits for its answer before it goes on: the input stays open.
TEST_F(EmitStreamTest, AQuietInputIsAnsweredWithoutItsEnd) {
  int in[2], out[2];
  ASSERT_EQ(pipe(in), 0);
  ASSERT_EQ(pipe(out), 0);
  std::thread emitter([&] {
    auto counts = emit_lines(in[0], out[1], desk_.parts(spool_), "local");
    EXPECT_TRUE(counts.ok());
  });
  std::FILE* answers = fdopen(out[0], "r");
  char text[512];
  for (int i = 1; i <= 3; ++i) {
    std::string event = line(i);
    ASSERT_EQ(write(in[1], event.data(), event.size()), static_cast<ssize_t>(event.size()));
    ASSERT_NE(std::fgets(text, sizeof text, answers), nullptr);
    EXPECT_EQ(Json::parse(std::string_view(text, std::strlen(text) - 1))
                  .value()
                  .integer_at("sequence")
                  .value(),
              i);
  }
  close(in[1]);
  emitter.join();
  std::fclose(answers);
  close(in[0]);
  close(out[1]);
}

TEST_F(EmitStreamTest, AFullSpoolStopsAfterTheLastAnsweredBatch) {
  Spool small = desk_.open({.max_bytes = 600 << 10});
  std::string in = desk_.folder.file("in"), out = desk_.folder.file("out");
  std::string input;
  for (int i = 0; i < 30'000; ++i) input += line(i);
  ASSERT_TRUE(replace_file_durably(in, input, FileMode::kReadable).ok());
  int input_fd = open(in.c_str(), O_RDONLY);
  int output_fd = open(out.c_str(), O_RDWR | O_CREAT, 0600);
  auto counts = emit_lines(input_fd, output_fd, desk_.parts(small), "local");
  close(input_fd);
  close(output_fd);
  ASSERT_FALSE(counts.ok());
  EXPECT_EQ(counts.error().code(), Code::kExhausted);
  std::string answers = read_file(out, 64 << 20).value();
  auto answered = std::count(answers.begin(), answers.end(), '\n');
  EXPECT_EQ(small.head().value().last_sequence.value, static_cast<std::uint64_t>(answered));
}

}  // namespace
}  // namespace plumbline
