// SPDX-License-Identifier: Apache-2.0
// Crashes and crowds. A child process accepts events and reports each answered sequence through a
// pipe, byte for byte; it is killed with SIGKILL at a time that differs from round to round. What
// came through the pipe must be in the spool afterwards, once, and the chain must hold. A kill
// leaves the page cache alone, so this tests the order of steps, not fsync.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "agents/spool.h"
#include "tests/support/agents/desk.h"

namespace plumbline {
namespace {

using testing::Desk;
using testing::opened_many;
using testing::verify_chain;

pid_t in_child(const std::function<void()>& work) {
  pid_t child = fork();
  if (child == 0) {
    work();
    _exit(0);
  }
  return child;
}

int wait_for(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

// Accepts batches of three for ever and writes the last sequence of each.
void accept_for_ever(const Desk& desk, int first, int answered) {
  Spool spool = desk.open();
  for (int number = first;; number += 3) {
    auto answers = desk.accept(spool, opened_many(number, 3));
    if (!answers.ok()) _exit(3);
    std::uint64_t last = answers->back().sequence.value;
    if (write(answered, &last, sizeof last) != sizeof last) _exit(4);
  }
}

std::uint64_t last_answer(int fd) {
  std::uint64_t last = 0, next = 0;
  while (read(fd, &next, sizeof next) == sizeof next) last = next;
  return last;
}

TEST(SpoolCrashTest, WhatWasAnsweredOutlivesAKillInTheMiddle) {
  Desk desk;
  std::uint64_t events = 0;
  for (int round = 0; round < 20; ++round) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    pid_t child = in_child([&] { accept_for_ever(desk, 1'000'000 * (round + 1), ends[1]); });
    close(ends[1]);
    // The child gets some answers out, another number each time, and is somewhere behind the last.
    std::uint64_t seen = 0;
    for (int answers = 0; answers <= round; ++answers) {
      ASSERT_EQ(read(ends[0], &seen, sizeof seen), static_cast<ssize_t>(sizeof seen));
    }
    ASSERT_EQ(kill(child, SIGKILL), 0);
    EXPECT_TRUE(WIFSIGNALED(wait_for(child)));
    std::uint64_t answered = std::max(seen, last_answer(ends[0]));
    close(ends[0]);
    Spool spool = desk.open();
    std::uint64_t stored = verify_chain(spool, desk.key.public_key());
    EXPECT_GE(stored, answered);
    EXPECT_LE(stored, answered + 3) << "at most the batch whose answer was cut off";
    EXPECT_GT(stored, events);
    events = stored;
  }
}

TEST(SpoolCrashTest, AnEventWhoseAnswerWasLostIsARepeat) {
  Desk desk;
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  pid_t child = in_child([&] { accept_for_ever(desk, 1, ends[1]); });
  close(ends[1]);
  std::uint64_t seen = 0;
  ASSERT_EQ(read(ends[0], &seen, sizeof seen), static_cast<ssize_t>(sizeof seen));
  kill(child, SIGKILL);
  wait_for(child);
  close(ends[0]);
  Spool spool = desk.open();
  std::uint64_t stored = spool.head().value().last_sequence.value;
  auto answers = desk.accept(spool, opened_many(1, static_cast<int>(stored) + 3)).value();
  for (std::uint64_t i = 0; i < stored; ++i) {
    EXPECT_EQ(answers[i], (Answer{Answer::Outcome::kRepeated, Sequence(i + 1)}));
  }
  EXPECT_EQ(answers[stored].outcome, Answer::Outcome::kAccepted);
  EXPECT_EQ(verify_chain(spool, desk.key.public_key()), stored + 3);
}

TEST(SpoolCrashTest, ProcessesThatEmitAtTheSameTimeShareOneChain) {
  Desk desk;
  constexpr int kProcesses = 3, kBatches = 30;
  std::vector<pid_t> children;
  for (int process = 0; process < kProcesses; ++process) {
    children.push_back(in_child([&] {
      Spool spool = desk.open();
      for (int batch = 0; batch < kBatches; ++batch) {
        // Half of each batch is the same in all processes: one of them is first.
        auto some = opened_many(10'000 * (process + 1) + batch * 2, 2);
        for (Submission& shared : opened_many(batch * 2, 2)) some.push_back(shared);
        if (!desk.accept(spool, some).ok()) _exit(3);
      }
    }));
  }
  for (pid_t child : children) EXPECT_EQ(wait_for(child), 0);
  Spool spool = desk.open();
  EXPECT_EQ(verify_chain(spool, desk.key.public_key()), (kProcesses + 1) * kBatches * 2u);
}

TEST(SpoolCrashTest, AFullDiskIsSaidAndNothingIsLost) {
  Desk desk;
  {
    Spool spool = desk.open();
    ASSERT_TRUE(desk.accept(spool, opened_many(1, 100)).ok());
  }
  // A child whose files may not grow: the write fails as it does on a full disk.
  pid_t child = in_child([&] {
    Spool spool = desk.open();
    signal(SIGXFSZ, SIG_IGN);
    rlimit limit{256 << 10, 256 << 10};
    setrlimit(RLIMIT_FSIZE, &limit);
    for (int batch = 1; batch < 100; ++batch) {
      auto answers = desk.accept(spool, opened_many(batch * 1000, 500));
      if (answers.ok()) continue;
      bool named =
          answers.error().code() == Code::kExhausted || answers.error().code() == Code::kIo;
      // Refused again, and still able to read.
      bool again = desk.accept(spool, opened_many(batch * 1000, 500)).ok();
      _exit(named && !again && spool.head().ok() ? 42 : 5);
    }
  });
  int status = wait_for(child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 42);
  Spool spool = desk.open();
  std::uint64_t stored = verify_chain(spool, desk.key.public_key());
  EXPECT_EQ(stored % 500, 100u) << "whole batches only";
  EXPECT_TRUE(desk.accept(spool, opened_many(900'000, 10)).ok());
}

}  // namespace
}  // namespace plumbline
