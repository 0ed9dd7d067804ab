// SPDX-License-Identifier: Apache-2.0
#include "evaluator/case_book.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/check.h"

namespace plumbline {

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
  Bytes key;
  append_u32(key, outlet);
  append_u16(key, event.type);
  key.append(event.subject);
  auto [found, added] = index_.try_emplace(std::move(key), static_cast<CaseId>(cases_.size()));
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
  target.events.push_back({position, event.time, event.step, event.flags, std::move(event.fields)});
  if (event.time > as_of_) {
    ++pending_;
    queue_.push({event.time, id});
    return;
  }
  // Every folded event stands before this one, so folding it last is folding in order.
  arrivals_.push_back({outlet, event.time, event.flags});
  fold(target, static_cast<std::uint32_t>(target.events.size() - 1));
  settle(target, id);
}

void CaseBook::advance(Instant as_of) {
  CHECK(as_of >= as_of_, "as-of never goes back");
  Instant before = std::exchange(as_of_, as_of);
  std::vector<CaseId> changed;
  while (!queue_.empty() && queue_.top().at <= as_of) {
    changed.push_back(queue_.top().id);
    queue_.pop();
  }
  std::sort(changed.begin(), changed.end());
  changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
  for (CaseId id : changed) {
    refold(cases_[id], before);
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
}

// An event that was pending may stand before events that are folded already: the case is folded
// again as a whole. The queue holds only cases with such an event or with a due that passed.
void CaseBook::refold(Case& target, Instant before) {
  target.facts.fields.assign(target.facts.fields.size(), std::nullopt);
  target.facts.steps.assign(target.facts.steps.size(), std::nullopt);
  target.duplicates.clear();
  target.folded = 0;
  target.closed = false;
  for (std::uint32_t i = 0; i < target.events.size(); ++i) {
    Instant time = target.events[i].time;
    if (time > as_of_) continue;
    if (time > before) {
      --pending_;
      arrivals_.push_back({target.outlet, time, target.events[i].flags});
    }
    fold(target, i);
  }
}

void CaseBook::settle(Case& target, CaseId id) {
  const std::optional<std::size_t>& due_field = plans_[target.type].due_field;
  target.facts.overdue = false;
  if (due_field && target.open() && target.facts.fields[*due_field]) {
    Instant due = {target.facts.fields[*due_field]->number};
    target.facts.overdue = as_of_ > due;
    if (!target.facts.overdue && due != target.queued_due &&
        due.ms < std::numeric_limits<std::int64_t>::max()) {
      queue_.push({{due.ms + 1}, id});
      target.queued_due = due;
    }
  }
  touch(target, id);
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
