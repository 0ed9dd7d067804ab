// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fmt/format.h>

#include <csignal>
#include <fstream>
#include <string>

#include "agents/ack_log.h"
#include "agents/idle_memory.h"
#include "agents/inbox.h"
#include "agents/progress.h"
#include "agents/run_lock.h"
#include "agents/sender.h"
#include "agents/words.h"
#include "base/file.h"
#include "tests/support/agents/desk.h"

namespace plumbline {
namespace {

// "RssFile:  8260 kB" of /proc/self/status.
std::uint64_t resident_kb(std::string_view what) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(what)) return std::stoull(line.substr(what.size()));
  }
  ADD_FAILURE() << "no " << what;
  return 0;
}

// Not a word of what was written is lost, and the code goes on to run.
TEST(IdleMemory, CodeIsGivenBackAndWhatWasWrittenStays) {
  static std::string written = "written before main";
  written = "and changed";
  const std::string there(100'000, 'x');
  const std::uint64_t before = resident_kb("RssFile:");
  ASSERT_TRUE(give_back_idle_memory().ok());
  const std::uint64_t after = resident_kb("RssFile:");
  EXPECT_LT(after, before / 2);
  EXPECT_EQ(written, "and changed");
  EXPECT_EQ(there, std::string(100'000, 'x'));
  EXPECT_TRUE(give_back_idle_memory().ok());
}

AckLine ack_line() {
  AckLine line;
  line.stream.data[0] = 0xab;
  line.number = BatchNumber(3);
  line.first = Sequence(21);
  line.count = 10;
  line.index = LedgerIndex(77);
  return line;
}

TEST(AckLogTest, ALineHasFiveWords) {
  AckLine line = ack_line();
  EXPECT_EQ(format_ack_line(line), "ab000000000000000000000000000000 3 21 10 77\n");
  line.index.reset();
  EXPECT_EQ(format_ack_line(line), "ab000000000000000000000000000000 3 21 10 -\n");
}

TEST(AckLogTest, WritesToADescriptorOrAppendsToAFile) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  {
    AckLog log = AckLog::open(std::to_string(ends[1])).value();
    ASSERT_TRUE(log.write(ack_line()).ok());
  }
  char text[100];
  EXPECT_EQ(read(ends[0], text, sizeof text),
            static_cast<ssize_t>(format_ack_line(ack_line()).size()));
  close(ends[0]);

  testing::TemporaryFolder folder;
  std::string path = folder.file("acks");
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(AckLog::open(path).value().write(ack_line()).ok());
  }
  EXPECT_EQ(read_file(path, 1000).value(),
            format_ack_line(ack_line()) + format_ack_line(ack_line()));
}

TEST(AckLogTest, WhatCannotBeWrittenIsAnError) {
  EXPECT_FALSE(AckLog::open("987").ok()) << "no such descriptor";
  EXPECT_FALSE(AckLog::open("/no/such/folder/acks").ok());
  signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  AckLog log = AckLog::open(std::to_string(ends[1])).value();
  EXPECT_EQ(log.write(ack_line()).error().code(), Code::kIo);
}

TEST(InboxTest, GivesEntriesInOrderAndNothingWhenEmpty) {
  Inbox inbox;
  EXPECT_FALSE(inbox.take(std::chrono::milliseconds(0)).has_value());
  inbox.put(1, SignalArrived{});
  inbox.put(2, ConnectionUp{"exporter"});
  EXPECT_EQ(inbox.take(std::chrono::milliseconds(1000))->attempt, 1u);
  auto second = inbox.take(std::chrono::milliseconds(0));
  EXPECT_EQ(std::get<ConnectionUp>(second->item).exporter, "exporter");
  EXPECT_FALSE(inbox.take(std::chrono::milliseconds(0)).has_value());
}

TEST(ProgressTest, ATerminalsLineIsWrittenOverFourTimesASecond) {
  Progress progress(Progress::Place::kTerminal, 1000);
  EXPECT_EQ(progress.clear(), "");
  EXPECT_EQ(progress.update({10, 100, 5}, 1249), std::nullopt);
  EXPECT_EQ(progress.update({10, 100, 5}, 1250), "\r\033[K 10 %  5 rows  0 s");
  EXPECT_EQ(progress.update({20, 100, 6}, 1400), std::nullopt);
  EXPECT_EQ(progress.update({100, 100, 9}, 4500), "\r\033[K100 %  9 rows  3 s");
  EXPECT_EQ(progress.clear(), "\r\033[K");
  EXPECT_EQ(progress.clear(), "");
}

TEST(ProgressTest, ElsewhereALineEveryFiveSeconds) {
  Progress progress(Progress::Place::kLines, 0);
  EXPECT_EQ(progress.update({10, 100, 5}, 4999), std::nullopt);
  EXPECT_EQ(progress.update({10, 100, 5}, 5000), " 10 %  5 rows  5 s\n");
  EXPECT_EQ(progress.update({11, 100, 5}, 9999), std::nullopt);
  EXPECT_TRUE(progress.update({12, 100, 5}, 10'000).has_value());
  EXPECT_EQ(progress.clear(), "");
  EXPECT_EQ(Progress(Progress::Place::kLines, 0).update({0, 0, 0}, 5000), "100 %  0 rows  5 s\n");
}

TEST(WordsTest, EverySentenceHasBothLanguagesWithTheSameArguments) {
  auto arguments = [](std::string_view text) {
    std::size_t count = 0;
    for (std::size_t at = text.find("{}"); at != text.npos; at = text.find("{}", at + 2)) ++count;
    return count;
  };
  for (int i = 0; i <= static_cast<int>(Word::kEventsAndBatches); ++i) {
    std::string_view english = word(Language::kEnglish, static_cast<Word>(i));
    std::string_view chinese = word(Language::kChinese, static_cast<Word>(i));
    EXPECT_FALSE(english.empty());
    EXPECT_FALSE(chinese.empty());
    EXPECT_NE(english, chinese);
    EXPECT_EQ(arguments(english), arguments(chinese)) << english;
  }
}

TEST(WordsTest, TheLanguageFollowsTheLocale) {
  EXPECT_EQ(language_of("zh_CN.UTF-8"), Language::kChinese);
  EXPECT_EQ(language_of("zh"), Language::kChinese);
  EXPECT_EQ(language_of("en_US.UTF-8"), Language::kEnglish);
  EXPECT_EQ(language_of("C"), Language::kEnglish);
  EXPECT_EQ(language_of(""), Language::kEnglish);
}

TEST(RunLockTest, OneSenderAFolder) {
  testing::TemporaryFolder folder;
  {
    RunLock lock = RunLock::take(folder.path()).value();
    auto second = RunLock::take(folder.path());
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().code(), Code::kExists);
  }
  EXPECT_TRUE(RunLock::take(folder.path()).ok());
}

}  // namespace
}  // namespace plumbline
