// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "packs/mapping.h"
#include "packs/outside_text.h"

namespace plumbline {
namespace {

Result<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc() && stopped == end && !text.empty()) return value;
  return Error(Code::kInvalid, fmt::format("\"{}\" is not an integer", outside_text(text)));
}

Result<std::int64_t> parse_bool(std::string_view text) {
  if (text == "true") return std::int64_t{1};
  if (text == "false") return std::int64_t{0};
  return Error(Code::kInvalid, fmt::format("\"{}\" is not true or false", outside_text(text)));
}

Result<std::int64_t> parse_number(Kind kind, std::string_view text, const FieldMapping& field,
                                  const Calendar& calendar) {
  switch (kind) {
    case Kind::kInstant: {
      ASSIGN_OR_RETURN(Instant at, parse_time(text, field.format, calendar));
      return at.ms;
    }
    case Kind::kDecimal: {
      auto value = parse_decimal(text);
      if (value.ok()) return value->units;
      return Error(Code::kInvalid, fmt::format("\"{}\" is not a number with at most six decimals",
                                               outside_text(text)));
    }
    case Kind::kBool:
      return parse_bool(text);
    default:
      return parse_integer(text);
  }
}

std::string mapped_text(const FieldMapping& field, const std::string& cell) {
  for (const auto& [text, value] : field.values) {
    if (text == cell) return value;
  }
  return cell;
}

std::string rule_of(Kind kind) {
  return kind == Kind::kInstant ? "time" : "wrong_kind";
}

// The column from which the part of an event comes that a Misfit names.
std::string column_of(const EventMapping& mapping, const std::string& field) {
  if (field == "subject") return mapping.subject;
  if (field == "time") return mapping.time;
  for (const FieldMapping& mapped : mapping.fields) {
    if (mapped.field == field) return mapped.column;
  }
  return "";
}

}  // namespace

Result<RowMapper> RowMapper::bind(const Mapping& mapping, const Pack& pack,
                                  const std::vector<std::string>& header) {
  RowMapper mapper;
  mapper.mapping_ = &mapping;
  mapper.pack_ = &pack;
  std::vector<std::string> missing;
  for (const std::string& column : mapping.columns) {
    auto found = std::find(header.begin(), header.end(), column);
    if (found == header.end()) {
      missing.push_back(fmt::format("\"{}\"", column));
    } else if (std::find(found + 1, header.end(), column) != header.end()) {
      return Error(Code::kInvalid, fmt::format("the file has the column \"{}\" twice", column));
    } else {
      mapper.columns_[column] = static_cast<std::size_t>(found - header.begin());
    }
  }
  if (missing.empty()) return mapper;
  return Error(Code::kInvalid, fmt::format("the file lacks the columns {} that the mapping \"{}\" "
                                           "reads",
                                           fmt::join(missing, ", "), mapping.source));
}

const std::string& RowMapper::cell(const std::vector<std::string>& row,
                                   const std::string& column) const {
  std::size_t index = columns_.find(column)->second;
  CHECK(index < row.size(), "a row has as many cells as the header");
  return row[index];
}

bool RowMapper::is_for(const std::vector<std::string>& row, std::string_view outlet_code) const {
  return mapping_->outlet_column.empty() || cell(row, mapping_->outlet_column) == outlet_code;
}

void RowMapper::add_field(const std::vector<std::string>& row, const TypeSpec& type,
                          const FieldMapping& mapped, Event& event,
                          std::vector<RowProblem>& problems) const {
  const std::string& text = cell(row, mapped.column);
  if (text.empty()) return;
  const FieldSpec* spec = type.field(mapped.field);
  CHECK(spec != nullptr, "a mapping names fields of its pack");
  Field field{mapped.field, {spec->kind, 0, ""}};
  if (is_text_kind(spec->kind)) {
    field.value.text = mapped_text(mapped, text);
  } else {
    auto number = parse_number(spec->kind, text, mapped, pack_->calendar);
    if (!number.ok()) {
      problems.push_back({mapped.column, rule_of(spec->kind), number.error().sentence()});
      return;
    }
    field.value.number = *number;
  }
  event.fields.push_back(std::move(field));
}

std::optional<Event> RowMapper::make(const std::vector<std::string>& row,
                                     const EventMapping& mapped,
                                     std::vector<RowProblem>& problems) const {
  std::size_t before = problems.size();
  Event event;
  event.type = mapped.type;
  event.subject = cell(row, mapped.subject);
  auto time = parse_time(cell(row, mapped.time), mapped.time_format, pack_->calendar);
  if (time.ok()) {
    event.time = *time;
  } else {
    problems.push_back({mapped.time, "time", time.error().sentence()});
  }
  std::optional<EventTypeRef> ref = pack_->events.resolve(mapped.type);
  CHECK(ref.has_value(), "a mapping names event types of its pack");
  for (const FieldMapping& field : mapped.fields) {
    add_field(row, *ref->type, field, event, problems);
  }
  if (problems.size() != before) return std::nullopt;
  if (auto misfit = check_event(pack_->events, event)) {
    problems.push_back({column_of(mapped, misfit->field), misfit->rule, misfit->sentence});
    return std::nullopt;
  }
  return event;
}

std::vector<MappedEvent> RowMapper::map(const std::vector<std::string>& row,
                                        std::vector<RowProblem>& problems) const {
  std::vector<MappedEvent> out;
  for (const EventMapping& mapped : mapping_->events) {
    bool skipped = !mapped.only_if_present.empty() && cell(row, mapped.only_if_present).empty();
    if (skipped) continue;
    if (auto event = make(row, mapped, problems)) {
      std::string id = event->type + "/" + event->subject;
      out.push_back({std::move(id), std::move(*event)});
    }
  }
  return out;
}

}  // namespace plumbline
