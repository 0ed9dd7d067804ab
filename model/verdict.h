// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_MODEL_VERDICT_H_
#define PLUMBLINE_MODEL_VERDICT_H_

#include <cstdint>
#include <string_view>

namespace plumbline {

// How a criterion, a target or a unit as a whole stands. Missing is neither zero nor good, so it
// has words of its own.
enum class Verdict : std::uint8_t {
  kMet,
  kNotMet,
  kInsufficientData,  // reported, but too little to say
  kNotReported,       // nothing was reported in the period
  kNotApplicable,     // the standard does not judge this
};

// "met", "not_met", "insufficient_data", "not_reported", "not_applicable".
std::string_view verdict_name(Verdict verdict);

}  // namespace plumbline

#endif  // PLUMBLINE_MODEL_VERDICT_H_
