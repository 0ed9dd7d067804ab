// SPDX-License-Identifier: Apache-2.0
// The order in which batches get to the ledger's writer, as values: against a slow scheduler that
// is written from the words of RFC 8290, and the promises that live outlets rely on, counted in
// places of the queue.
#include "collector/fair_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace plumbline {
namespace {

struct Batch {
  int stream = 0;
  int number = 0;
  std::size_t bytes = 0;
  bool operator==(const Batch&) const = default;
};
using Queue = FairQueue<int, Batch>;
using Offered = Queue::Offered;
using Lane = Queue::Lane;

constexpr std::size_t kTurn = 1000;

Queue::Config config(std::size_t max_bytes = 1 << 20) {
  return {max_bytes, kTurn, 100};
}

// The same by vectors that are searched from the front each time.
class Oracle {
 public:
  void offer(Batch batch) {
    if (std::none_of(turns_.begin(), turns_.end(),
                     [&](const Turn& turn) { return turn.stream == batch.stream; })) {
      std::size_t at = 0;
      while (at < turns_.size() && turns_[at].fresh) ++at;
      turns_.insert(turns_.begin() + static_cast<std::ptrdiff_t>(at),
                    {batch.stream, static_cast<long>(kTurn), true});
    }
    waiting_.push_back(batch);
    std::size_t count = 0;
    std::size_t bytes = 0;
    for (const Batch& other : waiting_) {
      if (other.stream != batch.stream) continue;
      ++count;
      bytes += other.bytes;
    }
    auto turn = std::find_if(turns_.begin(), turns_.end(),
                             [&](const Turn& any) { return any.stream == batch.stream; });
    if (!turn->fresh || count < 2 || bytes <= kTurn) return;
    turn->fresh = false;
    std::rotate(turn, turn + 1, turns_.end());
  }

  std::optional<Batch> take(Lane lane) {
    while (!turns_.empty() && (turns_.front().fresh || lane == Lane::kAll)) {
      Turn turn = turns_.front();
      auto next = std::find_if(waiting_.begin(), waiting_.end(),
                               [&](const Batch& batch) { return batch.stream == turn.stream; });
      if (turn.credit > 0 && next != waiting_.end()) {
        Batch served = *next;
        waiting_.erase(next);
        turns_.front().credit -= static_cast<long>(served.bytes);
        return served;
      }
      const bool others =
          std::any_of(turns_.begin(), turns_.end(), [](const Turn& other) { return !other.fresh; });
      turns_.erase(turns_.begin());
      const bool stays = turn.credit <= 0 || (turn.fresh && others);
      if (turn.credit <= 0) turn.credit += static_cast<long>(kTurn);
      turn.fresh = false;
      if (stays) turns_.push_back(turn);
    }
    return std::nullopt;
  }

 private:
  struct Turn {
    int stream;
    long credit;
    bool fresh;
  };
  std::vector<Turn> turns_;  // the fresh ones first
  std::vector<Batch> waiting_;
};

TEST(FairQueueTest, AgreesWithAScheduleMadeByTheWordsOfTheRfc) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    Queue queue(config());
    Oracle oracle;
    int number = 0;
    for (int step = 0; step < 400; ++step) {
      if (random() % 5 < 3) {
        Batch batch{static_cast<int>(random() % 8), ++number, 1 + random() % (3 * kTurn)};
        if (random() % 2 == 0) batch.bytes = 1 + random() % 100;
        ASSERT_EQ(queue.offer(batch.stream, batch.bytes, Batch(batch)), Offered::kQueued);
        oracle.offer(batch);
      } else {
        Lane lane = random() % 4 == 0 ? Lane::kLive : Lane::kAll;
        ASSERT_EQ(queue.take(lane), oracle.take(lane)) << "seed " << seed << ", step " << step;
      }
    }
    while (auto batch = queue.take()) ASSERT_EQ(batch, oracle.take(Lane::kAll));
    EXPECT_EQ(oracle.take(Lane::kAll), std::nullopt);
    EXPECT_EQ(queue.bytes(), 0u);
    EXPECT_EQ(queue.items(), 0u);
    EXPECT_EQ(queue.streams(), 0u);
  }
}

TEST(FairQueueTest, NothingIsLostOrDoubledAndAStreamKeepsItsOrder) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    std::mt19937 random(seed);
    Queue queue(config());
    std::vector<int> offered(20), served(20);
    for (int step = 0; step < 2000; ++step) {
      int stream = static_cast<int>(random() % 20);
      std::size_t bytes = 1 + random() % 2000;
      if (random() % 2 == 0 &&
          queue.offer(stream, bytes, {stream, offered[stream] + 1, bytes}) == Offered::kQueued) {
        ++offered[stream];
      } else if (auto batch = queue.take()) {
        ASSERT_EQ(batch->number, ++served[batch->stream]);
      }
    }
    while (auto batch = queue.take()) ASSERT_EQ(batch->number, ++served[batch->stream]);
    EXPECT_EQ(offered, served);
  }
}

TEST(FairQueueTest, BackloggedStreamsGetTheSameBytes) {
  Queue queue(config(8 << 20));
  std::mt19937 random(7);
  constexpr int kStreams = 10;
  for (int stream = 0; stream < kStreams; ++stream) {
    // One stream has large batches, the others small ones.
    std::size_t bytes = stream == 0 ? 2500 : 1 + random() % 300;
    for (std::size_t sum = 0; sum < 100'000; sum += bytes) {
      ASSERT_EQ(queue.offer(stream, bytes, {stream, 0, bytes}), Offered::kQueued);
    }
  }
  std::vector<std::size_t> served(kStreams);
  for (int i = 0; i < 1500; ++i) {
    auto batch = queue.take();
    served[batch->stream] += batch->bytes;
    auto [least, most] = std::minmax_element(served.begin(), served.end());
    ASSERT_LE(*most - *least, kTurn + 2500) << "after " << i;
  }
}

// 200 streams with a backlog that never ends, and 20 that send a small batch now and then. The
// places that a small batch waits in are counted: it waits for other small ones, and one that
// comes back within a round for the end of that round. By order of arrival it would be 2000.
TEST(FairQueueTest, LiveStreamsPassTwoHundredBackloggedOnes) {
  constexpr int kBacklogged = 200;
  constexpr int kLive = 20;
  std::mt19937 random(1);
  Queue queue(config(64 << 20));
  auto backlog = [&](int stream) { return queue.offer(stream, 20'000, {stream, 0, 20'000}); };
  for (int stream = 0; stream < kBacklogged; ++stream) {
    for (int i = 0; i < 10; ++i) ASSERT_EQ(backlog(stream), Offered::kQueued);
  }
  std::vector<int> asked(kLive, -1);
  std::vector<int> waits;
  for (int step = 0; step < 200'000; ++step) {
    int live = static_cast<int>(random() % (kLive * 250));
    if (live < kLive && asked[live] < 0) {
      asked[live] = step;
      ASSERT_EQ(queue.offer(kBacklogged + live, 300, {kBacklogged + live, 0, 300}),
                Offered::kQueued);
    }
    auto batch = queue.take();
    ASSERT_TRUE(batch.has_value());
    if (batch->stream < kBacklogged) {
      ASSERT_EQ(backlog(batch->stream), Offered::kQueued);
      continue;
    }
    int& since = asked[batch->stream - kBacklogged];
    waits.push_back(step - since);
    since = -1;
  }
  std::sort(waits.begin(), waits.end());
  ASSERT_GT(waits.size(), 500u);
  EXPECT_LE(waits[waits.size() * 99 / 100], 2 * kLive);
}

TEST(FairQueueTest, EmptyingItselfAgainAndAgainWinsNoSecondFirstTurn) {
  Queue queue(config());
  for (int i = 0; i < 3; ++i) ASSERT_EQ(queue.offer(1, 900, {1, i, 900}), Offered::kQueued);
  ASSERT_EQ(queue.offer(2, 900, {2, 0, 900}), Offered::kQueued);
  EXPECT_EQ(queue.take()->stream, 2);
  // It has emptied itself within its turn and comes back twice.
  ASSERT_EQ(queue.offer(2, 900, {2, 1, 900}), Offered::kQueued);
  EXPECT_EQ(queue.take()->stream, 2);  // what was left of its turn
  ASSERT_EQ(queue.offer(2, 900, {2, 2, 900}), Offered::kQueued);
  EXPECT_EQ(queue.take()->stream, 1);
}

TEST(FairQueueTest, InTheLiveLaneOnlyFirstTurnsAreServed) {
  Queue queue(config());
  for (int i = 0; i < 5; ++i) ASSERT_EQ(queue.offer(1, 900, {1, i, 900}), Offered::kQueued);
  ASSERT_EQ(queue.offer(3, 2000, {3, 0, 2000}), Offered::kQueued);
  EXPECT_EQ(queue.take(Lane::kLive)->stream, 3);  // large, but all it has
  EXPECT_EQ(queue.take(Lane::kLive), std::nullopt);
  ASSERT_EQ(queue.offer(2, 50, {2, 0, 50}), Offered::kQueued);
  EXPECT_EQ(queue.take(Lane::kLive)->stream, 2);
  EXPECT_EQ(queue.take(Lane::kLive), std::nullopt);
  EXPECT_EQ(queue.take()->stream, 1);
}

TEST(FairQueueTest, GreedyStreamsShareTheRoomAndLeaveOneShare) {
  constexpr std::size_t kMax = 1'000'000;
  Queue queue(config(kMax));
  for (int round = 0; round < 1000; ++round) {
    for (int stream = 0; stream < 4; ++stream) {
      Offered offered = queue.offer(stream, 1000, {stream, round, 1000});
      ASSERT_TRUE(offered == Offered::kQueued || offered == Offered::kOverShare);
    }
  }
  for (int stream = 0; stream < 4; ++stream) {
    EXPECT_NEAR(static_cast<double>(queue.waiting(stream)), kMax / 5.0, 1000);
  }
  EXPECT_EQ(queue.offer(9, 100'000, {}), Offered::kQueued);
}

TEST(FairQueueTest, AFullQueueStillTakesSmallBatchesOfOthers) {
  constexpr std::size_t kMax = 160'000;
  Queue queue(config(kMax));
  int stream = 0;
  while (queue.offer(stream, 1000, {}) == Offered::kQueued) ++stream;
  EXPECT_EQ(stream, 150);
  EXPECT_EQ(queue.offer(++stream, 1000, {}), Offered::kFull);
  EXPECT_EQ(queue.offer(++stream, 100, {}), Offered::kQueued);
  while (queue.offer(++stream, 100, {}) == Offered::kQueued) continue;
  EXPECT_LE(queue.bytes(), kMax);
  EXPECT_GT(queue.bytes(), kMax - 100);
}

}  // namespace
}  // namespace plumbline
