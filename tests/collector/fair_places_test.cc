// SPDX-License-Identifier: Apache-2.0
// Places of which a key that has few takes one from the key that has most.
#include "collector/fair_places.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <list>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace plumbline {
namespace {

using Full = KeyedQuota::Full;

TEST(FairPlacesTest, AKeyHasItsBoundWhateverIsFree) {
  FairPlaces places({9, 2});
  Full full{};
  auto first = places.enter("a", &full);
  auto second = places.enter("a", &full);
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(places.enter("a", &full));
  EXPECT_EQ(full, Full::kKey);
  EXPECT_EQ(places.taken(), 2u);
}

TEST(FairPlacesTest, TheOldestOfTheFullestKeyMakesRoom) {
  FairPlaces places({3, 3});
  Full full{};
  std::vector<int> gone;
  std::vector<FairPlaces::Entered> held;
  for (int number = 0; number < 3; ++number) {
    held.push_back(*places.enter("many", &full));
    held.back().place.when_taken_away([&gone, number] { gone.push_back(number); });
  }
  auto one = places.enter("one", &full);
  ASSERT_TRUE(one);
  EXPECT_TRUE(one->took_one_away);
  EXPECT_EQ(gone, std::vector<int>{0});
  // Two against one: who takes another would have more than it leaves.
  EXPECT_FALSE(places.enter("one", &full));
  EXPECT_EQ(full, Full::kAll);
  auto other = places.enter("other", &full);
  ASSERT_TRUE(other);
  EXPECT_EQ(gone, (std::vector<int>{0, 1}));
  // One each: nobody is thrown out any more.
  EXPECT_FALSE(places.enter("last", &full));
  EXPECT_EQ(places.taken(), 3u);
}

TEST(FairPlacesTest, APlaceThatWasTakenAwayGivesNothingBack) {
  FairPlaces places({2, 2});
  Full full{};
  auto first = places.enter("a", &full);
  auto second = places.enter("a", &full);
  auto other = places.enter("b", &full);
  ASSERT_TRUE(first && second && other);
  first.reset();
  EXPECT_EQ(places.taken(), 2u);
  second.reset();
  other.reset();
  EXPECT_EQ(places.taken(), 0u);
}

TEST(FairPlacesTest, WhoAsksTooLateIsToldAtOnce) {
  FairPlaces places({2, 2});
  Full full{};
  auto first = places.enter("a", &full);
  auto second = places.enter("a", &full);
  auto other = places.enter("b", &full);
  int told = 0;
  first->place.when_taken_away([&] { ++told; });
  EXPECT_EQ(told, 1);
  second->place.when_taken_away([&] { ++told; });
  EXPECT_EQ(told, 1);
}

struct Held {
  std::string key;
  int number;
  FairPlaces::Place place;
};
using HeldList = std::list<Held>;

std::ptrdiff_t count(const HeldList& held, const std::string& key) {
  return std::count_if(held.begin(), held.end(), [&](const Held& h) { return h.key == key; });
}

// Whom the key that comes throws out of a list in order of arrival; the end where nobody.
HeldList::iterator thrown_out(HeldList& held, const std::string& key) {
  std::string most = "a";
  for (const char* other : {"b", "c", "d"}) {
    if (count(held, other) > count(held, most)) most = other;
  }
  if (count(held, most) < count(held, key) + 2) return held.end();
  return std::find_if(held.begin(), held.end(), [&](const Held& h) { return h.key == most; });
}

TEST(FairPlacesTest, AgreesWithANaiveList) {
  std::mt19937 random(7);
  int thrown = 0;
  for (int round = 0; round < 200; ++round) {
    FairPlaces places({6, 4});
    std::vector<int> gone, expected;
    HeldList held;
    for (int step = 0; step < 60; ++step) {
      if (!held.empty() && random() % 4 == 0) {
        held.erase(std::next(held.begin(), static_cast<int>(random() % held.size())));
        continue;
      }
      // "a" comes more often than the others.
      const std::string key(1, static_cast<char>('a' + std::min(random() % 6, random() % 4)));
      auto victim = held.size() == 6 ? thrown_out(held, key) : held.end();
      const bool enters = count(held, key) < 4 && (held.size() < 6 || victim != held.end());
      Full full{};
      auto entered = places.enter(key, &full);
      ASSERT_EQ(entered.has_value(), enters);
      if (!entered) continue;
      ASSERT_EQ(entered->took_one_away, victim != held.end());
      if (victim != held.end()) {
        expected.push_back(victim->number);
        held.erase(victim);
        ++thrown;
      }
      ASSERT_EQ(gone, expected);
      entered->place.when_taken_away([&gone, step] { gone.push_back(step); });
      held.push_back({key, step, std::move(entered->place)});
      ASSERT_EQ(places.taken(), held.size());
    }
  }
  EXPECT_GT(thrown, 100);
}

TEST(FairPlacesTest, ManyThreadsNeverPassTheBound) {
  FairPlaces places({8, 6});
  std::atomic<bool> over{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      Full full{};
      for (int i = 0; i < 5000; ++i) {
        auto one = places.enter(std::to_string(t % 3), &full);
        auto two = places.enter(std::to_string(i % 5), &full);
        if (two) two->place.when_taken_away([] {});
        if (places.taken() > 8) over = true;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(over);
  EXPECT_EQ(places.taken(), 0u);
}

}  // namespace
}  // namespace plumbline
