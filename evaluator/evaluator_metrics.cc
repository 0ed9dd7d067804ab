// SPDX-License-Identifier: Apache-2.0
#include "evaluator/evaluator_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "base/decimal.h"
#include "base/json.h"
#include "base/mutex.h"
#include "evaluator/target_fold.h"

namespace plumbline {
namespace {

// The score of a row that has a grade. Without one too little data stands behind the score, and a
// line on a dashboard could not say so.
std::optional<Decimal> score_of(const ResultRow& row) {
  Result<Json> body = Json::parse(row.body);
  if (!body.ok()) return std::nullopt;
  const Json* grade = body->find("grade");
  if (grade == nullptr || !grade->is_string()) return std::nullopt;
  const Json* score = body->find("score");
  if (score == nullptr || !score->is_string()) return std::nullopt;
  Result<Decimal> value = parse_decimal(score->as_string());
  if (!value.ok()) return std::nullopt;
  return *value;
}

double seconds(Instant at) {
  return static_cast<double>(at.ms) / 1000;
}

// What tells the rows of outlets apart.
using Key = std::array<std::string, 4>;
Key key_of(const std::string& pack, const ResultRow& row) {
  return {pack, row.standard, row.period, row.unit};
}

std::string place_at(const std::map<std::string, std::string>& places, const char* level) {
  auto found = places.find(level);
  return found == places.end() ? std::string() : found->second;
}

bool is_of_target(const ResultRow& row) {
  return row.standard.starts_with(kTargetRows);
}

}  // namespace

struct EvaluatorMetrics::Families {
  explicit Families(prometheus::Registry& registry)
      : lag(prometheus::BuildGauge()
                .Name("plumbline_evaluator_lag_entries")
                .Help("Ledger entries that the evaluator has not folded yet")
                .Register(registry)
                .Add({})),
        folded(prometheus::BuildCounter()
                   .Name("plumbline_evaluator_folded_events_total")
                   .Help("Events that were folded into cases")
                   .Register(registry)
                   .Add({})),
        set_aside(prometheus::BuildCounter()
                      .Name("plumbline_evaluator_set_aside_events_total")
                      .Help("Events that do not fit the pack and take no part in any figure")
                      .Register(registry)
                      .Add({})),
        conflicting(prometheus::BuildGauge()
                        .Name("plumbline_evaluator_conflicting_streams")
                        .Help("Open streams with two batches that contradict each other")
                        .Register(registry)
                        .Add({})),
        doubtful(prometheus::BuildGauge()
                     .Name("plumbline_evaluator_doubtful_streams")
                     .Help("Open streams that look as if two machines sealed their batches")
                     .Register(registry)
                     .Add({})),
        closed(prometheus::BuildGauge()
                   .Name("plumbline_evaluator_closed_periods")
                   .Help("Periods of standards that are closed and served as published")
                   .Register(registry)
                   .Add({})),
        differing(prometheus::BuildGauge()
                      .Name("plumbline_evaluator_differing_results")
                      .Help("Results of closed periods that would be others by what came since")
                      .Register(registry)
                      .Add({})),
        stopped(prometheus::BuildGauge()
                    .Name("plumbline_evaluator_stopped")
                    .Help("1 after the evaluation failed, until the next start")
                    .Register(registry)
                    .Add({})),
        as_of(prometheus::BuildGauge()
                  .Name("plumbline_evaluator_as_of_timestamp_seconds")
                  .Help("The instant that the published results stand for")
                  .Register(registry)),
        calendar_end(prometheus::BuildGauge()
                         .Name("plumbline_calendar_end_timestamp_seconds")
                         .Help("Where the pack's calendar ends; work days after it are provisional")
                         .Register(registry)),
        scores(prometheus::BuildGauge()
                   .Name("plumbline_outlet_score")
                   .Help("Score of an outlet in a period, 0 to 100; only where there is a grade")
                   .Register(registry)) {}

  prometheus::Gauge& lag;
  prometheus::Counter& folded;
  prometheus::Counter& set_aside;
  prometheus::Gauge& conflicting;
  prometheus::Gauge& doubtful;
  prometheus::Gauge& closed;
  prometheus::Gauge& differing;
  prometheus::Gauge& stopped;
  prometheus::Family<prometheus::Gauge>& as_of;
  prometheus::Family<prometheus::Gauge>& calendar_end;
  prometheus::Family<prometheus::Gauge>& scores;

  Mutex mutex;
  std::string pack GUARDED_BY(mutex);
  prometheus::Gauge* end_of_pack GUARDED_BY(mutex) = nullptr;  // of `pack`
  std::uint64_t folded_total GUARDED_BY(mutex) = 0;
  std::uint64_t set_aside_total GUARDED_BY(mutex) = 0;
  std::map<Key, prometheus::Gauge*> shown GUARDED_BY(mutex);
};

EvaluatorMetrics::EvaluatorMetrics(prometheus::Registry& registry)
    : families_(std::make_unique<Families>(registry)), places_(registry), targets_(registry) {}

EvaluatorMetrics::~EvaluatorMetrics() = default;

void EvaluatorMetrics::set_lag(std::uint64_t entries) {
  families_->lag.Set(static_cast<double>(entries));
}

void EvaluatorMetrics::set_streams(std::uint64_t conflicting, std::uint64_t doubtful) {
  families_->conflicting.Set(static_cast<double>(conflicting));
  families_->doubtful.Set(static_cast<double>(doubtful));
}

void EvaluatorMetrics::set_closed(std::uint64_t periods, std::uint64_t differing) {
  families_->closed.Set(static_cast<double>(periods));
  families_->differing.Set(static_cast<double>(differing));
}

void EvaluatorMetrics::count(std::uint64_t folded, std::uint64_t set_aside) {
  Families& families = *families_;
  MutexLock lock(families.mutex);
  auto grow = [](prometheus::Counter& counter, std::uint64_t& total, std::uint64_t now) {
    if (now > total) counter.Increment(static_cast<double>(now - total));
    total = std::max(total, now);
  };
  grow(families.folded, families.folded_total, folded);
  grow(families.set_aside, families.set_aside_total, set_aside);
}

void EvaluatorMetrics::stands_at(Instant as_of, const std::string& pack, Instant calendar_end) {
  Families& families = *families_;
  families.as_of.Add({}).Set(seconds(as_of));
  MutexLock lock(families.mutex);
  if (families.end_of_pack != nullptr && families.pack != pack) {
    families.calendar_end.Remove(families.end_of_pack);
    std::erase_if(families.shown, [&](const auto& row) {
      if (row.first.front() == pack) return false;
      families.scores.Remove(row.second);
      return true;
    });
  }
  families.pack = pack;
  families.end_of_pack = &families.calendar_end.Add({{"pack", pack}});
  families.end_of_pack->Set(seconds(calendar_end));
}

void EvaluatorMetrics::stopped() {
  families_->stopped.Set(1);
}

void EvaluatorMetrics::show(const std::string& pack, const ResultRow& row, const Places& places) {
  if (is_of_target(row)) return targets_.show(pack, row);
  if (row.level != "outlet") return;
  std::optional<Decimal> score = score_of(row);
  if (!score) {
    hide(pack, row);
    return;
  }
  Families& families = *families_;
  MutexLock lock(families.mutex);
  auto [found, added] = families.shown.try_emplace(key_of(pack, row), nullptr);
  if (added) {
    found->second = &families.scores.Add({{"pack", pack},
                                          {"standard", row.standard},
                                          {"period", row.period},
                                          {"outlet", row.unit},
                                          {"county", place_at(places, "county")},
                                          {"city", place_at(places, "city")}});
  }
  // A gauge is for looking at: the exact score stands in the result's body.
  found->second->Set(static_cast<double>(score->units) / Decimal::kOne);
}

void EvaluatorMetrics::hide(const std::string& pack, const ResultRow& row) {
  if (is_of_target(row)) return targets_.hide(pack, row);
  Families& families = *families_;
  MutexLock lock(families.mutex);
  auto found = families.shown.find(key_of(pack, row));
  if (found == families.shown.end()) return;
  families.scores.Remove(found->second);
  families.shown.erase(found);
}

}  // namespace plumbline
