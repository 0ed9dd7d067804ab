// SPDX-License-Identifier: Apache-2.0
#include "base/result.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "base/log.h"
#include "base/mutex.h"

namespace plumbline {
namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return Error(Code::kInvalid, std::to_string(value) + " is odd");
  return value / 2;
}

Result<int> quarter(int value) {
  ASSIGN_OR_RETURN(int once, half(value));
  ASSIGN_OR_RETURN(int twice, half(once));
  return twice;
}

Status even(int value) {
  RETURN_IF_ERROR(half(value));
  return {};
}

TEST(Result, HoldsAValueOrAnError) {
  EXPECT_TRUE(half(4).ok());
  EXPECT_EQ(*half(4), 2);
  auto refused = half(3);
  EXPECT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::kInvalid);
  EXPECT_EQ(refused.error().sentence(), "3 is odd");
}

TEST(Result, MacrosHandErrorsUp) {
  EXPECT_EQ(quarter(8).value(), 2);
  EXPECT_EQ(quarter(6).error().sentence(), "3 is odd");
  EXPECT_TRUE(even(2).ok());
  EXPECT_EQ(even(5).error().sentence(), "5 is odd");
}

TEST(Result, HoldsWhatCanOnlyBeMoved) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(5));
  std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 5);
}

TEST(Error, TellsItsCauses) {
  Error disk(Code::kIo, "writing a: no space");
  Error spool(Code::kUnavailable, "the spool is closed", disk);
  Error emit(Code::kUnavailable, "the event was not accepted", spool);
  EXPECT_EQ(emit.text(), "the event was not accepted: the spool is closed: writing a: no space");
  EXPECT_EQ(emit.cause()->code(), Code::kUnavailable);
  EXPECT_EQ(emit.cause()->cause()->code(), Code::kIo);
  EXPECT_EQ(disk.cause(), nullptr);
}

TEST(Code, HasAStableWord) {
  EXPECT_EQ(code_name(Code::kInvalid), "invalid");
  EXPECT_EQ(code_name(Code::kNotFound), "not_found");
  EXPECT_EQ(code_name(Code::kExists), "exists");
  EXPECT_EQ(code_name(Code::kConflict), "conflict");
  EXPECT_EQ(code_name(Code::kUnauthenticated), "unauthenticated");
  EXPECT_EQ(code_name(Code::kDenied), "denied");
  EXPECT_EQ(code_name(Code::kExhausted), "exhausted");
  EXPECT_EQ(code_name(Code::kUnavailable), "unavailable");
  EXPECT_EQ(code_name(Code::kCorrupt), "corrupt");
  EXPECT_EQ(code_name(Code::kIo), "io");
  EXPECT_EQ(code_name(Code::kUnsupported), "unsupported");
  EXPECT_EQ(code_name(Code::kInternal), "internal");
}

TEST(ResultDeathTest, ReadingTheWrongSideStopsTheProgram) {
  EXPECT_DEATH((void)half(3).value(), "value\\(\\) of a failed result: 3 is odd");
  EXPECT_DEATH((void)half(4).error(), "error\\(\\) of a result that holds a value");
  EXPECT_DEATH((void)Status().error(), "error\\(\\) of a result that succeeded");
}

TEST(CheckDeathTest, NamesPlaceConditionAndReason) {
  EXPECT_DEATH(CHECK(1 > 2, "one is not more than two"),
               "result_test.cc:[0-9]+: check failed: 1 > 2 \\(one is not more than two\\)");
  int evaluated = 0;
  CHECK(true, std::string(static_cast<std::size_t>(++evaluated), 'x'));
  EXPECT_EQ(evaluated, 0);
}

TEST(Mutex, LetsOneInAtATime) {
  Mutex mutex;
  int counted = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 1000; ++j) {
        MutexLock lock(mutex);
        ++counted;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counted, 4000);
}

TEST(CondVar, WakesWhoWaitsAndGivesUpInTime) {
  Mutex mutex;
  CondVar changed;
  bool ready = false;
  std::thread other([&] {
    MutexLock lock(mutex);
    ready = true;
    changed.notify_all();
  });
  {
    MutexLock lock(mutex);
    while (!ready) changed.wait(mutex);
    EXPECT_FALSE(changed.wait_for(mutex, std::chrono::milliseconds(0)));
  }
  other.join();
}

TEST(Log, WritesOneLineToStderr) {
  testing::internal::CaptureStderr();
  log_info("spool", "opened");
  set_log_level(LogLevel::kError);
  log_warning("spool", "not shown");
  log_error("spool", "shown");
  set_log_level(LogLevel::kInfo);
  std::string text = testing::internal::GetCapturedStderr();
  EXPECT_NE(text.find(" info spool: opened\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("not shown"), std::string::npos);
  EXPECT_NE(text.find("error spool: shown\n"), std::string::npos) << text;
  EXPECT_EQ(text[4], '-');
  EXPECT_EQ(text[23], 'Z');
}

}  // namespace
}  // namespace plumbline
