// SPDX-License-Identifier: Apache-2.0
#include "agents/daily_presence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "model/wire/batch.h"
#include "tests/support/agents/desk.h"

namespace plumbline {
namespace {

using testing::Desk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kPresence =
    "  presence:\n"
    "    title: {zh: 在线, en: Presence}\n"
    "    fields:\n"
    "      software: {kind: string, title: {zh: 程序, en: Software}}\n";

std::vector<PackFile> with_type(const std::string& type) {
  std::vector<PackFile> files = testing::desk_pack_files();
  for (PackFile& file : files) {
    if (file.path == "events.yaml") file.bytes += type;
  }
  return files;
}

class DailyPresenceTest : public ::testing::Test {
 protected:
  DailyPresenceTest() {
    desk_.enrolment.historical = false;
    create(with_type(kPresence));
  }
  // A new agent in a folder of its own.
  void create(const std::vector<PackFile>& files) {
    path_ = folder_.file("agent" + std::to_string(++agents_));
    std::filesystem::create_directory(path_);
    ASSERT_TRUE(Spool::create(path_, desk_.enrolment, files).ok());
  }
  void set_clock(std::string_view local) {
    clock_.advance(parse_instant(local).value() - clock_.wall());
  }
  void look_anew() {
    Spool spool = Spool::open(path_).value();
    DailyPresence presence(spool, desk_.key, clock_, tell());
    ASSERT_TRUE(presence.look().ok());
  }
  std::function<void(std::string_view)> tell() {
    return [this](std::string_view sentence) { told_.emplace_back(sentence); };
  }
  // "subject time software" of every event in the spool.
  std::vector<std::string> events() {
    Spool spool = Spool::open(path_).value();
    std::vector<std::string> out;
    SpoolHead head = spool.head().value();
    for (BatchNumber number(1); number <= head.last; number = number.next()) {
      SealedBatch batch = decode_sealed(spool.load(number).value()->sealed).value();
      for (const Event& event :
           events_of(decode_content(batch.content, batch.header.count).value())) {
        EXPECT_EQ(event.type, "presence");
        out.push_back(event.subject + " " + format_instant(event.time));
        EXPECT_EQ(event.fields.at(0).value.text.substr(0, 12), "plumb-agent ");
      }
    }
    return out;
  }

  testing::TemporaryFolder folder_;
  Desk desk_;
  ManualClock clock_{parse_instant("2025-03-01T09:00:00+08:00").value()};
  std::string path_;
  int agents_ = 0;
  std::vector<std::string> told_;
};

TEST_F(DailyPresenceTest, OneForEachLocalDayWhateverTheRestarts) {
  {
    Spool spool = Spool::open(path_).value();
    DailyPresence presence(spool, desk_.key, clock_, tell());
    for (int minute = 0; minute < 60 * 16; ++minute) {
      ASSERT_TRUE(presence.look().ok());
      clock_.advance(Duration{kMsPerMinute});
    }
  }
  // 01:00 on the second of March, by the pack's calendar.
  look_anew();
  look_anew();
  EXPECT_THAT(events(),
              ElementsAre("2025-03-01 2025-03-01T01:00:00Z", "2025-03-02 2025-03-01T16:00:00Z"));
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(DailyPresenceTest, AClockThatWasSetBackAddsNoSecondDay) {
  Spool spool = Spool::open(path_).value();
  DailyPresence presence(spool, desk_.key, clock_, tell());
  ASSERT_TRUE(presence.look().ok());
  set_clock("2025-02-27T09:00:00+08:00");
  ASSERT_TRUE(presence.look().ok());
  set_clock("2025-03-01T10:00:00+08:00");
  ASSERT_TRUE(presence.look().ok());
  EXPECT_THAT(events(),
              ElementsAre("2025-03-01 2025-03-01T01:00:00Z", "2025-02-27 2025-02-27T01:00:00Z"));
}

TEST_F(DailyPresenceTest, ANewPackIsNoticedWithinTheHour) {
  create(testing::desk_pack_files());
  Spool spool = Spool::open(path_).value();
  DailyPresence presence(spool, desk_.key, clock_, tell());
  ASSERT_TRUE(presence.look().ok());
  EXPECT_THAT(events(), IsEmpty());
  ASSERT_TRUE(spool.set_pack_files(with_type(kPresence)).ok());
  clock_.advance(Duration{kMsPerHour});
  ASSERT_TRUE(presence.look().ok());
  EXPECT_EQ(events().size(), 1u);
}

TEST_F(DailyPresenceTest, NeverForAnImport) {
  desk_.enrolment.historical = true;
  create(with_type(kPresence));
  look_anew();
  EXPECT_THAT(events(), IsEmpty());
}

TEST_F(DailyPresenceTest, ATypeThatItCannotFillIsTold) {
  create(
      with_type("  presence:\n"
                "    title: {zh: 在线, en: Presence}\n"
                "    fields:\n"
                "      staff: {kind: count, title: {zh: 人数, en: Staff}, "
                "required_in: [presence]}\n"));
  look_anew();
  EXPECT_THAT(events(), IsEmpty());
  EXPECT_THAT(told_, ElementsAre(HasSubstr("staff")));
}

}  // namespace
}  // namespace plumbline
