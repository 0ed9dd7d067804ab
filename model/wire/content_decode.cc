// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <unordered_set>

#include "base/limits.h"
#include "base/utf8.h"
#include "model/wire/batch.h"
#include "model/wire/content_fields.h"
#include "model/wire/fields.h"
#include "model/wire/instants.h"

namespace plumbline {
namespace {

Error invalid(std::string sentence) {
  return Error(Code::kInvalid, std::move(sentence));
}

// Fields as they stand in a message, before their meaning is looked at: views into the content.
struct RawColumn {
  std::string_view name;
  std::optional<BytesView> rows;
  std::uint64_t unit = 1;
  bool differences = false;
  BytesView numbers;
  std::uint64_t value_count = 1;
  BytesView values;
  std::optional<BytesView> value_sizes;
  std::optional<BytesView> indexes;
};

struct RawBlock {
  std::string_view type;
  std::optional<BytesView> offsets;
  std::uint64_t time_unit = 1;
  BytesView times;
  BytesView subjects;
  std::optional<BytesView> subject_sizes;
  std::vector<std::pair<Kind, BytesView>> columns;
};

Result<std::uint64_t> explicit_unit(const FieldReader& reader, const WireField& field,
                                    std::string_view what) {
  ASSIGN_OR_RETURN(std::uint64_t unit, reader.number(field));
  if (unit < 2 || unit > 86'400'000) {
    return invalid(
        fmt::format("{} has unit {}, must be 2 to 86400000 where it is given", what, unit));
  }
  return unit;
}

Status set_number_field(const FieldReader& reader, const WireField& field, RawColumn& raw) {
  switch (field.number) {
    case content::kUnit: {
      ASSIGN_OR_RETURN(raw.unit, explicit_unit(reader, field, "a column"));
      return {};
    }
    case content::kDifferences: {
      ASSIGN_OR_RETURN(std::uint64_t flag, reader.number(field));
      if (flag != 1) return invalid("the differences flag of a column is neither 0 nor 1");
      raw.differences = true;
      return {};
    }
    case content::kNumbers: {
      ASSIGN_OR_RETURN(raw.numbers, reader.bytes(field));
      return {};
    }
    default:
      return reader.unknown(field);
  }
}

Status set_text_field(const FieldReader& reader, const WireField& field, RawColumn& raw) {
  switch (field.number) {
    case content::kValueCount: {
      ASSIGN_OR_RETURN(raw.value_count, reader.number(field));
      if (raw.value_count < 2) return invalid("a column writes out a value count of 1");
      return {};
    }
    case content::kValues: {
      ASSIGN_OR_RETURN(raw.values, reader.bytes(field));
      return {};
    }
    case content::kValueSizes: {
      ASSIGN_OR_RETURN(raw.value_sizes, reader.bytes(field));
      return {};
    }
    case content::kIndexes: {
      ASSIGN_OR_RETURN(raw.indexes, reader.bytes(field));
      return {};
    }
    default:
      return reader.unknown(field);
  }
}

Result<RawColumn> read_raw_column(Kind kind, BytesView bytes) {
  FieldReader reader(bytes, "a column");
  RawColumn raw;
  for (;;) {
    ASSIGN_OR_RETURN(std::optional<WireField> field, reader.next());
    if (!field.has_value()) return raw;
    if (field->number == content::kName) {
      ASSIGN_OR_RETURN(raw.name, reader.bytes(*field));
    } else if (field->number == content::kRows) {
      ASSIGN_OR_RETURN(raw.rows, reader.bytes(*field));
    } else if (is_text_kind(kind)) {
      RETURN_IF_ERROR(set_text_field(reader, *field, raw));
    } else {
      RETURN_IF_ERROR(set_number_field(reader, *field, raw));
    }
  }
}

Result<RawBlock> read_raw_block(BytesView bytes) {
  constexpr std::uint32_t kColumns = 0b1111'1111'1u << (content::kColumnBase + 1);
  FieldReader reader(bytes, "a block of events", kColumns);
  RawBlock raw;
  for (;;) {
    ASSIGN_OR_RETURN(std::optional<WireField> field, reader.next());
    if (!field.has_value()) return raw;
    if (field->number == content::kTimeUnit) {
      ASSIGN_OR_RETURN(raw.time_unit, explicit_unit(reader, *field, "a block's times"));
      continue;
    }
    ASSIGN_OR_RETURN(BytesView value, reader.bytes(*field));
    switch (field->number) {
      case content::kType:
        raw.type = value;
        break;
      case content::kOffsets:
        raw.offsets = value;
        break;
      case content::kTimes:
        raw.times = value;
        break;
      case content::kSubjects:
        raw.subjects = value;
        break;
      case content::kSubjectSizes:
        raw.subject_sizes = value;
        break;
      default:
        if (field->number > content::kColumnBase + static_cast<std::uint32_t>(Kind::kReference)) {
          return reader.unknown(*field);
        }
        if (raw.columns.size() == limits::kMaxFieldsPerType) {
          return invalid(
              fmt::format("a block of events has more than {} columns", limits::kMaxFieldsPerType));
        }
        raw.columns.emplace_back(static_cast<Kind>(field->number - content::kColumnBase), value);
    }
  }
}

// Positions written as differences: ascending, below `bound`, and not all of 0..bound-1, which is
// written by leaving the list out.
Result<std::vector<std::uint32_t>> read_positions(BytesView bytes, std::uint32_t bound,
                                                  std::string_view what) {
  ASSIGN_OR_RETURN(std::vector<std::uint32_t> positions, read_packed_u32(bytes, bound, what));
  std::uint64_t at = 0;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    if (i > 0 && positions[i] == 0) return invalid(fmt::format("{} repeats a position", what));
    at += positions[i];
    if (at >= bound) return invalid(fmt::format("{} goes beyond {}", what, bound - 1));
    positions[i] = static_cast<std::uint32_t>(at);
  }
  if (positions.size() == bound) return invalid(fmt::format("{} lists every position", what));
  return positions;
}

// Ends of `count` texts within `joined`: by their sizes, or all of one size.
Result<std::vector<std::uint32_t>> read_ends(BytesView joined, std::optional<BytesView> sizes,
                                             std::size_t count, std::string_view what) {
  std::vector<std::uint32_t> ends;
  if (!sizes.has_value()) {
    if (joined.size() % count != 0) {
      return invalid(fmt::format("{} bytes of {} do not part into {} equal texts", joined.size(),
                                 what, count));
    }
    ends.reserve(count);
    for (std::size_t i = 1; i <= count; ++i) {
      ends.push_back(static_cast<std::uint32_t>(joined.size() / count * i));
    }
  } else {
    ASSIGN_OR_RETURN(ends, read_packed_u32(*sizes, count, what));
    std::uint64_t end = 0;
    for (std::uint32_t& size : ends) {
      end += size;
      if (end > joined.size()) break;
      size = static_cast<std::uint32_t>(end);
    }
    if (ends.size() != count || end != joined.size()) {
      return invalid(fmt::format("the sizes of {} do not add up", what));
    }
  }
  // Where all of it is ASCII each part is, and the parts need not be looked at one by one.
  bool ascii = is_ascii(joined);
  std::uint32_t begin = 0;
  for (std::uint32_t end : ends) {
    if (!ascii || end - begin > content::kMaxTextBytes) {
      RETURN_IF_ERROR(content::check_text(joined.substr(begin, end - begin), what));
    }
    begin = end;
  }
  return ends;
}

// Turns what is written into values: sums of differences, times the unit.
Status restore_numbers(std::vector<std::int64_t>& numbers, std::uint64_t unit, bool differences,
                       std::string_view what) {
  std::int64_t sum = 0;
  for (std::int64_t& number : numbers) {
    std::int64_t base = differences ? sum : 0;
    if (__builtin_add_overflow(base, number, &sum) ||
        __builtin_mul_overflow(sum, static_cast<std::int64_t>(unit), &number)) {
      return invalid(fmt::format("{} has a number beyond 64 bits", what));
    }
  }
  return {};
}

Status check_numbers(Kind kind, const std::vector<std::int64_t>& numbers, std::string_view what) {
  for (std::int64_t number : numbers) {
    if (kind == Kind::kBool && number != 0 && number != 1) {
      return invalid(fmt::format("column {} is of kind bool and has the value {}", what, number));
    }
    if (kind == Kind::kInstant && !is_wire_instant(number)) {
      return invalid(fmt::format("column {} has the instant {} ms, outside the years 1900 to 2199",
                                 what, number));
    }
  }
  return {};
}

Status read_number_column(const RawColumn& raw, std::size_t rows, Column& column) {
  ASSIGN_OR_RETURN(column.numbers, read_packed_s64(raw.numbers, rows, raw.name));
  if (column.numbers.size() != rows && (column.numbers.size() != 1 || raw.differences)) {
    return invalid(
        fmt::format("column {} has {} numbers for {} rows", raw.name, column.numbers.size(), rows));
  }
  RETURN_IF_ERROR(restore_numbers(column.numbers, raw.unit, raw.differences, raw.name));
  RETURN_IF_ERROR(check_numbers(column.kind, column.numbers, raw.name));
  column.numbers.resize(rows, column.numbers.front());
  return {};
}

Status read_dictionary(const RawColumn& raw, std::size_t rows, Column& column) {
  if (raw.value_count > rows) {
    return invalid(fmt::format("column {} has {} distinct values for {} rows", raw.name,
                               raw.value_count, rows));
  }
  ASSIGN_OR_RETURN(std::vector<std::uint32_t> ends,
                   read_ends(raw.values, raw.value_sizes, raw.value_count, raw.name));
  std::unordered_set<std::string_view> seen;
  std::uint32_t begin = 0;
  for (std::uint32_t end : ends) {
    std::string_view value = raw.values.substr(begin, end - begin);
    if (!seen.insert(value).second) {
      return invalid(fmt::format("column {} lists a value twice", raw.name));
    }
    column.dictionary.emplace_back(value);
    begin = end;
  }
  return {};
}

Status read_text_column(const RawColumn& raw, std::size_t rows, Column& column) {
  RETURN_IF_ERROR(read_dictionary(raw, rows, column));
  std::size_t values = column.dictionary.size();
  if (!raw.indexes.has_value()) {
    if (values != 1 && values != rows) {
      return invalid(fmt::format("column {} does not say which of {} values its {} rows have",
                                 raw.name, values, rows));
    }
    for (std::uint32_t i = 0; i < rows; ++i) column.indexes.push_back(values == 1 ? 0 : i);
    return {};
  }
  ASSIGN_OR_RETURN(column.indexes, read_packed_u32(*raw.indexes, rows, raw.name));
  std::uint32_t appeared = 0;
  bool in_order = true;
  for (std::uint32_t index : column.indexes) {
    in_order = in_order && index <= appeared;
    if (index == appeared) ++appeared;
  }
  if (!in_order || column.indexes.size() != rows || appeared != values) {
    return invalid(
        fmt::format("the indexes of column {} do not use its {} values in the order of "
                    "their appearance, one for each of {} rows",
                    raw.name, values, rows));
  }
  return {};
}

Result<Column> read_column(Kind kind, BytesView bytes, std::uint32_t block_rows) {
  ASSIGN_OR_RETURN(RawColumn raw, read_raw_column(kind, bytes));
  RETURN_IF_ERROR(content::check_name(raw.name, "a column's name"));
  Column column;
  column.name = std::string(raw.name);
  column.kind = kind;
  if (raw.rows.has_value()) {
    ASSIGN_OR_RETURN(column.rows, read_positions(*raw.rows, block_rows, raw.name));
  }
  std::size_t rows = column.rows.empty() ? block_rows : column.rows.size();
  if (is_text_kind(kind)) {
    RETURN_IF_ERROR(read_text_column(raw, rows, column));
  } else {
    RETURN_IF_ERROR(read_number_column(raw, rows, column));
  }
  return column;
}

Status read_columns(const RawBlock& raw, EventBlock& block) {
  Kind last_kind = Kind::kString;
  for (const auto& [kind, bytes] : raw.columns) {
    ASSIGN_OR_RETURN(Column column,
                     read_column(kind, bytes, static_cast<std::uint32_t>(block.times.size())));
    if (!block.columns.empty() && kind == last_kind && column.name <= block.columns.back().name) {
      return invalid(fmt::format("column {} of type {} does not stand in ascending order",
                                 column.name, block.type));
    }
    last_kind = kind;
    block.columns.push_back(std::move(column));
  }
  auto by_name = [](const Column& a, const Column& b) { return a.name < b.name; };
  auto same_name = [](const Column& a, const Column& b) { return a.name == b.name; };
  std::sort(block.columns.begin(), block.columns.end(), by_name);
  auto twin = std::adjacent_find(block.columns.begin(), block.columns.end(), same_name);
  if (twin == block.columns.end()) return {};
  return invalid(fmt::format("type {} has two columns named {}", block.type, twin->name));
}

// Reads a block that may have at most `free` rows; `taken` marks the positions of the batch that
// earlier blocks have.
Result<EventBlock> read_block(BytesView bytes, std::uint32_t free, std::vector<bool>& taken) {
  ASSIGN_OR_RETURN(RawBlock raw, read_raw_block(bytes));
  RETURN_IF_ERROR(content::check_name(raw.type, "the type of a block"));
  auto count = static_cast<std::uint32_t>(taken.size());
  EventBlock block;
  block.type = std::string(raw.type);
  ASSIGN_OR_RETURN(std::vector<std::int64_t> times, read_packed_s64(raw.times, free, raw.type));
  if (times.empty()) return invalid(fmt::format("the block of type {} has no times", raw.type));
  RETURN_IF_ERROR(restore_numbers(times, raw.time_unit, true, raw.type));
  block.times.reserve(times.size());
  for (std::int64_t ms : times) {
    if (!is_wire_instant(ms)) {
      return invalid(
          fmt::format("an event of type {} has the time {} ms, outside the years 1900 "
                      "to 2199",
                      raw.type, ms));
    }
    block.times.push_back(Instant{ms});
  }
  if (raw.offsets.has_value()) {
    ASSIGN_OR_RETURN(block.offsets, read_positions(*raw.offsets, count, raw.type));
  } else {
    block.offsets.resize(count);
    std::iota(block.offsets.begin(), block.offsets.end(), 0U);
  }
  if (block.offsets.size() != times.size()) {
    return invalid(fmt::format("the block of type {} has {} times for {} positions", raw.type,
                               times.size(), block.offsets.size()));
  }
  for (std::uint32_t offset : block.offsets) {
    if (taken[offset]) return invalid(fmt::format("two events stand at position {}", offset));
    taken[offset] = true;
  }
  ASSIGN_OR_RETURN(block.subject_ends,
                   read_ends(raw.subjects, raw.subject_sizes, times.size(), "the subjects"));
  block.subjects = Bytes(raw.subjects);
  RETURN_IF_ERROR(read_columns(raw, block));
  return block;
}

}  // namespace

Result<Content> decode_content(BytesView bytes, std::uint32_t count) {
  if (count < 1 || count > limits::kMaxBatchEvents || bytes.size() > limits::kMaxContentBytes) {
    return invalid(
        fmt::format("a content of {} events and {} bytes is beyond the limits of a "
                    "batch",
                    count, bytes.size()));
  }
  FieldReader reader(bytes, "the content", 1u << content::kBlocks);
  std::vector<bool> taken(count);
  std::uint32_t free = count;
  Content result;
  for (;;) {
    ASSIGN_OR_RETURN(std::optional<WireField> field, reader.next());
    if (!field.has_value()) break;
    if (field->number != content::kBlocks) return reader.unknown(*field);
    ASSIGN_OR_RETURN(BytesView block_bytes, reader.bytes(*field));
    ASSIGN_OR_RETURN(EventBlock block, read_block(block_bytes, free, taken));
    if (!result.blocks.empty() && block.type <= result.blocks.back().type) {
      return invalid(
          fmt::format("the block of type {} does not stand in ascending order", block.type));
    }
    free -= static_cast<std::uint32_t>(block.times.size());
    result.blocks.push_back(std::move(block));
  }
  if (free == 0) return result;
  return invalid(
      fmt::format("the content holds {} events, the header says {}", count - free, count));
}

}  // namespace plumbline
