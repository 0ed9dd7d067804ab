// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "evaluator/amending.h"
#include "evaluator/outlet_columns.h"

namespace plumbline {

void OutletColumns::begin_again() {
  again_ = std::make_unique<Amended>(pack_.events);
  again_->book.advance(as_of_);
  for (const auto& [type, subject] : amended_) {
    CaseColumns& cases = types_[type];
    if (auto of = cases.subjects.find(subject)) cases.apart[*of] = 1;
  }
}

void OutletColumns::retake(const RuleFold::Batch& batch) {
  if (again_ == nullptr) begin_again();
  if (batch.content == nullptr) return;
  const BatchHeader& header = *batch.header;
  const Content& content = *batch.content;
  std::vector<AcceptedEvent> events;
  std::vector<AcceptedAmendment> amendments;
  if (plain_.all_fit(content, batch.recorded_at)) {
    for (std::size_t b = 0; b < content.blocks.size(); ++b) {
      retake_block(content.blocks[b], plain_.blocks()[b], events);
    }
    for (AcceptedEvent& event : events) event.sequence.value += header.first.value;
    std::sort(events.begin(), events.end(), [](const AcceptedEvent& a, const AcceptedEvent& b) {
      return a.sequence < b.sequence;
    });
  } else {
    Intake::Outcome outcome = intake_.check(batch.entry, batch.recorded_at, header, content);
    events = std::move(outcome.accepted);
    amendments = std::move(outcome.amendments);
  }
  for (AcceptedEvent& event : events) retake_event(batch, std::move(event));
  auto numbers = static_cast<std::uint32_t>(again_->streams.size());
  std::uint32_t stream = again_->streams.try_emplace(header.stream, numbers).first->second;
  for (AcceptedAmendment& amendment : amendments) {
    auto misfit =
        amend_case(again_->book, {0, stream}, batch.entry, header.stream, std::move(amendment));
    if (misfit) put_aside(*misfit);
    for (const CaseBook::Arrival& arrival : again_->book.take_arrivals()) {
      EventCounts& counts = events_at(arrival.time);
      // Unsigned numbers wrap, so adding this takes one away.
      std::uint64_t one = arrival.voided ? ~std::uint64_t{0} : 1;
      counts.events += one;
      if (arrival.flags.late) counts.late += one;
      if (arrival.flags.back_dated) counts.back_dated += one;
    }
  }
}

// The events of cases that are meant; their sequence is their offset in the batch.
void OutletColumns::retake_block(const EventBlock& block, const PlainBlock& plain,
                                 std::vector<AcceptedEvent>& events) {
  const CaseColumns& cases = types_[plain.type];
  for (std::size_t row = 0; row < block.times.size(); ++row) {
    auto of = cases.subjects.find(block.subject(row));
    if (!of || cases.apart[*of] == 0) continue;
    AcceptedEvent event;
    event.type = plain.type;
    event.step = plain.step;
    event.sequence = Sequence(block.offsets[row]);
    event.time = block.times[row];
    event.subject = block.subject(row);
    Event whole = event_at(block, row);
    const TypeSpec& type = pack_.events.types[plain.type];
    for (Field& field : whole.fields) {
      auto index = static_cast<std::uint16_t>(type.field(field.name) - type.fields.data());
      event.fields.push_back({index, std::move(field.value)});
    }
    events.push_back(std::move(event));
  }
}

void OutletColumns::retake_event(const RuleFold::Batch& batch, AcceptedEvent event) {
  auto of = types_[event.type].subjects.find(event.subject);
  bool apart = of && types_[event.type].apart[*of] != 0;
  // One later than as-of is of no case that take() knows.
  if (!apart && !amended_.contains({event.type, std::string(event.subject)})) return;
  Position position{batch.entry, event.sequence};
  if (!batch.historical) {
    event.flags = intake_.flags_of(event.time, batch.recorded_at, batch.header->wall);
  }
  auto numbers = static_cast<std::uint32_t>(again_->streams.size());
  event.stream = again_->streams.try_emplace(batch.header->stream, numbers).first->second;
  ++(event.time > as_of_ ? again_->pending : again_->reached);
  again_->book.add(0, position, std::move(event));
  // take() has counted it.
  again_->book.take_arrivals();
}

void OutletColumns::finish_amended(UnitFigures& out) {
  const CaseBook& book = again_->book;
  counters_.pending += book.pending() - again_->pending;
  counters_.folded += book.reached() - again_->reached;
  for (CaseId id = 0; id < book.size(); ++id) finish_amended_case(book.at(id), out);
}

void OutletColumns::finish_amended_case(const Case& of, UnitFigures& out) {
  // take() has counted a duplicate for each event of a step but the first.
  std::set<std::uint8_t> steps;
  std::uint64_t reached = 0;
  for (const Case::Act& act : of.events) {
    if (!act.reached()) continue;
    ++reached;
    steps.insert(act.step);
  }
  counts_.duplicates -= reached - steps.size();
  counts_.duplicates += of.duplicates.size();
  for (const Case::Amended& one : of.amendments) {
    if (one.duplicate) ++counts_.duplicates;
  }
  AmendedCounts amended = amended_of(of);
  counts_.amended.corrected += amended.corrected;
  counts_.amended.voided += amended.voided;
  counters_.open += std::uint64_t{of.open()};
  counters_.closed += std::uint64_t{of.closed};
  counters_.overdue += std::uint64_t{of.facts.overdue};
  bool failed = false;
  for (std::uint32_t p : plans_.plans_of_type[of.type]) {
    const IndicatorPlan& plan = plans_.plans[p].indicator;
    Contribution given = plan.contribution_of(of);
    failed = failed || given.state == Contribution::State::kFailed;
    if (given.state != Contribution::State::kCounted) continue;
    Aggregate aggregate = plan.indicator().aggregate;
    TallyBook::Cell& cell = out.cells[p][month_number(given.day.year, given.day.month)];
    cell.by.resize(plan.indicator().by.size());
    cell.total.append(aggregate, given.sample);
    for (std::size_t b = 0; b < cell.by.size(); ++b) {
      cell.by[b][given.groups[b]].append(aggregate, given.sample);
    }
  }
  if (failed) ++counts_.failed;
}

}  // namespace plumbline
