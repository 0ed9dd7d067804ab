// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_LOCAL_MONTHS_H_
#define PLUMBLINE_EVALUATOR_LOCAL_MONTHS_H_

#include <cstdint>

#include "base/clock.h"
#include "packs/calendar.h"

namespace plumbline {

// The local month of instants, remembering the stretch in which the last answer holds: instants
// that follow one another mostly lie in one month. Used by one thread at a time.
class LocalMonths {
 public:
  // `calendar` must outlive the object.
  explicit LocalMonths(const Calendar& calendar) : calendar_(&calendar) {}

  // 12 * year + month - 1 of calendar.local_date(at).
  std::int32_t at(Instant instant) {
    if (instant.ms < from_ || instant.ms >= until_) look(instant);
    return month_;
  }

 private:
  void look(Instant instant);

  const Calendar* calendar_;
  std::int64_t from_ = 0;
  std::int64_t until_ = 0;
  std::int32_t month_ = 0;
};

constexpr std::int32_t month_number(int year, int month) {
  return 12 * year + month - 1;
}
// Of a month that at() gave, and its year.
Period month_period(std::int32_t month);
Period year_period(std::int32_t month);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_LOCAL_MONTHS_H_
