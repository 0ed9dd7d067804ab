// SPDX-License-Identifier: Apache-2.0
#include "evaluator/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "base/check.h"
#include "evaluator/batch_entry.h"
#include "ledger/entry.h"

namespace plumbline {
namespace {

Error at_entry(LedgerIndex index, Code code, std::string_view what, Error cause) {
  return Error(code, fmt::format("entry {} {}", index.value, what), std::move(cause));
}

}  // namespace

Engine::Engine() = default;
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

void Engine::restart() {
  next_ = LedgerIndex(0);
  registry_ = RegistryState{};
  watches_.clear();
  doubtful_.clear();
  batches_seen_ = false;
  without_content_.clear();
  needs_restart_ = false;
  as_of_.reset();
  last_recorded_at_.reset();
  targets_.restart();
  gone_.clear();
  make_folds();
}

Status Engine::apply(const StoredEntry& stored) {
  CHECK(!needs_restart_, "an engine that asks for a restart takes no entries");
  if (stored.index != next_) {
    return Error(Code::kInvalid, fmt::format("entry {} was given where entry {} comes next",
                                             stored.index.value, next_.value));
  }
  Result<Entry> entry = decode_entry(stored.entry);
  if (!entry.ok()) {
    return at_entry(stored.index, Code::kCorrupt, "cannot be read", entry.error());
  }
  last_recorded_at_ = entry->recorded_at;
  RETURN_IF_ERROR(entry->kind == EntryKind::kBatch ? apply_batch(stored, *entry)
                                                   : apply_record(stored, *entry));
  next_ = next_.next();
  return {};
}

Status Engine::apply_record(const StoredEntry& stored, const Entry& entry) {
  Result<SignedRecord> signed_record = decode_record(entry.payload);
  if (!signed_record.ok()) {
    return at_entry(stored.index, Code::kCorrupt, "holds no office record", signed_record.error());
  }
  Result<OfficeRecord> record = office_record_from_json(signed_record->json);
  // A kind of a later version has no part in what this version computes.
  if (!record.ok() && record.error().code() == Code::kUnsupported) return {};
  if (!record.ok()) {
    return at_entry(stored.index, Code::kCorrupt, "holds an office record without its form",
                    record.error());
  }
  Status applied = registry_.apply(stored.index, entry.recorded_at, *record);
  if (!applied.ok()) {
    return at_entry(stored.index, Code::kCorrupt, "contradicts the records before it",
                    applied.error());
  }
  if (const auto* outlet = std::get_if<OutletAdded>(&record->body)) {
    for (auto& fold : folds_) fold->add_outlet(*outlet);
  }
  if (const auto* recorded = std::get_if<FactsRecorded>(&record->body)) {
    targets_.facts_changed();
    for (const Fact& fact : recorded->facts) {
      for (auto& fold : folds_) fold->add_fact(fact, entry.recorded_at);
    }
  }
  if (const auto* redacted = std::get_if<ContentRedacted>(&record->body)) {
    redact(stored.index, redacted->index);
  }
  if (std::holds_alternative<RulesActivated>(record->body)) {
    return activate(registry_.activations.back());
  }
  return {};
}

void Engine::redact(LedgerIndex record, LedgerIndex batch) {
  // A record withdraws nothing that comes behind it.
  if (batch >= record || !redacted_.insert(batch).second) return;
  if (!without_content_.contains(batch)) needs_restart_ = true;
}

std::vector<LedgerIndex> Engine::withdrawn_later() const {
  std::vector<LedgerIndex> later;
  for (LedgerIndex index : without_content_) {
    if (!registry_.redactions.contains(index)) later.push_back(index);
  }
  return later;
}

Status Engine::activate(const RegistryState::Activation& activation) {
  bool known = std::any_of(in_force_.begin(), in_force_.end(),
                           [&](const InForce& rules) { return rules.index == activation.index; });
  if (known) return {};
  Problems problems;
  std::shared_ptr<const RuleSet> rules = compile_rules(activation.rules.files, problems);
  if (rules == nullptr) {
    return at_entry(activation.index, Code::kUnsupported,
                    "activates a rule set that this version cannot read",
                    Error(Code::kInvalid, problems.text()));
  }
  in_force_.push_back(
      {activation.index, activation.recorded_at, activation.rules.retroactive, std::move(rules)});
  if (batches_seen_) {
    needs_restart_ = true;
  } else {
    make_folds();
  }
  return {};
}

// Makes the folds anew and tells them what the registry knows already. A fold that answers for no
// period is not made.
void Engine::make_folds() {
  folds_.clear();
  for (const Answering& part : answering(in_force_)) {
    auto fold = std::make_unique<RuleFold>(part.rules, part.range);
    for (const auto& [id, outlet] : registry_.outlets) fold->add_outlet(outlet);
    for (const FactBook::Version& known : facts_about_outlets(registry_.facts)) {
      fold->add_fact(known.fact, known.recorded_at);
    }
    if (as_of_) fold->advance(*as_of_);
    folds_.push_back(std::move(fold));
  }
  targets_.use(in_force_.empty() ? nullptr : in_force_.back().rules);
}

Status Engine::apply_batch(const StoredEntry& stored, const Entry& entry) {
  ASSIGN_OR_RETURN(BatchEntry read, read_batch(stored, entry));
  auto stream = registry_.streams.find(read.header.stream);
  if (stream == registry_.streams.end()) {
    return Error(Code::kCorrupt, fmt::format("entry {} holds a batch of stream {}, which no "
                                             "enrolment before it made",
                                             stored.index.value, read.header.stream.hex()));
  }
  batches_seen_ = true;
  StreamWatch& watch = watches_[read.header.stream];
  watch.take(read.header);
  if (watch.doubt().has_value()) doubtful_.insert(read.header.stream);
  if (!read.content && read.problem == kWithdrawnRule) without_content_.insert(stored.index);
  if (redacted_.contains(stored.index)) withdraw(read);
  for (auto& fold : folds_) {
    fold->apply(fold_input(read, stored.index, entry.recorded_at, stream->second));
  }
  return {};
}

std::uint64_t Engine::doubtful_streams() const {
  auto open = [&](const StreamId& stream) { return !registry_.closed.contains(stream); };
  return static_cast<std::uint64_t>(std::count_if(doubtful_.begin(), doubtful_.end(), open));
}

std::uint64_t Engine::conflicting_streams() const {
  std::set<StreamId> streams;
  for (const RegistryState::Conflict& one : registry_.conflicts) {
    if (!registry_.closed.contains(one.conflict.stream)) streams.insert(one.conflict.stream);
  }
  return streams.size();
}

Status Engine::advance(Instant as_of) {
  if (as_of_ && as_of < *as_of_) {
    return Error(Code::kInvalid, fmt::format("as-of cannot go back from {} to {}",
                                             format_instant(*as_of_), format_instant(as_of)));
  }
  if (as_of != ceil_to_minute(as_of)) {
    return Error(Code::kInvalid,
                 fmt::format("as-of {} is not a whole minute", format_instant(as_of)));
  }
  as_of_ = as_of;
  for (auto& fold : folds_) fold->advance(as_of);
  return {};
}

std::optional<Instant> Engine::fixed_as_of() const {
  if (in_force_.empty()) return std::nullopt;
  return in_force_.back().rules->pack->as_of;
}

std::vector<ResultRow> Engine::take_changed() {
  std::vector<ResultRow> all;
  for (auto& fold : folds_) {
    std::vector<ResultRow> rows = fold->take_changed();
    std::move(rows.begin(), rows.end(), std::back_inserter(all));
  }
  TargetFold::Changes targets = targets_.take_changes(registry_.facts, as_of_);
  std::move(targets.changed.begin(), targets.changed.end(), std::back_inserter(all));
  gone_ = std::move(targets.gone);
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<ResultRow> Engine::rows() const {
  std::vector<ResultRow> all;
  for (const auto& fold : folds_) {
    std::vector<ResultRow> rows = fold->rows();
    std::move(rows.begin(), rows.end(), std::back_inserter(all));
  }
  if (as_of_ && !in_force_.empty()) {
    std::vector<ResultRow> rows = target_rows(*in_force_.back().rules, registry_.facts, *as_of_);
    std::move(rows.begin(), rows.end(), std::back_inserter(all));
  }
  std::sort(all.begin(), all.end());
  return all;
}

ResultsHeader Engine::header() const {
  ResultsHeader header;
  header.size = LedgerSize(next_.value);
  header.as_of = as_of_.value_or(Instant{});
  if (!in_force_.empty()) {
    const Pack& pack = *in_force_.back().rules->pack;
    header.pack = pack.id;
    header.rule_hash = pack.rules.hex();
  }
  return header;
}

const RuleFold* Engine::newest() const {
  return folds_.empty() ? nullptr : folds_.back().get();
}

FoldCounters Engine::counters() const {
  return folds_.empty() ? FoldCounters{} : newest()->counters();
}

std::uint64_t Engine::outlets_scored() const {
  return folds_.empty() ? 0 : newest()->scored_units();
}

}  // namespace plumbline
