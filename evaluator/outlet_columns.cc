// SPDX-License-Identifier: Apache-2.0
#include "evaluator/outlet_columns.h"

#include <algorithm>

#include "base/check.h"
#include "evaluator/fields_read.h"

namespace plumbline {
namespace {

constexpr std::int8_t kUnknownGroup = -2;

}  // namespace

OutletColumns::OutletColumns(const RulePlans& plans, Instant as_of)
    : plans_(plans),
      pack_(plans.pack()),
      as_of_(as_of),
      intake_(pack_),
      plain_(pack_),
      months_(pack_.calendar),
      groups_(plans.plans.size()) {
  for (std::size_t t = 0; t < pack_.events.types.size(); ++t) {
    types_.emplace_back(pack_.events.types[t], fields_read(plans, t));
  }
  for (std::size_t p = 0; p < groups_.size(); ++p) {
    groups_[p].resize(plans_.plans[p].indicator.indicator().by.size());
  }
}

void OutletColumns::take(const RuleFold::Batch& batch) {
  const BatchHeader& header = *batch.header;
  counters_.events += header.count;
  ++batches_;
  if (batch.content == nullptr) {
    put_aside(Intake::whole_batch(batch.entry, header, batch.problem, batch.sentence));
    return;
  }
  const Content& content = *batch.content;
  if (plain_.all_fit(content, batch.recorded_at)) {
    for (std::size_t b = 0; b < content.blocks.size(); ++b) {
      take_block(batch, content.blocks[b], plain_.blocks()[b]);
    }
    return;
  }
  Intake::Outcome outcome = intake_.check(batch.entry, batch.recorded_at, header, content);
  for (const SetAside& item : outcome.set_aside) put_aside(item);
  for (const AcceptedEvent& event : outcome.accepted) take_event(batch, event);
  for (const AcceptedAmendment& amendment : outcome.amendments) {
    amended_.emplace(amendment.type, amendment.said.subject);
  }
}

void OutletColumns::put_aside(const SetAside& item) {
  counters_.set_aside += item.count;
  counts_.set_aside[item.rule] += item.count;
}

void OutletColumns::take_block(const RuleFold::Batch& batch, const EventBlock& block,
                               const PlainBlock& plain) {
  CaseColumns& cases = types_[plain.type];
  fresh_.resize(block.times.size());
  cases.cases_of(block.subjects, block.subject_ends, cases_);
  take_steps(batch, block, plain);
  for (std::size_t c = 0; c < block.columns.size(); ++c) {
    std::uint8_t slot = cases.slots[plain.fields[c]];
    if (slot != CaseColumns::kUnread) take_column(block, block.columns[c], cases, slot);
  }
}

void OutletColumns::take_steps(const RuleFold::Batch& batch, const EventBlock& block,
                               const PlainBlock& plain) {
  std::vector<std::int64_t>& step = types_[plain.type].steps[plain.step];
  bool flagged = !batch.historical && (pack_.late_after || pack_.back_dated_after);
  std::size_t rows = block.times.size();
  std::uint64_t reached = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    Instant time = block.times[row];
    fresh_[row] = 0;
    if (time > as_of_) continue;
    ++reached;
    EventCounts& events = events_at(time);
    ++events.events;
    if (flagged) add_flags(batch, time, events);
    fresh_[row] = fold_step(step[cases_[row]], time) ? 1 : 0;
  }
  counters_.folded += reached;
  counters_.pending += rows - reached;
}

void OutletColumns::take_column(const EventBlock& block, const Column& column, CaseColumns& cases,
                                std::uint8_t slot) {
  bool text = is_text_kind(column.kind);
  if (text) {
    dictionary_.clear();
    for (const std::string& value : column.dictionary) {
      dictionary_.push_back(texts_.number(value));
    }
  }
  std::size_t elements = text ? column.indexes.size() : column.numbers.size();
  for (std::size_t e = 0; e < elements; ++e) {
    std::size_t row = column.rows.empty() ? e : column.rows[e];
    if (fresh_[row] == 0) continue;
    std::int64_t number = text ? dictionary_[column.indexes[e]] : column.numbers[e];
    set(cases, cases_[row], slot, number, stamp(block.offsets[row]));
  }
}

void OutletColumns::take_event(const RuleFold::Batch& batch, const AcceptedEvent& event) {
  if (event.time > as_of_) {
    ++counters_.pending;
    return;
  }
  CaseColumns& cases = types_[event.type];
  std::uint32_t of = cases.case_of(event.subject);
  ++counters_.folded;
  EventCounts& events = events_at(event.time);
  ++events.events;
  if (!batch.historical) add_flags(batch, event.time, events);
  if (!fold_step(cases.steps[event.step][of], event.time)) return;
  for (const FieldValue& field : event.fields) {
    std::uint8_t slot = cases.slots[field.field];
    if (slot == CaseColumns::kUnread) continue;
    std::int64_t number =
        is_text_kind(field.value.kind) ? texts_.number(field.value.text) : field.value.number;
    set(cases, of, slot, number, stamp(event.sequence.value - batch.header->first.value));
  }
}

EventCounts& OutletColumns::other_month(std::int32_t month) {
  events_here_ = &events_[month];
  events_month_ = month;
  return *events_here_;
}

void OutletColumns::add_flags(const RuleFold::Batch& batch, Instant time,
                              EventCounts& events) const {
  TimeFlags flags = intake_.flags_of(time, batch.recorded_at, batch.header->wall);
  if (flags.late) ++events.late;
  if (flags.back_dated) ++events.back_dated;
}

UnitFigures OutletColumns::finish() {
  UnitFigures out(plans_);
  if (again_ != nullptr) finish_amended(out);
  for (std::size_t t = 0; t < types_.size(); ++t) finish_type(t, out);
  counters_.duplicates += counts_.duplicates;
  counters_.corrected += counts_.amended.corrected;
  counters_.voided += counts_.amended.voided;
  counters_.failed_cases += counts_.failed;
  out.counts = std::exchange(counts_, {});
  out.events = std::exchange(events_, {});
  events_here_ = nullptr;
  for (CaseColumns& cases : types_) cases.clear();
  texts_.clear();
  batches_ = 0;
  amended_.clear();
  again_.reset();
  for (auto& plan : groups_) {
    for (auto& by : plan) by.clear();
  }
  return out;
}

void OutletColumns::finish_type(std::size_t type, UnitFigures& out) {
  const CaseColumns& cases = types_[type];
  CaseLanes case_lanes(cases, texts_, as_of_);
  for (std::size_t first = 0; first < cases.size(); first += CaseLanes::kWidth) {
    std::size_t count = std::min(CaseLanes::kWidth, cases.size() - first);
    case_lanes.choose(first, count);
    count_cases(cases, first, case_lanes);
    failed_.fill(false);
    for (std::uint32_t plan : plans_.plans_of_type[type]) {
      lanes_.compute(plans_.plans[plan].indicator.indicator(), case_lanes);
      contribute(plan, cases, first, count, out);
    }
    counts_.failed +=
        static_cast<std::uint64_t>(std::count(failed_.begin(), failed_.begin() + count, true));
  }
}

void OutletColumns::count_cases(const CaseColumns& cases, std::size_t first,
                                const CaseLanes& case_lanes) {
  const CaseColumns::Standing& standing = case_lanes.standing();
  for (std::size_t i = 0; i < case_lanes.count(); ++i) {
    counts_here_[i] = cases.apart[first + i] == 0 && standing.exists[i] != 0;
    if (!counts_here_[i]) continue;
    counters_.closed += standing.closed[i];
    counters_.open += std::uint64_t{1} - standing.closed[i];
    counters_.overdue += standing.overdue[i];
  }
}

void OutletColumns::contribute(std::uint32_t plan, const CaseColumns& cases, std::size_t first,
                               std::size_t count, UnitFigures& out) {
  const Indicator& indicator = plans_.plans[plan].indicator.indicator();
  auto& cells = out.cells[plan];
  std::int32_t month = 0;
  TallyBook::Cell* cell = nullptr;
  Sample sample;
  for (std::size_t i = 0; i < count; ++i) {
    if (!counts_here_[i] || lanes_.state(i) == Contribution::State::kNone) continue;
    if (lanes_.state(i) == Contribution::State::kFailed) {
      failed_[i] = true;
      continue;
    }
    std::int32_t dated = months_.at(lanes_.at(i));
    if (cell == nullptr || dated != month) {
      cell = &cells[dated];
      cell->by.resize(indicator.by.size());
      month = dated;
    }
    sample.in_numerator = lanes_.in_numerator(i);
    if (indicator.aggregate == Aggregate::kDistinct) {
      sample.text = texts_.text(lanes_.value(i));
    } else {
      sample.number = lanes_.value(i);
    }
    cell->total.append(indicator.aggregate, sample);
    for (std::size_t b = 0; b < cell->by.size(); ++b) {
      cell->by[b][group_of(plan, b, cases, first + i)].append(indicator.aggregate, sample);
    }
  }
}

std::int8_t OutletColumns::group_of(std::uint32_t plan, std::size_t by, const CaseColumns& cases,
                                    std::size_t of) {
  const IndicatorPlan& indicator = plans_.plans[plan].indicator;
  std::uint8_t slot = cases.slots[indicator.field_of(by)];
  if ((cases.present[of] >> slot & 1) == 0) return kMissingGroup;
  auto text = static_cast<std::size_t>(cases.values[slot][of]);
  std::vector<std::int8_t>& known = groups_[plan][by];
  if (known.size() <= text) known.resize(texts_.size(), kUnknownGroup);
  if (known[text] == kUnknownGroup) {
    const std::vector<std::string>& values = indicator.values_of(by);
    auto found = std::find(values.begin(), values.end(), texts_.text(cases.values[slot][of]));
    CHECK(found != values.end(), "a folded event's enum value is one of its field's");
    known[text] = static_cast<std::int8_t>(found - values.begin());
  }
  return known[text];
}

}  // namespace plumbline
