// SPDX-License-Identifier: Apache-2.0
#include "evaluator/intake.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/check.h"
#include "base/limits.h"

namespace plumbline {
namespace {

constexpr std::size_t kMaskColumns = 64;

// One row of a block while it is put together from the columns.
struct Row {
  std::uint64_t mask = 0;  // which columns have it
  bool plain = true;       // every field is known and every number one that no rule can refuse
  std::vector<FieldValue> fields;
  std::vector<std::uint32_t> elements;  // position within each column of `mask`, in order
};

bool is_plain_number(Kind kind, std::int64_t number) {
  switch (kind) {
    case Kind::kCount:
      return number >= 0;
    case Kind::kBool:
      return number == 0 || number == 1;
    case Kind::kInstant:
      return is_plausible({number});
    default:
      return true;
  }
}

Value value_at(const Column& column, std::size_t element) {
  Value value;
  value.kind = column.kind;
  if (is_text_kind(column.kind)) {
    value.text = column.dictionary[column.indexes[element]];
  } else {
    value.number = column.numbers[element];
  }
  return value;
}

std::uint16_t step_index(const EventTypeRef& ref) {
  if (ref.step == nullptr) return 0;
  return static_cast<std::uint16_t>(ref.step - ref.type->steps.data());
}

// Fills `amendment`, or says why the event is none that fits.
std::optional<Misfit> check_amendment(const EventCatalog& catalog, const Event& event,
                                      AcceptedAmendment& amendment) {
  auto read = read_amendment(catalog, event);
  if (auto* misfit = std::get_if<Misfit>(&read)) return std::move(*misfit);
  amendment.time = event.time;
  amendment.said = std::get<Amendment>(std::move(read));
  std::optional<EventTypeRef> ref = catalog.resolve(amendment.said.of);
  CHECK(ref.has_value(), "an amendment that was read means a type of the catalog");
  amendment.type = static_cast<std::uint16_t>(ref->type - catalog.types.data());
  amendment.step = step_index(*ref);
  for (const Field& field : amendment.said.fields) {
    const FieldSpec* spec = ref->type->field(field.name);
    amendment.fields.push_back(
        {static_cast<std::uint16_t>(spec - ref->type->fields.data()), field.value});
  }
  return std::nullopt;
}

// Checks one block. check_event() decides; what it has accepted once, a combination of columns or
// a text of a dictionary, is not asked again, because its rules look at the presence of fields, at
// each value and at the subject one by one. So most rows cost no Event and no regular expression.
class BlockCheck {
 public:
  BlockCheck(const EventCatalog& catalog, const EventBlock& block)
      : catalog_(catalog), block_(block), ref_(catalog.resolve(block.type)) {
    std::set<std::string_view> names;
    for (const Column& column : block.columns) {
      known_texts_.emplace_back(column.dictionary.size(), false);
      const FieldSpec* spec = ref_ ? ref_->type->field(column.name) : nullptr;
      bool fits = spec != nullptr && spec->kind == column.kind;
      fields_.push_back(fits ? spec : nullptr);
      names.insert(column.name);
    }
    // A name that stands twice is for check_event() to refuse.
    can_remember_ = block.columns.size() <= kMaskColumns && names.size() == block.columns.size();
    gather();
  }

  // Fills `event`, or says why it does not fit.
  std::optional<Misfit> check(std::size_t row, AcceptedEvent& event) {
    std::string_view subject = block_.subject(row);
    bool plain = is_plausible(block_.times[row]) && is_plain_subject(subject);
    if (!plain || !is_known(rows_[row])) {
      if (auto misfit = check_event(catalog_, event_at(block_, row))) return misfit;
      remember(rows_[row]);
    }
    event.type = static_cast<std::uint16_t>(ref_->type - catalog_.types.data());
    event.step = step_index(*ref_);
    event.time = block_.times[row];
    event.subject = subject;
    event.fields = std::move(rows_[row].fields);
    return std::nullopt;
  }

 private:
  void gather() {
    rows_.resize(block_.offsets.size());
    for (std::size_t c = 0; c < block_.columns.size(); ++c) {
      const Column& column = block_.columns[c];
      std::size_t size = is_text_kind(column.kind) ? column.indexes.size() : column.numbers.size();
      for (std::size_t e = 0; e < size; ++e) {
        Row& row = rows_[column.rows.empty() ? e : column.rows[e]];
        if (can_remember_) {
          row.mask |= std::uint64_t{1} << c;
          row.elements.push_back(static_cast<std::uint32_t>(e));
        }
        if (fields_[c] == nullptr) {
          row.plain = false;
          continue;
        }
        Value value = value_at(column, e);
        row.plain = row.plain && is_plain_number(column.kind, value.number);
        row.fields.push_back({field_index(c), std::move(value)});
      }
    }
  }

  std::uint16_t field_index(std::size_t column) const {
    return static_cast<std::uint16_t>(fields_[column] - ref_->type->fields.data());
  }

  template <typename Visit>
  void each_text(const Row& row, Visit visit) {
    std::size_t at = 0;
    for (std::size_t c = 0; c < block_.columns.size(); ++c) {
      if ((row.mask >> c & 1) == 0) continue;
      std::uint32_t element = row.elements[at++];
      const Column& column = block_.columns[c];
      if (is_text_kind(column.kind)) visit(c, column.indexes[element]);
    }
  }

  bool is_known(const Row& row) {
    if (!can_remember_ || !row.plain) return false;
    bool known =
        std::find(known_masks_.begin(), known_masks_.end(), row.mask) != known_masks_.end();
    each_text(row,
              [&](std::size_t c, std::uint32_t text) { known = known && known_texts_[c][text]; });
    return known;
  }

  void remember(const Row& row) {
    if (!can_remember_) return;
    if (std::find(known_masks_.begin(), known_masks_.end(), row.mask) == known_masks_.end()) {
      known_masks_.push_back(row.mask);
    }
    each_text(row, [&](std::size_t c, std::uint32_t text) { known_texts_[c][text] = true; });
  }

  const EventCatalog& catalog_;
  const EventBlock& block_;
  const std::optional<EventTypeRef> ref_;
  bool can_remember_ = false;
  std::vector<const FieldSpec*> fields_;  // of each column; nullptr = unknown or another kind
  std::vector<Row> rows_;
  std::vector<std::uint64_t> known_masks_;
  std::vector<std::vector<bool>> known_texts_;
};

std::optional<Misfit> check_time(Instant time, Instant recorded_at, Duration max_future) {
  if (time <= recorded_at + max_future) return std::nullopt;
  return Misfit{"future", "time", "",
                fmt::format("the event's time {} is later than the pack allows: it was recorded "
                            "at {}",
                            format_instant(time), format_instant(recorded_at))};
}

}  // namespace

Event event_at(const EventBlock& block, std::size_t row) {
  Event event;
  event.type = block.type;
  event.subject = std::string(block.subject(row));
  event.time = block.times[row];
  for (const Column& column : block.columns) {
    std::size_t element = row;
    if (!column.rows.empty()) {
      auto found = std::lower_bound(column.rows.begin(), column.rows.end(), row);
      if (found == column.rows.end() || *found != row) continue;
      element = static_cast<std::size_t>(found - column.rows.begin());
    }
    event.fields.push_back({column.name, value_at(column, element)});
  }
  return event;
}

bool is_plain_subject(std::string_view subject) {
  bool printable =
      std::all_of(subject.begin(), subject.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  return printable && !subject.empty() && subject.size() <= limits::kMaxSubjectBytes &&
         !holds_personal_number(subject);
}

bool is_plausible(Instant at) {
  static const Instant kFirst = {days_from_date({1900, 1, 1}) * kMsPerDay};
  static const Instant kEnd = {days_from_date({2200, 1, 1}) * kMsPerDay};
  return kFirst <= at && at < kEnd;
}

Intake::Outcome Intake::check(LedgerIndex entry, Instant recorded_at, const BatchHeader& header,
                              const Content& content) const {
  // The blocks are by type; the order of acts is that of the sequence.
  struct Where {
    std::size_t block = 0;
    std::size_t row = 0;
  };
  std::vector<Where> order(header.count);
  std::vector<BlockCheck> checks;
  checks.reserve(content.blocks.size());
  for (std::size_t b = 0; b < content.blocks.size(); ++b) {
    const EventBlock& block = content.blocks[b];
    checks.emplace_back(pack_.events, block);
    for (std::size_t row = 0; row < block.offsets.size(); ++row) {
      CHECK(block.offsets[row] < order.size(), "a decoded content covers its offsets");
      order[block.offsets[row]] = {b, row};
    }
  }
  Outcome outcome;
  outcome.accepted.reserve(header.count);
  for (std::uint32_t offset = 0; offset < header.count; ++offset) {
    Where where = order[offset];
    const EventBlock& block = content.blocks[where.block];
    Sequence sequence(header.first.value + offset);
    auto set_aside = [&](const Misfit& misfit) {
      outcome.set_aside.push_back({entry, sequence, 1, misfit.rule, misfit.sentence});
    };
    auto too_late = [&] {
      return check_time(block.times[where.row], recorded_at, pack_.max_future);
    };
    if (is_amendment_type(block.type)) {
      AcceptedAmendment amendment;
      amendment.sequence = sequence;
      auto misfit = check_amendment(pack_.events, event_at(block, where.row), amendment);
      if (!misfit) misfit = too_late();
      if (misfit) {
        set_aside(*misfit);
      } else {
        outcome.amendments.push_back(std::move(amendment));
      }
      continue;
    }
    AcceptedEvent event;
    event.sequence = sequence;
    std::optional<Misfit> misfit = checks[where.block].check(where.row, event);
    if (!misfit) misfit = too_late();
    if (misfit) {
      set_aside(*misfit);
    } else {
      outcome.accepted.push_back(std::move(event));
    }
  }
  return outcome;
}

TimeFlags Intake::flags_of(Instant time, Instant recorded_at, Instant sealed_at) const {
  auto beyond = [time](const std::optional<TimeLimit>& limit, Instant at) {
    return limit.has_value() && at - time > limit->after;
  };
  return {beyond(pack_.late_after, recorded_at),
          beyond(pack_.back_dated_after, std::min(sealed_at, recorded_at))};
}

SetAside Intake::whole_batch(LedgerIndex entry, const BatchHeader& header, std::string rule,
                             std::string sentence) {
  return {entry, header.first, header.count, std::move(rule), std::move(sentence)};
}

}  // namespace plumbline
