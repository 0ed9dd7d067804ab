// SPDX-License-Identifier: Apache-2.0
#include "evaluator/follower.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>

#include "evaluator/closed_results.h"
#include "evaluator/rebuild.h"
#include "tests/support/evaluator/small_ledger.h"
#include "tests/support/evaluator/target_pack.h"

namespace plumbline {
namespace {

using testing::opened;
using testing::small_pack;
using testing::SmallLedger;

constexpr std::chrono::milliseconds kPatience{20'000};

// Entries that one thread adds and another reads.
struct SharedEntries {
  Mutex mutex;
  std::vector<StoredEntry> entries GUARDED_BY(mutex);
  bool broken GUARDED_BY(mutex) = false;
};

class SharedReader : public LedgerReader {
 public:
  explicit SharedReader(std::shared_ptr<SharedEntries> shared) : shared_(std::move(shared)) {}

  Result<LedgerSize> size() override {
    MutexLock lock(shared_->mutex);
    return LedgerSize(shared_->entries.size());
  }
  Result<LedgerIndex> read(LedgerIndex from,
                           const std::function<Status(const StoredEntry&)>& take) override {
    MutexLock lock(shared_->mutex);
    if (shared_->broken) return Error(Code::kCorrupt, "entry 3 cannot be read");
    std::size_t index = from.value;
    for (; index < shared_->entries.size() && index < from.value + 5; ++index) {
      RETURN_IF_ERROR(take(shared_->entries[index]));
    }
    return LedgerIndex(index);
  }
  Result<std::vector<Hash>> leaves(LedgerIndex, std::size_t) override {
    return Error(Code::kNotFound, "none");
  }
  Result<StoredEntry> at(LedgerIndex) override { return Error(Code::kNotFound, "none"); }

 private:
  std::shared_ptr<SharedEntries> shared_;
};

struct SharedResults {
  Mutex mutex;
  std::optional<ResultsHeader> header GUARDED_BY(mutex);
  std::map<std::vector<std::string>, ResultRow> rows GUARDED_BY(mutex);
  std::size_t written GUARDED_BY(mutex) = 0;
  std::size_t removed GUARDED_BY(mutex) = 0;
  int cleared GUARDED_BY(mutex) = 0;
  bool full GUARDED_BY(mutex) = false;
};

class MemoryResults : public ResultsStore {
 public:
  explicit MemoryResults(std::shared_ptr<SharedResults> shared) : shared_(std::move(shared)) {}

  Status publish(const ResultsHeader& header, const std::vector<ResultRow>& changed,
                 const std::vector<ResultRow>& gone) override {
    MutexLock lock(shared_->mutex);
    if (shared_->full) return Error(Code::kExhausted, "the disk is full");
    shared_->header = header;
    for (const ResultRow& row : changed) shared_->rows[key(row)] = row;
    for (const ResultRow& row : gone) shared_->rows.erase(key(row));
    shared_->written += changed.size();
    shared_->removed += gone.size();
    return {};
  }
  Status clear() override {
    MutexLock lock(shared_->mutex);
    shared_->header.reset();
    shared_->rows.clear();
    ++shared_->cleared;
    return {};
  }
  Result<std::unique_ptr<View>> view() override {
    return Error(Code::kUnsupported, "these results are read whole");
  }
  Result<std::optional<Snapshot>> read(const Filter& filter) override {
    MutexLock lock(shared_->mutex);
    if (!shared_->header) return std::optional<Snapshot>();
    Snapshot snapshot{*shared_->header, {}};
    for (const auto& [row_key, row] : shared_->rows) {
      auto fits = [](const std::string& wanted, const std::string& has) {
        return wanted.empty() || wanted == has;
      };
      bool wanted = fits(filter.standard, row.standard) && fits(filter.level, row.level) &&
                    fits(filter.unit, row.unit) && fits(filter.period, row.period);
      if (wanted) snapshot.rows.push_back(row);
    }
    return std::optional<Snapshot>(std::move(snapshot));
  }

 private:
  static std::vector<std::string> key(const ResultRow& row) {
    return {row.standard, row.level, row.unit, row.period};
  }
  std::shared_ptr<SharedResults> shared_;
};

struct Scene {
  Scene() {
    ledger.activate(small_pack(), true);
    ledger.add_outlet("a", "c1");
    stream = ledger.enroll("a");
    open_case("r1");
  }
  void open_case(const std::string& subject) {
    ledger.batch(stream, {opened(subject, "2015-01-05T10:00:00Z")});
  }
  // Shows all entries of the ledger to followers.
  void publish() {
    {
      MutexLock lock(shared->mutex);
      shared->entries = ledger.entries();
    }
    feed.publish(ledger.length());
  }
  std::unique_ptr<Follower> follow(EvaluatorMetrics* metrics = nullptr) {
    auto follower =
        std::make_unique<Follower>(std::make_unique<SharedReader>(shared),
                                   std::make_unique<MemoryResults>(results), feed, clock, metrics);
    follower->start();
    return follower;
  }
  std::vector<ResultRow> served() {
    std::optional<ResultsStore::Snapshot> snapshot = MemoryResults(results).read({}).value();
    return snapshot ? snapshot->rows : std::vector<ResultRow>{};
  }
  std::vector<ResultRow> rebuilt(std::string_view as_of) {
    return rebuild(ledger, ledger.length(), testing::at(as_of)).value().rows;
  }

  SmallLedger ledger;
  std::size_t stream = 0;
  std::shared_ptr<SharedEntries> shared = std::make_shared<SharedEntries>();
  std::shared_ptr<SharedResults> results = std::make_shared<SharedResults>();
  ChangeFeed feed;
  ManualClock clock{testing::at("2015-02-10T00:00:30Z")};
};

TEST(Follower, ServesWhatARebuildGives) {
  Scene scene;
  scene.publish();
  auto follower = scene.follow();
  ASSERT_TRUE(follower->wait_evaluated(scene.ledger.length(), kPatience));
  EXPECT_EQ(follower->status().as_of, testing::at("2015-02-10T00:01:00Z"));
  EXPECT_EQ(scene.served(), scene.rebuilt("2015-02-10T00:01:00Z"));
  for (int i = 0; i < 20; ++i) {
    scene.open_case("more" + std::to_string(i));
    scene.publish();
  }
  ASSERT_TRUE(follower->wait_evaluated(scene.ledger.length(), kPatience));
  EXPECT_EQ(scene.served(), scene.rebuilt("2015-02-10T00:01:00Z"));
  FollowerStatus status = follower->status();
  EXPECT_EQ(status.counters.folded, 21u);
  EXPECT_EQ(status.counters.open, 21u);
  EXPECT_EQ(status.outlets_scored, 1u);
  EXPECT_FALSE(status.failure.has_value());
}

TEST(Follower, AsOfIsNotBeforeTheLastEntry) {
  Scene scene;
  scene.ledger.now = testing::at("2015-02-20T08:00:00Z");
  scene.open_case("r2");
  scene.publish();
  auto follower = scene.follow();
  ASSERT_TRUE(follower->wait_evaluated(scene.ledger.length(), kPatience));
  EXPECT_EQ(follower->status().as_of, testing::at("2015-02-20T08:00:00Z"));
}

TEST(Follower, APackMayFixItsAsOf) {
  Scene scene;
  PackFiles fixed =
      small_pack({{"pack.yaml", "max_future", "as_of: 2015-01-20T00:00:00Z\nmax_future"}});
  scene.publish();
  auto follower = scene.follow();
  ASSERT_TRUE(follower->wait_evaluated(scene.ledger.length(), kPatience));
  // The new rule set fixes an as-of before the one that was reached already.
  scene.ledger.activate(fixed, true);
  scene.publish();
  ASSERT_TRUE(follower->wait_evaluated(scene.ledger.length(), kPatience));
  EXPECT_EQ(follower->status().as_of, testing::at("2015-01-20T00:00:00Z"));
  EXPECT_EQ(scene.served(), scene.rebuilt("2015-01-20T00:00:00Z"));
}

TEST(Follower, WritesOnlyTheRowsThatChanged) {
  Scene scene;
  scene.publish();
  auto follower = scene.follow();
  ASSERT_TRUE(follower->wait_evaluated(scene.ledger.length(), kPatience));
  std::size_t before;
  {
    MutexLock lock(scene.results->mutex);
    before = scene.results->written;
  }
  EXPECT_EQ(before, 9u) << "network, city and outlet; two months and the year";
  scene.open_case("r2");
  scene.publish();
  ASSERT_TRUE(follower->wait_evaluated(scene.ledger.length(), kPatience));
  MutexLock lock(scene.results->mutex);
  EXPECT_EQ(scene.results->written - before, 6u) << "January and the year of each";
}

// A closing of January as the office would record it now.
void close_january(Scene& scene, std::string_view as_of, std::uint64_t revision) {
  LedgerSize size = scene.ledger.length();
  Rebuilt built = rebuild(scene.ledger, size, testing::at(as_of)).value();
  std::vector<ResultRow> rows = rows_of_period(built.rows, "service", "2015-01");
  for (ResultRow& row : rows) {
    for (const ResultRow& now : rows_of_period(built.rows, "current.service", "2015-01")) {
      if (now.level == row.level && now.unit == row.unit) row.body = now.body;
    }
  }
  PeriodClosed closing{"service",          "2015-01", revision,    size,
                       testing::at(as_of), Hash(),    rows.size(), results_root(rows)};
  scene.ledger.record({"os:clerk", "over", closing});
}

TEST(Follower, ServesAClosedPeriodAsItWasPublishedHoweverItCameThere) {
  Scene scene;
  prometheus::Registry registry;
  EvaluatorMetrics metrics(registry);
  scene.publish();
  auto follower = scene.follow(&metrics);
  ASSERT_TRUE(follower->wait_evaluated(scene.ledger.length(), kPatience));
  const char* as_of = "2015-02-10T00:01:00Z";
  close_january(scene, as_of, 1);
  scene.publish();
  ASSERT_TRUE(follower->wait_evaluated(scene.ledger.length(), kPatience));
  EXPECT_EQ(scene.served(), scene.rebuilt(as_of));
  scene.open_case("late1");
  scene.publish();
  ASSERT_TRUE(follower->wait_evaluated(scene.ledger.length(), kPatience));
  EXPECT_EQ(scene.served(), scene.rebuilt(as_of));
  std::string text = prometheus::TextSerializer().Serialize(registry.Collect());
  EXPECT_THAT(text, ::testing::HasSubstr("plumbline_evaluator_closed_periods 1"));
  EXPECT_THAT(text, ::testing::HasSubstr("plumbline_evaluator_differing_results 3"));
  close_january(scene, as_of, 2);
  scene.open_case("late2");
  scene.publish();
  ASSERT_TRUE(follower->wait_evaluated(scene.ledger.length(), kPatience));
  std::vector<ResultRow> incremental = scene.served();
  EXPECT_EQ(incremental, scene.rebuilt(as_of));
  EXPECT_FALSE(rows_of_period(incremental, "closed.1.service", "2015-01").empty());
  EXPECT_FALSE(rows_of_period(incremental, "current.service", "2015-01").empty());
  follower.reset();
  follower = scene.follow();
  ASSERT_TRUE(follower->wait_evaluated(scene.ledger.length(), kPatience));
  EXPECT_EQ(scene.served(), incremental);
  follower.reset();
  scene.results = std::make_shared<SharedResults>();
  follower = scene.follow();
  ASSERT_TRUE(follower->wait_evaluated(scene.ledger.length(), kPatience));
  EXPECT_EQ(scene.served(), incremental);
}

TEST(Follower, APublishedResultOutlivesTheWithdrawalOfWhatItWasMadeFrom) {
  Scene scene;
  scene.publish();
  auto follower = scene.follow();
  ASSERT_TRUE(follower->wait_evaluated(scene.ledger.length(), kPatience));
  const char* as_of = "2015-02-10T00:01:00Z";
  close_january(scene, as_of, 1);
  scene.publish();
  ASSERT_TRUE(follower->wait_evaluated(scene.ledger.length(), kPatience));
  std::vector<ResultRow> published = rows_of_period(scene.served(), "service", "2015-01");
  scene.ledger.record(
      {"os:clerk", "a name in it", ContentRedacted{LedgerIndex(5), Hash(), Hash(), "os:b"}});
  scene.publish();
  ASSERT_TRUE(follower->wait_evaluated(scene.ledger.length(), kPatience));
  EXPECT_EQ(rows_of_period(scene.served(), "service", "2015-01"), published);
  std::vector<ResultRow> now = rows_of_period(scene.served(), "current.service", "2015-01");
  EXPECT_THAT(now.back().body, ::testing::HasSubstr("withdrawn"));
}

TEST(Follower, ServesTargetsAndRemovesTheRowsThatAreNoneAnyMore) {
  Scene scene;
  scene.ledger.activate(testing::target_pack(), true);
  scene.ledger.add_facts({testing::city("c1"), testing::city("c2"),
                          testing::city_institution("i1", "c1", "2015-01-10")});
  scene.publish();
  prometheus::Registry registry;
  EvaluatorMetrics metrics(registry);
  auto follower = scene.follow(&metrics);
  ASSERT_TRUE(follower->wait_evaluated(scene.ledger.length(), kPatience));
  EXPECT_EQ(scene.served(), scene.rebuilt("2015-02-10T00:01:00Z"));
  Fact merged = testing::city("c2");
  merged.until = Date{2015, 1, 31};
  scene.ledger.add_facts({merged});
  scene.publish();
  ASSERT_TRUE(follower->wait_evaluated(scene.ledger.length(), kPatience));
  std::vector<ResultRow> served = scene.served();
  EXPECT_EQ(served, scene.rebuilt("2015-02-10T00:01:00Z"));
  EXPECT_TRUE(testing::body_of(served, "city", "c2", "running").is_null());
  follower->request_stop();
  follower->join();
  EXPECT_THAT(prometheus::TextSerializer().Serialize(registry.Collect()),
              ::testing::HasSubstr("plumbline_target_value{pack=\"small\",reading=\"strict\","
                                   "statement=\"running\",target=\"cities\"} 1\n"));
}

TEST(Follower, AfterARestartReusesWhatIsStillTrue) {
  Scene scene;
  scene.publish();
  auto first = scene.follow();
  ASSERT_TRUE(first->wait_evaluated(scene.ledger.length(), kPatience));
  first->request_stop();
  first->join();
  std::size_t before;
  {
    MutexLock lock(scene.results->mutex);
    before = scene.results->written;
    // A row of a standard that is gone, and one that somebody has changed.
    ResultRow old{"old", "outlet", "a", "2015", "{}"};
    scene.results->rows[{"old", "outlet", "a", "2015"}] = old;
    scene.results->rows.rbegin()->second.body += " ";
  }
  scene.open_case("r2");
  scene.publish();
  auto second = scene.follow();
  ASSERT_TRUE(second->wait_evaluated(scene.ledger.length(), kPatience));
  EXPECT_EQ(scene.served(), scene.rebuilt("2015-02-10T00:01:00Z"));
  MutexLock lock(scene.results->mutex);
  EXPECT_EQ(scene.results->written - before, 7u) << "six for r2, one that was changed";
  EXPECT_EQ(scene.results->removed, 1u);
}

TEST(Follower, DropsResultsOfALongerLedger) {
  Scene scene;
  scene.publish();
  {
    MutexLock lock(scene.results->mutex);
    scene.results->header =
        ResultsHeader{LedgerSize(1'000'000), testing::at("2015-02-10T00:00:00Z"), "x", "y"};
    scene.results->rows[{"x"}] = ResultRow{"x", "outlet", "z", "2015", "{}"};
  }
  auto follower = scene.follow();
  ASSERT_TRUE(follower->wait_evaluated(scene.ledger.length(), kPatience));
  EXPECT_EQ(scene.served(), scene.rebuilt("2015-02-10T00:01:00Z"));
  MutexLock lock(scene.results->mutex);
  EXPECT_EQ(scene.results->cleared, 1);
}

TEST(Follower, AFailureIsStickyAndTold) {
  Scene scene;
  scene.publish();
  {
    MutexLock lock(scene.results->mutex);
    scene.results->full = true;
  }
  auto follower = scene.follow();
  EXPECT_FALSE(follower->wait_evaluated(scene.ledger.length(), kPatience));
  EXPECT_EQ(follower->status().failure, "the disk is full");
  EXPECT_FALSE(follower->status().caught_up);
  follower->join();
}

TEST(Follower, AnUnreadableEntryStopsIt) {
  Scene scene;
  scene.publish();
  {
    MutexLock lock(scene.shared->mutex);
    scene.shared->broken = true;
  }
  auto follower = scene.follow();
  EXPECT_FALSE(follower->wait_evaluated(scene.ledger.length(), kPatience));
  EXPECT_EQ(follower->status().failure, "entry 3 cannot be read");
}

TEST(Follower, EndsWhenTheFeedIsClosed) {
  Scene scene;
  scene.publish();
  auto follower = scene.follow();
  ASSERT_TRUE(follower->wait_evaluated(scene.ledger.length(), kPatience));
  scene.feed.close();
  follower->join();
}

TEST(EvaluatorMetrics, NoDataIsNoSeries) {
  Scene scene;
  for (const char* subject : {"r8", "r9"}) {
    Field due = testing::due_field("2015-01-06T10:00:00Z");
    scene.ledger.batch(scene.stream, {testing::opened(subject, "2015-01-05T10:00:00Z", {due}),
                                      testing::closed(subject, "2015-01-05T12:00:00Z")});
  }
  scene.publish();
  prometheus::Registry registry;
  EvaluatorMetrics metrics(registry);
  auto follower = scene.follow(&metrics);
  ASSERT_TRUE(follower->wait_evaluated(scene.ledger.length(), kPatience));
  follower->request_stop();
  follower->join();
  std::string text = prometheus::TextSerializer().Serialize(registry.Collect());
  using ::testing::HasSubstr;
  EXPECT_THAT(
      text, HasSubstr("plumbline_outlet_score{city=\"c1\",county=\"\",outlet=\"a\",pack=\"small\","
                      "period=\"2015-01\",standard=\"service\"} 100"));
  EXPECT_THAT(text, Not(HasSubstr("period=\"2015-02\"")));
  EXPECT_THAT(text, HasSubstr("plumbline_evaluator_lag_entries 0"));
  EXPECT_THAT(text, HasSubstr("plumbline_evaluator_folded_events_total 5"));
  EXPECT_THAT(text, HasSubstr("plumbline_evaluator_set_aside_events_total 0"));
  EXPECT_THAT(text, HasSubstr("plumbline_evaluator_stopped 0"));
  // The scene's clock, and midnight in New York after 2015-12-31.
  EXPECT_THAT(text, HasSubstr("plumbline_evaluator_as_of_timestamp_seconds 1423526460"));
  EXPECT_THAT(text,
              HasSubstr("plumbline_calendar_end_timestamp_seconds{pack=\"small\"} 1451624400"));
}

TEST(EvaluatorMetrics, AFailureIsShown) {
  Scene scene;
  scene.publish();
  {
    MutexLock lock(scene.shared->mutex);
    scene.shared->broken = true;
  }
  prometheus::Registry registry;
  EvaluatorMetrics metrics(registry);
  auto follower = scene.follow(&metrics);
  EXPECT_FALSE(follower->wait_evaluated(scene.ledger.length(), kPatience));
  follower->join();
  std::string text = prometheus::TextSerializer().Serialize(registry.Collect());
  EXPECT_THAT(text, ::testing::HasSubstr("plumbline_evaluator_stopped 1"));
  EXPECT_THAT(text, Not(::testing::HasSubstr("plumbline_evaluator_as_of_timestamp_seconds 1")));
}

TEST(EvaluatorMetrics, OnlyTheNewestPackSCalendarIsShown) {
  prometheus::Registry registry;
  EvaluatorMetrics metrics(registry);
  metrics.stands_at(Instant{60'000}, "first", Instant{120'000});
  metrics.stands_at(Instant{180'000}, "second", Instant{240'500});
  std::string text = prometheus::TextSerializer().Serialize(registry.Collect());
  using ::testing::HasSubstr;
  EXPECT_THAT(text, HasSubstr("plumbline_evaluator_as_of_timestamp_seconds 180\n"));
  EXPECT_THAT(text, HasSubstr("plumbline_calendar_end_timestamp_seconds{pack=\"second\"} 240.5\n"));
  EXPECT_THAT(text, Not(HasSubstr("\"first\"")));
}

TEST(EvaluatorMetrics, ARowThatLosesItsScoreLosesItsSeries) {
  prometheus::Registry registry;
  EvaluatorMetrics metrics(registry);
  ResultRow row{"s", "outlet", "a", "2015", R"({"grade":"good","score":"87.50"})"};
  metrics.show("p", row);
  EXPECT_THAT(prometheus::TextSerializer().Serialize(registry.Collect()),
              ::testing::HasSubstr("standard=\"s\"} 87.5"));
  // A score without a grade rests on too little data.
  row.body = R"({"grade":null,"score":"87.50"})";
  metrics.show("p", row);
  row.body = R"({"grade":null,"score":null})";
  metrics.show("p", row);
  metrics.show("p", {"s", "city", "c", "2015", R"({"grade":"good","score":"1.00"})"});
  EXPECT_THAT(prometheus::TextSerializer().Serialize(registry.Collect()),
              Not(::testing::HasSubstr("plumbline_outlet_score{")));
}

TEST(EvaluatorMetrics, AScoreNamesThePlacesAndGoesWithItsPack) {
  prometheus::Registry registry;
  EvaluatorMetrics metrics(registry);
  metrics.stands_at(Instant{}, "p", Instant{});
  ResultRow row{"s", "outlet", "a", "2015", R"({"grade":"good","score":"87.50"})"};
  metrics.show("p", row, {{"city", "3201"}, {"county", "320102"}});
  EXPECT_THAT(prometheus::TextSerializer().Serialize(registry.Collect()),
              ::testing::HasSubstr("plumbline_outlet_score{city=\"3201\",county=\"320102\",outlet="
                                   "\"a\",pack=\"p\",period=\"2015\",standard=\"s\"} 87.5"));
  metrics.show("q", row);
  metrics.stands_at(Instant{}, "q", Instant{});
  std::string text = prometheus::TextSerializer().Serialize(registry.Collect());
  EXPECT_THAT(text, Not(::testing::HasSubstr("pack=\"p\"")));
  EXPECT_THAT(text, ::testing::HasSubstr("pack=\"q\",period=\"2015\",standard=\"s\"} 87.5"));
}

TEST(EvaluatorMetrics, TotalsNeverFall) {
  prometheus::Registry registry;
  EvaluatorMetrics metrics(registry);
  metrics.count(10, 2);
  metrics.count(3, 0);
  metrics.count(11, 2);
  std::string text = prometheus::TextSerializer().Serialize(registry.Collect());
  EXPECT_THAT(text, ::testing::HasSubstr("plumbline_evaluator_folded_events_total 11"));
  EXPECT_THAT(text, ::testing::HasSubstr("plumbline_evaluator_set_aside_events_total 2"));
}

}  // namespace
}  // namespace plumbline
