// SPDX-License-Identifier: Apache-2.0
#include "model/verdict.h"

#include "base/check.h"

namespace plumbline {

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kMet:
      return "met";
    case Verdict::kNotMet:
      return "not_met";
    case Verdict::kInsufficientData:
      return "insufficient_data";
    case Verdict::kNotReported:
      return "not_reported";
    case Verdict::kNotApplicable:
      return "not_applicable";
  }
  CHECK(false, "a verdict outside its five values");
  return "";
}

}  // namespace plumbline
