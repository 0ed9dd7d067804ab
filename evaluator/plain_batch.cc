// SPDX-License-Identifier: Apache-2.0
#include "evaluator/plain_batch.h"

#include <algorithm>

#include "base/limits.h"
#include "evaluator/intake.h"
#include "model/wire/instants.h"

namespace plumbline {
namespace {

// Texts of one field that are remembered; a field of more has texts that hardly come again.
constexpr std::size_t kMaxKnownTexts = 4096;
// A shorter text holds neither a mobile number nor one of an ID card.
constexpr std::size_t kShortestPersonalNumber = 11;

std::size_t elements_of(const Column& column) {
  return is_text_kind(column.kind) ? column.indexes.size() : column.numbers.size();
}

}  // namespace

PlainCheck::PlainCheck(const Pack& pack) : pack_(pack) {
  for (const std::string& name : pack.events.event_types()) {
    std::optional<EventTypeRef> ref = pack.events.resolve(name);
    KnownType known;
    known.spec = ref->type;
    known.type = static_cast<std::uint16_t>(ref->type - pack.events.types.data());
    if (ref->step != nullptr) {
      known.step = static_cast<std::uint16_t>(ref->step - ref->type->steps.data());
    }
    known.texts.resize(ref->type->fields.size());
    types_.emplace(name, std::move(known));
  }
}

bool PlainCheck::all_fit(const Content& content, Instant recorded_at) {
  blocks_.resize(content.blocks.size());
  for (std::size_t b = 0; b < content.blocks.size(); ++b) {
    const EventBlock& block = content.blocks[b];
    Instant latest = *std::max_element(block.times.begin(), block.times.end());
    if (latest > recorded_at + pack_.max_future) return false;
    if (!block_fits(block, blocks_[b])) return false;
  }
  return true;
}

bool PlainCheck::block_fits(const EventBlock& block, PlainBlock& plain) {
  auto found = types_.find(block.type);
  if (found == types_.end()) return false;
  KnownType& known = found->second;
  plain.type = known.type;
  plain.step = known.step;
  return map_columns(block, known, plain) && subjects_fit(block) && numbers_fit(block) &&
         fields_fit(block, plain, known) && texts_fit(block, plain, known);
}

bool PlainCheck::map_columns(const EventBlock& block, const KnownType& known,
                             PlainBlock& plain) const {
  plain.fields.clear();
  for (const Column& column : block.columns) {
    const FieldSpec* spec = known.spec->field(column.name);
    if (spec == nullptr || spec->kind != column.kind) return false;
    plain.fields.push_back(static_cast<std::uint16_t>(spec - known.spec->fields.data()));
  }
  return true;
}

bool PlainCheck::subjects_fit(const EventBlock& block) const {
  unsigned other = 0;
  for (char c : block.subjects) other |= static_cast<unsigned char>(c - 0x21) > 0x7e - 0x21 ? 1 : 0;
  if (other != 0) return false;
  std::uint32_t begin = 0;
  std::uint32_t longest = 0;
  bool empty = false;
  for (std::uint32_t end : block.subject_ends) {
    longest = std::max(longest, end - begin);
    empty = empty || end == begin;
    begin = end;
  }
  if (empty || longest > limits::kMaxSubjectBytes) return false;
  if (longest < kShortestPersonalNumber) return true;
  for (std::size_t row = 0; row < block.times.size(); ++row) {
    if (!is_plain_subject(block.subject(row))) return false;
  }
  return true;
}

bool PlainCheck::numbers_fit(const EventBlock& block) const {
  for (const Column& column : block.columns) {
    bool plain = true;
    switch (column.kind) {
      case Kind::kCount:
        for (std::int64_t number : column.numbers) plain = plain & (number >= 0);
        break;
      case Kind::kBool:
        for (std::int64_t number : column.numbers) plain = plain & (number == 0 || number == 1);
        break;
      case Kind::kInstant:
        for (std::int64_t number : column.numbers) plain = plain & is_wire_instant(number);
        break;
      default:
        break;
    }
    if (!plain) return false;
  }
  return std::all_of(block.times.begin(), block.times.end(),
                     [](Instant at) { return is_wire_instant(at.ms); });
}

// Whether each row has a set of fields that fits.
bool PlainCheck::fields_fit(const EventBlock& block, const PlainBlock& plain, KnownType& known) {
  std::uint64_t everywhere = 0;
  bool sparse = false;
  for (std::size_t c = 0; c < block.columns.size(); ++c) {
    if (!block.columns[c].rows.empty()) {
      sparse = true;
    } else {
      everywhere |= std::uint64_t{1} << plain.fields[c];
    }
  }
  auto known_mask = [&](std::uint64_t mask, std::size_t row) {
    if (std::find(known.masks.begin(), known.masks.end(), mask) != known.masks.end()) return true;
    if (!event_fits(block, row)) return false;
    known.masks.push_back(mask);
    return true;
  };
  if (!sparse) return known_mask(everywhere, 0);
  masks_.assign(block.times.size(), everywhere);
  for (std::size_t c = 0; c < block.columns.size(); ++c) {
    for (std::uint32_t row : block.columns[c].rows) {
      masks_[row] |= std::uint64_t{1} << plain.fields[c];
    }
  }
  std::uint64_t last = ~everywhere;
  for (std::size_t row = 0; row < masks_.size(); ++row) {
    if (masks_[row] == last) continue;
    if (!known_mask(masks_[row], row)) return false;
    last = masks_[row];
  }
  return true;
}

bool PlainCheck::texts_fit(const EventBlock& block, const PlainBlock& plain, KnownType& known) {
  for (std::size_t c = 0; c < block.columns.size(); ++c) {
    const Column& column = block.columns[c];
    if (!is_text_kind(column.kind)) continue;
    std::unordered_set<std::string>& texts = known.texts[plain.fields[c]];
    // The first that has each text: they stand in the order of their appearance.
    std::size_t next = 0;
    for (std::size_t e = 0; e < elements_of(column) && next < column.dictionary.size(); ++e) {
      if (column.indexes[e] != next) continue;
      const std::string& text = column.dictionary[next++];
      if (texts.contains(text)) continue;
      if (!event_fits(block, column.rows.empty() ? e : column.rows[e])) return false;
      if (texts.size() == kMaxKnownTexts) texts.clear();
      texts.insert(text);
    }
  }
  return true;
}

bool PlainCheck::event_fits(const EventBlock& block, std::size_t row) const {
  return !check_event(pack_.events, event_at(block, row)).has_value();
}

}  // namespace plumbline
