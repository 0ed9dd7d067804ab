// SPDX-License-Identifier: Apache-2.0
#include "evaluator/follower.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "evaluator/rebuild.h"
#include "evaluator/row_changes.h"

namespace plumbline {
namespace {

// How long the feed may be silent before the clock and the stop flag are looked at again.
constexpr std::chrono::milliseconds kIdleWait{100};

bool same_header(const ResultsHeader& a, const ResultsHeader& b) {
  return a.size == b.size && a.as_of == b.as_of && a.pack == b.pack && a.rule_hash == b.rule_hash;
}

}  // namespace

Follower::Follower(std::unique_ptr<LedgerReader> reader, std::unique_ptr<ResultsStore> results,
                   ChangeFeed& feed, const Clock& clock, EvaluatorMetrics* metrics)
    : reader_(std::move(reader)),
      results_(std::move(results)),
      feed_(feed),
      clock_(clock),
      metrics_(metrics) {}

Follower::~Follower() {
  request_stop();
  join();
}

void Follower::start() {
  CHECK(!thread_.joinable(), "a follower is started once");
  thread_ = std::thread([this] { run(); });
}

void Follower::request_stop() {
  MutexLock lock(mutex_);
  stop_ = true;
}

void Follower::join() {
  if (thread_.joinable()) thread_.join();
}

FollowerStatus Follower::status() const {
  MutexLock lock(mutex_);
  return status_;
}

bool Follower::wait_evaluated(LedgerSize size, std::chrono::milliseconds timeout) const {
  MutexLock lock(mutex_);
  for (auto left = timeout; status_.evaluated < size || !status_.as_of;) {
    if (status_.failure || left.count() <= 0) return false;
    auto slice = std::min(left, kIdleWait);
    // Only slices that passed in full are taken off, so a wake-up never shortens the wait.
    if (!changed_.wait_for(mutex_, slice)) left -= slice;
  }
  return true;
}

bool Follower::stopping() const {
  MutexLock lock(mutex_);
  return stop_;
}

void Follower::run() {
  Status followed = follow();
  if (followed.ok()) return;
  log_error("evaluator", "the evaluation has stopped: " + followed.error().text());
  if (metrics_ != nullptr) metrics_->stopped();
  MutexLock lock(mutex_);
  status_.failure = followed.error().text();
  status_.caught_up = false;
  changed_.notify_all();
}

Status Follower::follow() {
  RETURN_IF_ERROR(drop_foreign_results());
  while (!stopping()) {
    RETURN_IF_ERROR(step());
    if (feed_.closed()) return {};
    LedgerSize seen(engine_.next().value);
    feed_.wait_beyond(seen, kIdleWait);
  }
  return {};
}

// Results that stand for more entries than the ledger has were made from another one.
Status Follower::drop_foreign_results() {
  ASSIGN_OR_RETURN(std::optional<ResultsStore::Snapshot> snapshot,
                   results_->read({"-", "-", "-", "-"}));
  if (!snapshot) return {};
  ASSIGN_OR_RETURN(LedgerSize size, reader_->size());
  if (snapshot->header.size > size) return results_->clear();
  return {};
}

Status Follower::step() {
  ASSIGN_OR_RETURN(LedgerSize size, reader_->size());
  std::int64_t began = clock_.monotonic_ms();
  Status done = fold_and_publish(size);
  {
    MutexLock lock(mutex_);
    status_.evaluate_ms += clock_.monotonic_ms() - began;
  }
  RETURN_IF_ERROR(done);
  report(size);
  return {};
}

// Folds chunk by chunk up to `size`. The first publication waits for the whole of it, so that
// nobody sees a history that is only half read; later ones follow each chunk.
Status Follower::fold_and_publish(LedgerSize size) {
  while (engine_.next().value < size.value) {
    if (stopping()) return {};
    ASSIGN_OR_RETURN(std::size_t taken, fold_chunk(*reader_, engine_, size));
    // A restarted engine folds from the first entry again.
    if (taken > 0 && engine_.next() == LedgerIndex(0)) published_all_ = false;
    RETURN_IF_ERROR(set_as_of());
    if (published_all_) RETURN_IF_ERROR(publish_changed());
  }
  RETURN_IF_ERROR(set_as_of());
  if (engine_.newest() == nullptr) return {};
  return published_all_ ? publish_changed() : publish_all();
}

Status Follower::set_as_of() {
  if (engine_.newest() == nullptr) return {};
  std::optional<Instant> fixed = engine_.fixed_as_of();
  if (fixed) {
    // A rule set that fixes an earlier as-of than was reached is folded from the first entry.
    if (engine_.as_of() && *fixed < *engine_.as_of()) {
      engine_.restart();
      published_all_ = false;
    }
    return engine_.advance(ceil_to_minute(*fixed));
  }
  Instant now = std::max(clock_.wall(), engine_.last_recorded_at().value_or(Instant{}));
  Instant as_of = ceil_to_minute(now);
  if (engine_.as_of()) as_of = std::max(as_of, *engine_.as_of());
  return engine_.advance(as_of);
}

// As they stand in the store, while their root is that of the closing; else from the ledger. A
// withdrawal may make that impossible: then what was published stays.
Result<std::vector<ResultRow>> Follower::frozen_rows(const PeriodClosed& closed) {
  std::vector<ResultRow> stored;
  for (const std::string& standard :
       {closed.standard, revision_standard(closed.revision, closed.standard)}) {
    ASSIGN_OR_RETURN(auto snapshot, results_->read({standard, "", "", closed.period}));
    if (!snapshot) continue;
    for (ResultRow& row : snapshot->rows) row.standard = closed.standard;
    if (results_root(snapshot->rows) == closed.root) return std::move(snapshot->rows);
    if (stored.empty()) stored = std::move(snapshot->rows);
  }
  Result<std::vector<ResultRow>> computed = rows_of_closing(*reader_, closed);
  if (computed.ok() || computed.error().code() != Code::kCorrupt) return computed;
  log_error("evaluator", computed.error().text());
  return stored;
}

// Takes in the closings that the engine came to know.
Status Follower::close_periods(ClosedResults::Changes& changes) {
  const std::vector<RegistryState::Closing>& closings = engine_.registry().closings;
  if (closings.size() <= closings_) return {};
  std::vector<ResultRow> live = engine_.rows();
  for (; closings_ < closings.size(); ++closings_) {
    const PeriodClosed& closed = closings[closings_].closed;
    ASSIGN_OR_RETURN(std::vector<ResultRow> frozen, frozen_rows(closed));
    closed_.close(closed, std::move(frozen), rows_of_period(live, closed.standard, closed.period),
                  changes);
  }
  return {};
}

Status Follower::publish_all() {
  ASSIGN_OR_RETURN(std::optional<ResultsStore::Snapshot> snapshot, results_->read({}));
  const std::vector<RegistryState::Closing>& closings = engine_.registry().closings;
  auto frozen = [this](const PeriodClosed& closed) { return frozen_rows(closed); };
  closed_ = ClosedResults();
  ASSIGN_OR_RETURN(std::vector<ResultRow> fresh,
                   served_rows(engine_.take_changed(), closings, frozen, closed_));
  closings_ = closings.size();
  std::vector<ResultRow> changed;
  std::vector<ResultRow> gone;
  compare_rows(snapshot ? snapshot->rows : std::vector<ResultRow>{}, fresh, changed, gone);
  ResultsHeader header = engine_.header();
  RETURN_IF_ERROR(results_->publish(header, changed, gone));
  // The gauges start empty with the process, so all rows are shown, not only those that changed.
  show(header.pack, fresh, gone);
  stands_at(header);
  published_ = header;
  published_all_ = true;
  return {};
}

Status Follower::publish_changed() {
  ResultsHeader header = engine_.header();
  if (published_ && same_header(*published_, header)) return {};
  ClosedResults::Changes changes;
  RETURN_IF_ERROR(close_periods(changes));
  std::vector<ResultRow> changed = engine_.take_changed();
  closed_.serve(std::move(changed), engine_.gone(), changes);
  RETURN_IF_ERROR(results_->publish(header, changes.changed, changes.gone));
  show(header.pack, changes.changed, changes.gone);
  stands_at(header);
  published_ = header;
  return {};
}

void Follower::show(const std::string& pack, const std::vector<ResultRow>& changed,
                    const std::vector<ResultRow>& gone) {
  if (metrics_ == nullptr) return;
  metrics_->set_closed(closed_.periods(), closed_.differing());
  for (const ResultRow& row : gone) {
    if (!is_of_closing(row)) metrics_->hide(pack, row);
  }
  const auto& outlets = engine_.registry().outlets;
  for (const ResultRow& row : changed) {
    if (is_of_closing(row)) continue;
    Result<OutletId> id = OutletId::parse(row.unit);
    auto outlet = id.ok() ? outlets.find(*id) : outlets.end();
    metrics_->show(pack, row,
                   outlet == outlets.end() ? EvaluatorMetrics::Places() : outlet->second.places);
  }
}

void Follower::stands_at(const ResultsHeader& header) {
  if (metrics_ == nullptr) return;
  const RuleSet& rules = engine_.newest()->rules();
  const Calendar& calendar = rules.pack->calendar;
  Date after = date_from_days(days_from_date(calendar.last_day) + 1);
  metrics_->stands_at(header.as_of, header.pack, calendar.start_of(after));
  metrics_->places().show(header.pack, engine_.registry().facts, calendar.local_date(header.as_of));
  metrics_->targets().show(header.pack, header.rule_hash, rules.targets, calendar);
}

void Follower::report(LedgerSize size) {
  FoldCounters counters = engine_.counters();
  std::uint64_t lag = size.value - engine_.next().value;
  if (metrics_ != nullptr) {
    metrics_->set_lag(lag);
    metrics_->count(counters.folded, counters.set_aside);
    metrics_->set_streams(engine_.conflicting_streams(), engine_.doubtful_streams());
  }
  MutexLock lock(mutex_);
  status_.evaluated = LedgerSize(engine_.next().value);
  if (published_) {
    status_.evaluated = published_->size;
    status_.as_of = published_->as_of;
  }
  status_.caught_up = lag == 0;
  status_.counters = counters;
  status_.outlets_scored = engine_.outlets_scored();
  changed_.notify_all();
}

}  // namespace plumbline
