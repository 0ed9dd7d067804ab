// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

#include "base/limits.h"
#include "model/wire/batch.h"
#include "model/wire/content_fields.h"
#include "model/wire/fields.h"
#include "model/wire/instants.h"

namespace plumbline {
namespace {

using content::kColumnBase;

// The values of one field over the events of one type.
struct ColumnDraft {
  Kind kind = Kind::kInteger;
  std::vector<std::uint32_t> rows;
  std::vector<std::int64_t> numbers;
  std::vector<std::string_view> texts;
};

struct BlockDraft {
  std::vector<std::uint32_t> offsets;
  std::vector<std::int64_t> times;
  std::vector<std::string_view> subjects;
  std::map<std::string_view, ColumnDraft> columns;
};

// Units that a list of numbers may be written in, ascending. Times fall on whole seconds or
// minutes and decimals have few decimals more often than not.
constexpr std::int64_t kTimeUnits[] = {1, 1'000, 60'000};
constexpr std::int64_t kDecimalUnits[] = {1, 10, 100, 1'000, 10'000, 100'000, 1'000'000};
constexpr std::int64_t kNoUnits[] = {1};

std::span<const std::int64_t> units_of(Kind kind) {
  if (kind == Kind::kInstant) return kTimeUnits;
  if (kind == Kind::kDecimal) return kDecimalUnits;
  return kNoUnits;
}

bool all_equal(std::span<const std::int64_t> values) {
  return std::all_of(values.begin(), values.end(),
                     [&](std::int64_t value) { return value == values.front(); });
}

// The numbers in `unit`, each but the first as its difference to the one before; nullopt when the
// unit does not divide them or a difference does not fit.
std::optional<std::vector<std::int64_t>> in_unit(std::span<const std::int64_t> values,
                                                 std::int64_t unit, bool differences) {
  std::vector<std::int64_t> out;
  out.reserve(values.size());
  std::int64_t before = 0;
  for (std::int64_t value : values) {
    if (value % unit != 0) return std::nullopt;
    std::int64_t number = value / unit;
    if (differences && __builtin_sub_overflow(number, before, &number)) return std::nullopt;
    out.push_back(number);
    before = value / unit;
  }
  return out;
}

struct NumberList {
  std::int64_t unit = 1;
  bool differences = false;
  std::vector<std::int64_t> numbers;
  std::size_t bytes = 0;  // of numbers, unit and flag
};

std::size_t measured(const NumberList& list) {
  std::size_t bytes = list.unit == 1 ? 0 : 1 + varint_size(static_cast<std::uint64_t>(list.unit));
  if (list.differences) bytes += 2;
  for (std::int64_t number : list.numbers) bytes += varint_size(zigzag(number));
  return bytes;
}

// The form of fewest bytes; among equals the one tried first.
NumberList smallest(std::span<const std::int64_t> values, std::span<const std::int64_t> units,
                    std::span<const bool> forms) {
  NumberList best;
  for (std::int64_t unit : units) {
    for (bool differences : forms) {
      std::optional<std::vector<std::int64_t>> numbers = in_unit(values, unit, differences);
      if (!numbers.has_value()) continue;
      NumberList list{unit, differences, std::move(*numbers), 0};
      list.bytes = measured(list);
      if (best.numbers.empty() || list.bytes < best.bytes) best = std::move(list);
    }
  }
  return best;
}

std::vector<std::uint32_t> differences_of(std::span<const std::uint32_t> ascending) {
  std::vector<std::uint32_t> out(ascending.begin(), ascending.end());
  for (std::size_t i = out.size(); i-- > 1;) out[i] -= out[i - 1];
  return out;
}

// Texts one after the other; sizes only where they are not all the same.
void append_texts(Bytes& out, std::span<const std::string_view> texts, std::uint32_t bytes_field,
                  std::uint32_t sizes_field) {
  Bytes joined;
  std::vector<std::uint32_t> sizes;
  bool same_size = true;
  for (std::string_view text : texts) {
    joined.append(text);
    sizes.push_back(static_cast<std::uint32_t>(text.size()));
    same_size = same_size && text.size() == texts.front().size();
  }
  append_bytes_field(out, bytes_field, joined);
  if (!same_size) append_packed_field(out, sizes_field, sizes);
}

void append_number_column(Bytes& out, const ColumnDraft& column) {
  static constexpr bool kForms[] = {false, true};
  NumberList list = all_equal(column.numbers)
                        ? NumberList{1, false, {column.numbers.front()}, 0}
                        : smallest(column.numbers, units_of(column.kind), kForms);
  if (list.numbers.size() == 1) {
    list = smallest(list.numbers, units_of(column.kind), std::span(kForms).first(1));
  }
  if (list.unit != 1) {
    append_number_field(out, content::kUnit, static_cast<std::uint64_t>(list.unit));
  }
  append_number_field(out, content::kDifferences, list.differences ? 1 : 0);
  append_packed_field(out, content::kNumbers, list.numbers);
}

void append_text_column(Bytes& out, const ColumnDraft& column) {
  std::unordered_map<std::string_view, std::uint32_t> known;
  std::vector<std::string_view> dictionary;
  std::vector<std::uint32_t> indexes;
  for (std::string_view text : column.texts) {
    auto [at, added] = known.try_emplace(text, static_cast<std::uint32_t>(dictionary.size()));
    if (added) dictionary.push_back(text);
    indexes.push_back(at->second);
  }
  if (dictionary.size() > 1) {
    append_number_field(out, content::kValueCount, dictionary.size());
  }
  append_texts(out, dictionary, content::kValues, content::kValueSizes);
  if (dictionary.size() > 1 && dictionary.size() < indexes.size()) {
    append_packed_field(out, content::kIndexes, indexes);
  }
}

Bytes encode_column(std::string_view name, const ColumnDraft& column, std::size_t block_rows) {
  Bytes out;
  append_bytes_field(out, content::kName, name);
  if (column.rows.size() < block_rows) {
    append_packed_field(out, content::kRows, differences_of(column.rows));
  }
  if (is_text_kind(column.kind)) {
    append_text_column(out, column);
  } else {
    append_number_column(out, column);
  }
  return out;
}

Bytes encode_block(std::string_view type, const BlockDraft& block, std::size_t batch_rows) {
  Bytes out;
  append_bytes_field(out, content::kType, type);
  if (block.offsets.size() < batch_rows) {
    append_packed_field(out, content::kOffsets, differences_of(block.offsets));
  }
  static constexpr bool kDifferencesOnly[] = {true};
  NumberList times = smallest(block.times, kTimeUnits, kDifferencesOnly);
  if (times.unit != 1) {
    append_number_field(out, content::kTimeUnit, static_cast<std::uint64_t>(times.unit));
  }
  append_packed_field(out, content::kTimes, times.numbers);
  append_texts(out, block.subjects, content::kSubjects, content::kSubjectSizes);
  for (int kind = 1; kind <= static_cast<int>(Kind::kReference); ++kind) {
    for (const auto& [name, column] : block.columns) {
      if (static_cast<int>(column.kind) != kind) continue;
      append_bytes_field(out, kColumnBase + static_cast<std::uint32_t>(kind),
                         encode_column(name, column, block.offsets.size()));
    }
  }
  return out;
}

Status check_number(const Field& field) {
  std::int64_t number = field.value.number;
  if (field.value.kind == Kind::kBool && number != 0 && number != 1) {
    return Error(Code::kInvalid,
                 fmt::format("field {} is a bool and has the value {}", field.name, number));
  }
  if (field.value.kind == Kind::kInstant && !is_wire_instant(number)) {
    return Error(Code::kInvalid, fmt::format("the instant of field {}, {} ms, is outside the years "
                                             "1900 to 2199",
                                             field.name, number));
  }
  return {};
}

Status add_field(const Field& field, std::uint32_t row, BlockDraft& block) {
  RETURN_IF_ERROR(content::check_name(field.name, "a field's name"));
  auto [at, added] = block.columns.try_emplace(field.name);
  ColumnDraft& column = at->second;
  if (added) column.kind = field.value.kind;
  if (block.columns.size() > limits::kMaxFieldsPerType) {
    return Error(Code::kExhausted, fmt::format("events of one type have more than {} fields",
                                               limits::kMaxFieldsPerType));
  }
  if (column.kind != field.value.kind) {
    return Error(Code::kInvalid,
                 fmt::format("field {} is of kind {} in one event of a batch and of kind {} in "
                             "another",
                             field.name, kind_name(column.kind), kind_name(field.value.kind)));
  }
  if (!column.rows.empty() && column.rows.back() == row) {
    return Error(Code::kInvalid, fmt::format("field {} stands twice in one event", field.name));
  }
  column.rows.push_back(row);
  if (is_text_kind(column.kind)) {
    RETURN_IF_ERROR(content::check_text(field.value.text, field.name));
    column.texts.push_back(field.value.text);
    return {};
  }
  column.numbers.push_back(field.value.number);
  return check_number(field);
}

Status add_event(const Event& event, std::uint32_t offset,
                 std::map<std::string_view, BlockDraft>& blocks) {
  RETURN_IF_ERROR(content::check_name(event.type, "an event's type"));
  RETURN_IF_ERROR(content::check_text(event.subject, "an event's subject"));
  if (!is_wire_instant(event.time.ms)) {
    return Error(Code::kInvalid, fmt::format("the time of an event of type {}, {} ms, is outside "
                                             "the years 1900 to 2199",
                                             event.type, event.time.ms));
  }
  BlockDraft& block = blocks[event.type];
  auto row = static_cast<std::uint32_t>(block.offsets.size());
  block.offsets.push_back(offset);
  block.times.push_back(event.time.ms);
  block.subjects.push_back(event.subject);
  for (const Field& field : event.fields) RETURN_IF_ERROR(add_field(field, row, block));
  return {};
}

}  // namespace

Result<Bytes> encode_content(std::span<const Event> events) {
  if (events.empty() || events.size() > limits::kMaxBatchEvents) {
    return Error(Code::kInvalid, fmt::format("a batch has 1 to {} events, not {}",
                                             limits::kMaxBatchEvents, events.size()));
  }
  std::map<std::string_view, BlockDraft> blocks;
  for (std::size_t i = 0; i < events.size(); ++i) {
    RETURN_IF_ERROR(add_event(events[i], static_cast<std::uint32_t>(i), blocks));
  }
  Bytes out;
  for (const auto& [type, block] : blocks) {
    append_bytes_field(out, content::kBlocks, encode_block(type, block, events.size()));
  }
  if (out.size() > limits::kMaxContentBytes) {
    return Error(Code::kInvalid,
                 fmt::format("the content of {} events has {} bytes, at most {} are allowed: seal "
                             "fewer events together",
                             events.size(), out.size(), limits::kMaxContentBytes));
  }
  return out;
}

}  // namespace plumbline
