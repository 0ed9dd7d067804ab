// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_BASE_CHECK_H_
#define PLUMBLINE_BASE_CHECK_H_

#include <string_view>

namespace plumbline {

// Prints place, condition and reason to stderr and aborts. Only CHECK calls it.
[[noreturn]] void check_failed(const char* file, int line, const char* condition,
                               std::string_view why);

}  // namespace plumbline

// A bug in this program if `condition` is false: aborts, in every build. `why` says which
// invariant is meant; it is evaluated only on failure. Never for input: that is a Result.
#define CHECK(condition, why)                                              \
  do {                                                                     \
    if (!(condition)) [[unlikely]] {                                       \
      ::plumbline::check_failed(__FILE__, __LINE__, #condition, (why));    \
    }                                                                      \
  } while (false)

#endif  // PLUMBLINE_BASE_CHECK_H_
