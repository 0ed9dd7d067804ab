// SPDX-License-Identifier: Apache-2.0
#include "evaluator/ledger_view.h"

#include <fmt/format.h>

#include <list>
#include <set>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "base/mutex.h"
#include "evaluator/case_list.h"
#include "evaluator/explanation.h"
#include "evaluator/office_trail.h"
#include "evaluator/outlet_fold.h"
#include "evaluator/result_difference.h"
#include "evaluator/rules_json.h"

namespace plumbline {
namespace {

using Folded = std::shared_ptr<const OutletFold>;

// All that the fold of an outlet depends on.
struct FoldKey {
  OutletId outlet;
  std::uint64_t batches = 0;
  LedgerIndex last_batch;
  Instant as_of;
  std::uint64_t activations = 0;
  std::uint64_t facts = 0;
  std::uint64_t redactions = 0;
  bool operator==(const FoldKey&) const = default;
};

// The newest folds; the one used last stands first.
class FoldCache {
 public:
  // nullptr when it is not kept.
  Folded find(const FoldKey& key) {
    for (auto it = kept_.begin(); it != kept_.end(); ++it) {
      if (it->key != key) continue;
      kept_.splice(kept_.begin(), kept_, it);
      return kept_.front().fold;
    }
    return nullptr;
  }

  // Lets go of the oldest where there are too many; the new one always stays.
  void keep(FoldKey key, Folded fold) {
    std::uint64_t events = fold->events();
    kept_.push_front({std::move(key), std::move(fold), events});
    events_ += events;
    while (kept_.size() > 1 &&
           (kept_.size() > limits::kMaxFoldedOutlets || events_ > limits::kMaxFoldedEvents)) {
      events_ -= kept_.back().events;
      kept_.pop_back();
    }
  }

 private:
  struct Kept {
    FoldKey key;
    Folded fold;
    std::uint64_t events = 0;
  };
  std::list<Kept> kept_;
  std::uint64_t events_ = 0;
};

// What is read of the ledger before a fold: cheap, and enough to know whether there is one.
struct Question {
  FoldKey key;
  OutletPrefix prefix;
};

class LedgerView : public EvaluatorView {
 public:
  explicit LedgerView(OpenReader open) : open_(std::move(open)) {}

  std::shared_ptr<const Json> rules() override {
    MutexLock lock(mutex_);
    if (Status refreshed = refresh_rules(); !refreshed.ok()) {
      // What was in force when it was last read goes on being shown; the operator is told why.
      log_error("view", refreshed.error().text());
      reader_.reset();
    }
    return words_;
  }

  Result<Json> cases(const CaseQuery& query, LedgerSize size, Instant as_of) override {
    RETURN_IF_ERROR(check_case_query(query));
    ASSIGN_OR_RETURN(Folded fold, folded(query.outlet, size, as_of));
    return case_list(*fold, query);
  }

  Result<std::string> result_body(const ResultKey& key, LedgerSize size, Instant as_of) override {
    ASSIGN_OR_RETURN(Period period, parse_period(key.period));
    ASSIGN_OR_RETURN(Folded fold, folded(key.outlet, size, as_of));
    std::optional<ResultRow> row = fold->row(key.standard, period);
    if (row) return std::move(row->body);
    return Error(Code::kNotFound, fmt::format("there is no result of {} for {} in {}", key.standard,
                                              key.outlet.text(), key.period));
  }

  Result<Json> explanation(const ResultKey& key, std::uint64_t cases, ResultMoment at) override {
    ASSIGN_OR_RETURN(Period period, parse_period(key.period));
    ASSIGN_OR_RETURN(Folded fold, folded(key.outlet, at.size, at.as_of));
    ASSIGN_OR_RETURN(Json json, plumbline::explanation(*fold, key.standard, period, cases));
    return json.set("size", at.size.value);
  }

  Result<Json> difference(const ResultKey& key, ResultMoment before, ResultMoment after) override {
    ASSIGN_OR_RETURN(Period period, parse_period(key.period));
    ASSIGN_OR_RETURN(Folded then, folded(key.outlet, before.size, before.as_of));
    ASSIGN_OR_RETURN(Folded now, folded(key.outlet, after.size, after.as_of));
    Json json = result_difference(*then, *now, key.standard, period, before.size);
    ASSIGN_OR_RETURN(Json records, records_between(key.outlet, before.size, after.size));
    return json.set("records", std::move(records));
  }

 private:
  // The office's entries in [from, to) that concern an outlet's results.
  Result<Json> records_between(const OutletId& outlet, LedgerSize from, LedgerSize to)
      EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    RETURN_IF_ERROR(open_reader());
    ASSIGN_OR_RETURN(std::shared_ptr<const OfficeState> office, trail_.at(*reader_, to));
    ASSIGN_OR_RETURN(std::vector<LedgerIndex> batches,
                     reader_->batches_of(outlet, LedgerIndex(0), to));
    std::set<std::uint64_t> entries;
    auto take = [&](LedgerIndex index) {
      if (index.value >= from.value) entries.insert(index.value);
    };
    for (const char* kind : {"finding", "exemption", "class"}) {
      for (const FactBook::Version* version : office->registry.facts.known(kind)) {
        if (version->fact.attribute("outlet") == outlet.text()) take(version->index);
      }
    }
    for (LedgerIndex batch : batches) {
      auto redaction = office->registry.redactions.find(batch);
      if (redaction != office->registry.redactions.end()) take(redaction->second.index);
    }
    for (const InForce& rules : office->in_force) take(rules.index);
    Json json = Json::array();
    for (std::uint64_t entry : entries) json.push(entry);
    return json;
  }

  Result<Folded> folded(const OutletId& outlet, LedgerSize size, Instant as_of)
      EXCLUDES(mutex_, folding_) {
    ASSIGN_OR_RETURN(Question question, ask(outlet, size, as_of));
    if (Folded kept = find(question.key)) return kept;
    MutexLock lock(folding_);
    // Who waited here may have waited for this very fold.
    if (Folded kept = find(question.key)) return kept;
    ASSIGN_OR_RETURN(std::unique_ptr<LedgerReader> reader, open_());
    ASSIGN_OR_RETURN(Folded made, OutletFold::make(*reader, question.prefix));
    keep(std::move(question.key), made);
    return made;
  }

  Folded find(const FoldKey& key) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return cache_.find(key);
  }

  void keep(FoldKey key, Folded made) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    cache_.keep(std::move(key), std::move(made));
  }

  Result<Question> ask(const OutletId& outlet, LedgerSize size, Instant as_of) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    Result<Question> question = look(outlet, size, as_of);
    // A reader that failed is opened anew.
    if (!question.ok() && question.error().code() != Code::kNotFound) reader_.reset();
    return question;
  }

  Result<Question> look(const OutletId& outlet, LedgerSize size, Instant as_of) REQUIRES(mutex_) {
    RETURN_IF_ERROR(open_reader());
    ASSIGN_OR_RETURN(LedgerSize there, reader_->size());
    if (there < size) {
      return Error(Code::kNotFound, fmt::format("the ledger has {} entries, {} were asked for",
                                                there.value, size.value));
    }
    ASSIGN_OR_RETURN(std::shared_ptr<const OfficeState> office, trail_.at(*reader_, size));
    auto found = office->registry.outlets.find(outlet);
    if (found == office->registry.outlets.end()) {
      return Error(Code::kNotFound, fmt::format("there is no outlet \"{}\"", outlet.text()));
    }
    Question question;
    OutletPrefix& prefix = question.prefix;
    prefix.outlet = found->second;
    prefix.as_of = as_of;
    prefix.rules = answering(office->in_force);
    if (prefix.rules.empty()) return Error(Code::kNotFound, "no rules are in force yet");
    ASSIGN_OR_RETURN(prefix.entries, reader_->batches_of(outlet, LedgerIndex(0), size));
    for (const auto& [stream, enrolled] : office->registry.streams) {
      if (enrolled.outlet == outlet) prefix.streams.emplace(stream, enrolled);
    }
    for (const auto& [index, redaction] : office->registry.redactions) {
      if (index < redaction.index) prefix.withdrawn.insert(index);
    }
    prefix.facts = facts_about_outlets(office->registry.facts, outlet.text());
    question.key = {outlet,
                    prefix.entries.size(),
                    prefix.entries.empty() ? LedgerIndex() : prefix.entries.back(),
                    as_of,
                    office->in_force.size(),
                    office->registry.facts.additions(),
                    office->registry.redactions.size()};
    return question;
  }

  Status open_reader() REQUIRES(mutex_) {
    if (reader_ != nullptr) return {};
    ASSIGN_OR_RETURN(reader_, open_());
    return {};
  }

  Status refresh_rules() REQUIRES(mutex_) {
    RETURN_IF_ERROR(open_reader());
    ASSIGN_OR_RETURN(LedgerSize size, reader_->size());
    ASSIGN_OR_RETURN(std::shared_ptr<const OfficeState> office, trail_.at(*reader_, size));
    if (office->in_force.empty() || office->in_force.back().rules == rules_) return {};
    rules_ = office->in_force.back().rules;
    words_ = std::make_shared<const Json>(rules_json(*rules_));
    return {};
  }

  const OpenReader open_;
  Mutex folding_;  // one fold at a time; taken before mutex_
  Mutex mutex_;
  std::unique_ptr<LedgerReader> reader_ GUARDED_BY(mutex_);
  OfficeTrail trail_ GUARDED_BY(mutex_);
  FoldCache cache_ GUARDED_BY(mutex_);
  std::shared_ptr<const RuleSet> rules_ GUARDED_BY(mutex_);
  std::shared_ptr<const Json> words_ GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<EvaluatorView> make_ledger_view(OpenReader open) {
  return std::make_unique<LedgerView>(std::move(open));
}

}  // namespace plumbline
