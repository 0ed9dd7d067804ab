// SPDX-License-Identifier: Apache-2.0
#include "evaluator/case_book.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/check.h"

namespace plumbline {

namespace {

Bytes case_key(std::uint32_t outlet, std::uint16_t type, std::string_view subject) {
  Bytes key;
  append_u32(key, outlet);
  append_u16(key, type);
  key.append(subject);
  return key;
}

}  // namespace

bool Case::listed() const {
  return std::any_of(events.begin(), events.end(), [](const Act& act) { return act.reached(); });
}

CaseBook::CaseBook(const EventCatalog& catalog) {
  for (const TypeSpec& type : catalog.types) {
    TypePlan plan;
    plan.steps = std::max<std::size_t>(1, type.steps.size());
    plan.final_steps.assign(plan.steps, type.steps.empty());
    for (std::size_t s = 0; s < type.steps.size(); ++s) plan.final_steps[s] = type.steps[s].final;
    if (type.due_field) {
      const FieldSpec* due = type.field(*type.due_field);
      CHECK(due != nullptr, "a checked pack knows its due fields");
      plan.due_field = static_cast<std::size_t>(due - type.fields.data());
    }
    plans_.push_back(std::move(plan));
    field_counts_.push_back(type.fields.size());
  }
}

Case& CaseBook::case_of(std::uint32_t outlet, const AcceptedEvent& event, CaseId& id) {
  auto [found, added] = index_.try_emplace(case_key(outlet, event.type, event.subject),
                                           static_cast<CaseId>(cases_.size()));
  id = found->second;
  if (added) {
    Case fresh;
    fresh.outlet = outlet;
    fresh.type = event.type;
    fresh.subject = std::string(event.subject);
    fresh.facts.fields.resize(field_counts_[event.type]);
    fresh.facts.steps.resize(plans_[event.type].steps);
    cases_.push_back(std::move(fresh));
  }
  return cases_[id];
}

void CaseBook::add(std::uint32_t outlet, Position position, AcceptedEvent event) {
  CaseId id = 0;
  Case& target = case_of(outlet, event, id);
  CHECK(target.events.empty() || target.events.back().position < position,
        "events are added in the order of their positions");
  target.events.push_back({position, event.time, static_cast<std::uint8_t>(event.step),
                           Case::State::kWaiting, event.flags, event.stream,
                           std::move(event.fields)});
  if (event.time > as_of_) {
    ++pending_;
    queue_.push({event.time, id});
    return;
  }
  // Every folded event stands before this one, and nothing was said about it yet, so folding it
  // last is folding in order.
  ++reached_;
  target.events.back().state = Case::State::kCounted;
  arrivals_.push_back({outlet, event.time, event.flags});
  fold(target, static_cast<std::uint32_t>(target.events.size() - 1));
  settle(target, id);
}

CaseBook::Amending CaseBook::amend(Target means, Position position, AcceptedAmendment amendment) {
  auto found = index_.find(case_key(means.outlet, amendment.type, amendment.said.subject));
  if (found == index_.end() || amendment.said.target >= position.sequence) {
    return Amending::kUnknownTarget;
  }
  Case& target = cases_[found->second];
  if (target.amendments_tried == kMaxAmendmentsOfCase) return Amending::kTooMany;
  ++target.amendments_tried;
  auto event = std::find_if(target.events.begin(), target.events.end(), [&](const Case::Act& act) {
    return act.position.sequence == amendment.said.target && act.stream == means.stream &&
           act.step == amendment.step;
  });
  if (event == target.events.end()) return Amending::kUnknownTarget;
  auto index = static_cast<std::uint32_t>(event - target.events.begin());
  target.amendments.push_back({position, amendment.time, index, amendment.said.voids, false, false,
                               std::move(amendment.said.reason), std::move(amendment.fields)});
  ++pending_;
  if (amendment.time > as_of_) {
    queue_.push({amendment.time, found->second});
    return Amending::kTaken;
  }
  refold(target);
  settle(target, found->second);
  return Amending::kTaken;
}

void CaseBook::advance(Instant as_of) {
  CHECK(as_of >= as_of_, "as-of never goes back");
  as_of_ = as_of;
  std::vector<CaseId> changed;
  while (!queue_.empty() && queue_.top().at <= as_of) {
    changed.push_back(queue_.top().id);
    queue_.pop();
  }
  std::sort(changed.begin(), changed.end());
  changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
  for (CaseId id : changed) {
    refold(cases_[id]);
    settle(cases_[id], id);
  }
}

void CaseBook::fold(Case& target, std::uint32_t index) const {
  const Case::Act& act = target.events[index];
  ++target.folded;
  std::optional<Instant>& step = target.facts.steps[act.step];
  if (step.has_value()) {
    target.duplicates.push_back(index);
    return;
  }
  step = act.time;
  if (plans_[target.type].final_steps[act.step]) target.closed = true;
  for (const FieldValue& field : act.fields) target.facts.fields[field.field] = field.value;
  if (act.state != Case::State::kCorrected) return;
  for (const Case::Amended& amended : target.amendments) {
    if (amended.event != index || !amended.reached || amended.duplicate) continue;
    for (const FieldValue& field : amended.fields) target.facts.fields[field.field] = field.value;
  }
}

// What the amendments up to as-of make of each event, kCounted where they say nothing.
std::vector<Case::State> CaseBook::weigh_amendments(Case& target) {
  std::vector<Case::State> states(target.events.size(), Case::State::kCounted);
  for (Case::Amended& amended : target.amendments) {
    if (amended.time > as_of_) continue;
    if (!std::exchange(amended.reached, true)) {
      --pending_;
      ++reached_;
    }
    Case::State& state = states[amended.event];
    amended.duplicate = state == Case::State::kVoided;
    if (amended.duplicate) continue;
    state = amended.voids ? Case::State::kVoided : Case::State::kCorrected;
  }
  return states;
}

// An event that was pending may stand before events that are folded already, and an amendment is
// about one that is: the case is folded again as a whole, which is short.
void CaseBook::refold(Case& target) {
  target.facts.fields.assign(target.facts.fields.size(), std::nullopt);
  target.facts.steps.assign(target.facts.steps.size(), std::nullopt);
  target.duplicates.clear();
  target.folded = 0;
  target.closed = false;
  std::vector<Case::State> states = weigh_amendments(target);
  for (std::uint32_t i = 0; i < target.events.size(); ++i) {
    Case::Act& act = target.events[i];
    if (act.time > as_of_) continue;
    if (!act.reached()) {
      --pending_;
      ++reached_;
    }
    bool counted = act.counts();
    act.state = states[i];
    if (act.counts() != counted) {
      arrivals_.push_back({target.outlet, act.time, act.flags, counted});
    }
    if (act.counts()) fold(target, i);
  }
}

// Whether an open case is overdue; where it is not yet, it is looked at again then. `queued` is the
// due instant for which it waits already.
bool CaseBook::judge_due(const Case& target, CaseId id, Instant& queued) {
  const std::optional<std::size_t>& due_field = plans_[target.type].due_field;
  if (!due_field || !target.open() || !target.facts.fields[*due_field]) return false;
  Instant due = {target.facts.fields[*due_field]->number};
  if (as_of_ > due) return true;
  if (due != queued && due.ms < std::numeric_limits<std::int64_t>::max()) {
    queue_.push({{due.ms + 1}, id});
    queued = due;
  }
  return false;
}

void CaseBook::settle(Case& target, CaseId id) {
  target.facts.overdue = judge_due(target, id, target.queued_due);
  touch(target, id);
}

Case CaseBook::seen_from(CaseId id, const std::function<bool(std::uint32_t stream)>& counts) {
  Case out = cases_[id];
  out.facts.fields.assign(out.facts.fields.size(), std::nullopt);
  out.facts.steps.assign(out.facts.steps.size(), std::nullopt);
  out.duplicates.clear();
  out.folded = 0;
  out.closed = false;
  for (std::uint32_t i = 0; i < out.events.size(); ++i) {
    if (out.events[i].counts() && counts(out.events[i].stream)) fold(out, i);
  }
  Instant queued = cases_[id].queued_due;
  out.facts.overdue = judge_due(out, id, queued);
  return out;
}

void CaseBook::touch(Case& target, CaseId id) {
  if (std::exchange(target.touched, true)) return;
  touched_.push_back(id);
}

std::vector<CaseId> CaseBook::take_touched() {
  for (CaseId id : touched_) cases_[id].touched = false;
  return std::exchange(touched_, {});
}

std::vector<CaseBook::Arrival> CaseBook::take_arrivals() {
  return std::exchange(arrivals_, {});
}

}  // namespace plumbline
