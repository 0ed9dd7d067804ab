// SPDX-License-Identifier: Apache-2.0
#include "registry/office.h"

#include <fmt/format.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "ledger/entry.h"
#include "registry/registry_replay.h"

namespace plumbline {
namespace {

constexpr std::size_t kTokenSecretBytes = 16;
constexpr std::size_t kMaxReasonBytes = 2000;

// `os:zhang` and `zhang` are one person.
std::string_view person_of(std::string_view name) {
  constexpr std::string_view kSystemUser = "os:";
  return name.starts_with(kSystemUser) ? name.substr(kSystemUser.size()) : name;
}

Status check_second_person(const Office::By& by, const std::string& second) {
  if (second.empty() || second.size() > limits::kMaxNameBytes || utf8_error_at(second) ||
      has_control_character(second)) {
    return Error(Code::kInvalid, "a second person is needed, by a name of one line");
  }
  if (person_of(second) != person_of(by.actor)) return {};
  return Error(Code::kInvalid, fmt::format("the second person cannot be {}, who asks", by.actor));
}

Status check_rules(const RulesActivated& rules) {
  std::size_t bytes = 0;
  std::size_t agent_bytes = 0;
  for (const auto& [path, content] : rules.files) {
    bytes += path.size() + content.size();
    for (const char* name : kAgentPackFiles) {
      if (path == name) agent_bytes += content.size();
    }
  }
  if (rules.files.size() > limits::kMaxPackFiles || bytes > limits::kMaxPackBytes) {
    return Error(
        Code::kExhausted,
        fmt::format("the rule set has {} files of {} bytes, at most {} files of {} bytes "
                    "are allowed",
                    rules.files.size(), bytes, limits::kMaxPackFiles, limits::kMaxPackBytes));
  }
  if (agent_bytes > limits::kMaxContentBytes) {
    return Error(Code::kExhausted,
                 fmt::format("pack.yaml, events.yaml and calendar.yaml have {} bytes together, at "
                             "most {} can be sent to agents",
                             agent_bytes, limits::kMaxContentBytes));
  }
  if (rules.rule_hash != rule_hash(rules.files)) {
    return Error(Code::kInvalid, "the rule hash is not that of the files");
  }
  return {};
}

// The most that a fact's JSON can need: every byte escaped to two, and its braces and names.
std::size_t json_bytes(const Fact& fact) {
  constexpr std::size_t kFrame = 100;
  std::size_t bytes = kFrame + fact.kind.size() + fact.id.size();
  for (const auto& [name, value] : fact.attributes) bytes += name.size() + 2 * value.size() + 6;
  return bytes;
}

// Facts in records within limits::kMaxRecordFacts and half of limits::kMaxOfficeRecordBytes.
std::vector<FactsRecorded> records_of(const std::vector<Fact>& facts) {
  std::vector<FactsRecorded> records;
  std::size_t bytes = 0;
  for (const Fact& fact : facts) {
    bytes += json_bytes(fact);
    bool full = records.empty() || records.back().facts.size() >= limits::kMaxRecordFacts ||
                bytes > limits::kMaxOfficeRecordBytes / 2;
    if (full) {
      records.emplace_back();
      bytes = json_bytes(fact);
    }
    records.back().facts.push_back(fact);
  }
  return records;
}

void add_streams(const RegistryState& state, RegistryView& view) {
  std::map<LedgerIndex, const KeyEnrolled*> by_index;
  for (const auto& [id, stream] : state.streams) by_index[state.opened.at(id).index] = &stream;
  std::multimap<StreamId, Instant> conflicts;
  for (const RegistryState::Conflict& one : state.conflicts) {
    conflicts.emplace(one.conflict.stream, one.recorded_at);
  }
  for (const auto& [index, enrolled] : by_index) {
    RegistryView::Stream stream;
    stream.stream = enrolled->stream;
    stream.source_kind = enrolled->source_kind;
    stream.opened_at = state.opened.at(enrolled->stream).recorded_at;
    if (auto closed = state.closed.find(enrolled->stream); closed != state.closed.end()) {
      stream.closed_at = closed->second.recorded_at;
      stream.successor = closed->second.successor;
    }
    auto [first, last] = conflicts.equal_range(enrolled->stream);
    for (; first != last; ++first) stream.conflicts.push_back(first->second);
    view.streams[enrolled->outlet].push_back(std::move(stream));
  }
}

}  // namespace

Office::Office(LedgerWriter& writer, PrivateKey office_key, const Clock& clock, RegistryState state)
    : writer_(writer), office_key_(std::move(office_key)), clock_(clock), state_(std::move(state)) {
  MutexLock lock(mutex_);
  refresh_agent_rules();
}

Result<std::unique_ptr<Office>> Office::open(LedgerReader& reader, LedgerWriter& writer,
                                             PrivateKey office_key, const Clock& clock) {
  ASSIGN_OR_RETURN(RegistryState state, read_registry(reader, office_key.public_key()));
  return std::unique_ptr<Office>(
      new Office(writer, std::move(office_key), clock, std::move(state)));
}

Status Office::By::check() const {
  if (actor.empty()) return Error(Code::kInvalid, "an office action needs an actor");
  if (reason.empty()) return Error(Code::kInvalid, "an office action needs a reason");
  if (reason.size() > kMaxReasonBytes) {
    return Error(Code::kInvalid, fmt::format("the reason has {} bytes, at most {} are allowed",
                                             reason.size(), kMaxReasonBytes));
  }
  return {};
}

Result<LedgerIndex> Office::record(const OfficeRecord& record) {
  RETURN_IF_ERROR(state_.check(record));
  ASSIGN_OR_RETURN(LedgerIndex index,
                   writer_.append(EntryKind::kOffice, encode_record(to_json(record), office_key_)));
  Status applied = state_.apply(index, clock_.wall(), record);
  view_.reset();
  CHECK(applied.ok(), "a record that was checked before applies");
  return index;
}

void Office::refresh_agent_rules() {
  auto rules = std::make_shared<AgentRules>();
  if (!state_.activations.empty()) {
    const auto& files = state_.activations.back().rules.files;
    for (const char* name : kAgentPackFiles) {
      if (auto file = files.find(name); file != files.end()) rules->files.insert(*file);
    }
    if (auto events = rules->files.find("events.yaml"); events != rules->files.end()) {
      rules->events_hash = sha256(events->second);
    }
  }
  agent_rules_ = std::move(rules);
}

Result<LedgerIndex> Office::add_outlet(const By& by, OutletAdded outlet) {
  RETURN_IF_ERROR(by.check());
  if (auto problems = check_outlet(outlet); !problems.empty()) {
    std::string text;
    for (const AttributeProblem& problem : problems) text += "\n" + problem.text();
    return Error(Code::kInvalid, "the outlet cannot be added:" + text);
  }
  MutexLock lock(mutex_);
  return record({by.actor, by.reason, std::move(outlet)});
}

Result<Bytes> Office::create_token(const By& by, const OutletId& outlet, SourceKind kind,
                                   bool historical, Duration valid_for) {
  RETURN_IF_ERROR(by.check());
  if (valid_for <= Duration{0} || valid_for > kMaxTokenValidity) {
    return Error(Code::kInvalid,
                 fmt::format("a token can be valid for 1 to {} minutes, not for {}",
                             kMaxTokenValidity.ms / kMsPerMinute, valid_for.ms / kMsPerMinute));
  }
  Bytes secret = random_bytes(kTokenSecretBytes);
  TokenCreated token;
  token.token_hash = sha256(secret);
  token.outlet = outlet;
  token.source_kind = kind;
  token.historical = historical;
  token.expires = clock_.wall() + valid_for;
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN([[maybe_unused]] LedgerIndex index,
                   record({by.actor, by.reason, std::move(token)}));
  return secret;
}

Result<LedgerIndex> Office::activate_rules(const By& by, RulesActivated rules) {
  RETURN_IF_ERROR(by.check());
  RETURN_IF_ERROR(check_rules(rules));
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(LedgerIndex index, record({by.actor, by.reason, std::move(rules)}));
  refresh_agent_rules();
  return index;
}

Result<LedgerIndex> Office::redact(const By& by, ContentRedacted redacted) {
  RETURN_IF_ERROR(by.check());
  RETURN_IF_ERROR(check_second_person(by, redacted.second_person));
  MutexLock lock(mutex_);
  return record({by.actor, by.reason, std::move(redacted)});
}

Result<LedgerIndex> Office::close_period(const By& by, PeriodClosed closed) {
  RETURN_IF_ERROR(by.check());
  MutexLock lock(mutex_);
  return record({by.actor, by.reason, std::move(closed)});
}

Result<LedgerIndex> Office::continue_ledger(const By& by, LedgerContinued continued) {
  RETURN_IF_ERROR(by.check());
  MutexLock lock(mutex_);
  return record({by.actor, by.reason, std::move(continued)});
}

Result<Office::Applied> Office::apply_registry(const By& by, const RegistryInput& input, Run run) {
  if (run == Run::kWrite) RETURN_IF_ERROR(by.check());
  MutexLock lock(mutex_);
  Applied applied{plan_registry(state_, input), std::nullopt};
  if (run == Run::kDry || !applied.plan.problems.empty()) return applied;
  for (const OutletAdded& outlet : applied.plan.outlets) {
    ASSIGN_OR_RETURN(applied.last, record({by.actor, by.reason, outlet}));
  }
  for (FactsRecorded& facts : records_of(applied.plan.facts)) {
    ASSIGN_OR_RETURN(applied.last, record({by.actor, by.reason, std::move(facts)}));
  }
  return applied;
}

Result<std::optional<LedgerIndex>> Office::record_facts(const By& by, std::vector<Fact> facts) {
  RegistryInput input{{}, std::move(facts)};
  ASSIGN_OR_RETURN(Applied applied, apply_registry(by, input, Run::kWrite));
  if (applied.plan.problems.empty()) return applied.last;
  return Error(Code::kInvalid, applied.plan.problem_text(input));
}

RegistryState Office::state() const {
  MutexLock lock(mutex_);
  return state_;
}

std::shared_ptr<const RegistryView> Office::view() const {
  MutexLock lock(mutex_);
  if (view_ != nullptr) return view_;
  auto view = std::make_shared<RegistryView>();
  view->genesis = *state_.genesis;
  view->outlets = state_.outlets;
  for (const RegistryState::Activation& at : state_.activations) {
    view->activations.push_back({at.index, at.rules.pack, at.rules.version, at.rules.rule_hash,
                                 at.recorded_at, at.rules.retroactive});
  }
  view->closings = state_.closings;
  view->facts = state_.facts;
  add_streams(state_, *view);
  view_ = std::move(view);
  return view_;
}

Genesis Office::genesis() const {
  MutexLock lock(mutex_);
  return *state_.genesis;
}

std::vector<OutletAdded> Office::outlets() const {
  MutexLock lock(mutex_);
  std::vector<OutletAdded> outlets;
  for (const auto& [id, outlet] : state_.outlets) outlets.push_back(outlet);
  return outlets;
}

std::vector<RegistryState::Continuation> Office::continuations() const {
  MutexLock lock(mutex_);
  return state_.continuations;
}

Result<OutletAdded> Office::outlet(const OutletId& id) const {
  MutexLock lock(mutex_);
  auto found = state_.outlets.find(id);
  if (found != state_.outlets.end()) return found->second;
  return Error(Code::kNotFound, fmt::format("there is no outlet \"{}\"", id.text()));
}

std::shared_ptr<const AgentRules> Office::agent_rules() const {
  MutexLock lock(mutex_);
  return agent_rules_;
}

}  // namespace plumbline
