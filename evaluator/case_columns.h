// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_CASE_COLUMNS_H_
#define PLUMBLINE_EVALUATOR_CASE_COLUMNS_H_

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "evaluator/subject_table.h"
#include "packs/pack.h"

namespace plumbline {

// The cases of one outlet and type, folded, a column for each step and for each field that
// something reads. Cases are numbered as their subjects come. A plain value.
struct CaseColumns {
  static constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::min();
  static constexpr std::uint8_t kUnread = 0xff;

  // `read`: of TypeSpec::fields those that are kept.
  CaseColumns(const TypeSpec& type, const std::vector<bool>& read);

  std::uint32_t case_of(std::string_view subject) {
    std::uint32_t number = subjects.number(subject);
    if (number == present.size()) add(1);
    return number;
  }
  // The same of many, as SubjectTable::number_all().
  void cases_of(std::string_view joined, const std::vector<std::uint32_t>& ends,
                std::vector<std::uint32_t>& numbers);
  std::size_t size() const { return present.size(); }
  // How the cases [first, first + count) stand; `count` is at most kStretch.
  static constexpr std::size_t kStretch = 256;
  struct Standing {
    std::array<std::uint8_t, kStretch> exists;
    std::array<std::uint8_t, kStretch> closed;
    std::array<std::uint8_t, kStretch> overdue;  // open, and as-of is later than its due instant
  };
  void stand(std::size_t first, std::size_t count, Instant as_of, Standing& out) const;
  void clear();

  SubjectTable subjects;
  std::vector<std::uint8_t> slots;  // of each field: its column, or kUnread
  std::optional<std::uint8_t> due;  // column of the due field
  std::vector<bool> final_steps;    // as steps
  std::vector<bool> ordered;        // of each column: several steps may carry the field, and
                                    // the latest event that does gives it
  std::vector<std::vector<std::int64_t>> steps;    // by step: instants in ms, kNone where none is
  std::vector<std::vector<std::int64_t>> values;   // by column: numbers, or texts of a TextPool
  std::vector<std::vector<std::uint64_t>> stamps;  // by column, where `ordered`: of its event
  std::vector<std::uint64_t> present;              // by case: which columns have a value
  std::vector<std::uint8_t> apart;                 // by case: folded elsewhere

 private:
  void add(std::size_t more);
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_CASE_COLUMNS_H_
