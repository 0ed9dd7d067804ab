// SPDX-License-Identifier: Apache-2.0
#include "evaluator/case_columns.h"

#include <algorithm>

#include "base/check.h"
#include "base/limits.h"

namespace plumbline {

static_assert(limits::kMaxFieldsPerType <= 64, "`present` has a bit for each field");

CaseColumns::CaseColumns(const TypeSpec& type, const std::vector<bool>& read) {
  CHECK(read.size() == type.fields.size(), "each field is read or not");
  std::size_t step_count = std::max<std::size_t>(1, type.steps.size());
  steps.resize(step_count);
  final_steps.assign(step_count, type.steps.empty());
  for (std::size_t s = 0; s < type.steps.size(); ++s) final_steps[s] = type.steps[s].final;
  for (std::size_t f = 0; f < type.fields.size(); ++f) {
    slots.push_back(read[f] ? static_cast<std::uint8_t>(values.size()) : kUnread);
    if (!read[f]) continue;
    if (type.due_field && type.fields[f].name == *type.due_field) due = slots.back();
    values.emplace_back();
    stamps.emplace_back();
    std::size_t carriers = type.fields[f].steps.empty() ? step_count : type.fields[f].steps.size();
    ordered.push_back(carriers > 1);
  }
}

void CaseColumns::stand(std::size_t first, std::size_t count, Instant as_of, Standing& out) const {
  CHECK(count <= kStretch && first + count <= size(), "a stretch of cases that are there");
  out.exists.fill(0);
  out.closed.fill(0);
  out.overdue.fill(0);
  for (std::size_t s = 0; s < steps.size(); ++s) {
    const std::int64_t* times = steps[s].data() + first;
    for (std::size_t i = 0; i < count; ++i) {
      out.exists[i] = static_cast<std::uint8_t>(out.exists[i] | std::uint8_t{times[i] != kNone});
    }
    if (!final_steps[s]) continue;
    for (std::size_t i = 0; i < count; ++i) {
      out.closed[i] = static_cast<std::uint8_t>(out.closed[i] | std::uint8_t{times[i] != kNone});
    }
  }
  if (!due) return;
  const std::int64_t* dues = values[*due].data() + first;
  for (std::size_t i = 0; i < count; ++i) {
    bool open = out.exists[i] > out.closed[i];
    bool has_due = (present[first + i] >> *due & 1) != 0;
    out.overdue[i] = std::uint8_t{open && has_due && as_of.ms > dues[i]};
  }
}

void CaseColumns::cases_of(std::string_view joined, const std::vector<std::uint32_t>& ends,
                           std::vector<std::uint32_t>& numbers) {
  subjects.number_all(joined, ends, numbers);
  add(subjects.size() - present.size());
}

void CaseColumns::add(std::size_t more) {
  std::size_t size = present.size() + more;
  for (auto& step : steps) step.resize(size, kNone);
  for (std::size_t c = 0; c < values.size(); ++c) {
    values[c].resize(size, 0);
    if (ordered[c]) stamps[c].resize(size, 0);
  }
  present.resize(size, 0);
  apart.resize(size, 0);
}

void CaseColumns::clear() {
  subjects.clear();
  for (auto& step : steps) step.clear();
  for (auto& column : values) column.clear();
  for (auto& column : stamps) column.clear();
  present.clear();
  apart.clear();
}

}  // namespace plumbline
