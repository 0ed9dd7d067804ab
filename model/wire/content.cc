// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.h"
#include "model/wire/batch.h"
#include "model/wire/content_fields.h"

namespace plumbline {
namespace content {

Status check_name(std::string_view name, std::string_view what) {
  bool valid = !name.empty() && name.size() <= kMaxNameBytes &&
               std::all_of(name.begin(), name.end(), [](char c) {
                 return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
               });
  if (valid) return {};
  return Error(Code::kInvalid, fmt::format("{} must be 1 to {} of letters, digits, '_', '-', '.'",
                                           what, kMaxNameBytes));
}

Status check_text(std::string_view text, std::string_view what) {
  if (text.size() > kMaxTextBytes) {
    return Error(Code::kInvalid, fmt::format("{} has {} bytes of text, at most {} are possible",
                                             what, text.size(), kMaxTextBytes));
  }
  if (std::optional<std::size_t> at = utf8_error_at(text); at.has_value()) {
    return Error(Code::kInvalid, fmt::format("{} is not UTF-8 at its byte {}", what, *at));
  }
  return {};
}

}  // namespace content

namespace {

Value value_at(const Column& column, std::size_t i) {
  Value value;
  value.kind = column.kind;
  if (is_text_kind(column.kind)) {
    value.text = column.dictionary[column.indexes[i]];
  } else {
    value.number = column.numbers[i];
  }
  return value;
}

}  // namespace

std::vector<Event> events_of(const Content& content) {
  std::size_t count = 0;
  for (const EventBlock& block : content.blocks) count += block.times.size();
  std::vector<Event> events(count);
  for (const EventBlock& block : content.blocks) {
    for (std::size_t row = 0; row < block.times.size(); ++row) {
      Event& event = events[block.offsets[row]];
      event.type = block.type;
      event.subject = std::string(block.subject(row));
      event.time = block.times[row];
    }
    for (const Column& column : block.columns) {
      std::size_t rows = column.rows.empty() ? block.times.size() : column.rows.size();
      for (std::size_t i = 0; i < rows; ++i) {
        std::size_t row = column.rows.empty() ? i : column.rows[i];
        events[block.offsets[row]].fields.push_back({column.name, value_at(column, i)});
      }
    }
  }
  return events;
}

}  // namespace plumbline
