// SPDX-License-Identifier: Apache-2.0
#include "evaluator/measured.h"

#include "base/check.h"

namespace plumbline {
namespace {

Result<Fraction> added(const Fraction& a, const Fraction& b) {
  Fraction left = reduced(a);
  Fraction right = reduced(b);
  ASSIGN_OR_RETURN(Wide x, wide_multiply(left.numerator, right.denominator));
  ASSIGN_OR_RETURN(Wide y, wide_multiply(right.numerator, left.denominator));
  ASSIGN_OR_RETURN(Wide numerator, wide_subtract(x, -y));
  ASSIGN_OR_RETURN(Wide denominator, wide_multiply(left.denominator, right.denominator));
  return reduced({numerator, denominator});
}

// `below` is not zero.
Result<Fraction> divided(const Fraction& above, const Fraction& below) {
  Fraction left = reduced(above);
  Fraction right = reduced(below);
  ASSIGN_OR_RETURN(Wide numerator, wide_multiply(left.numerator, right.denominator));
  ASSIGN_OR_RETURN(Wide denominator, wide_multiply(left.denominator, right.numerator));
  if (denominator < 0) return reduced({-numerator, -denominator});
  return reduced({numerator, denominator});
}

void take(Result<Fraction> figure, Measured& out) {
  if (figure.ok()) {
    out.figure = *figure;
  } else {
    out.figure.reset();
    out.error = figure.error().sentence();
  }
}

Measured sum_of(const Indicator& indicator, const std::vector<const Measured*>& parts) {
  Measured out;
  out.figure = Fraction{0, 1};
  for (const Measured* part : parts) {
    CHECK(part->figure.has_value(), "what a sum adds is zero of no case");
    out.n += part->n;
    if (out.figure) take(added(*out.figure, *part->figure), out);
  }
  out.sufficient = out.n >= indicator.min_sample;
  return out;
}

Measured ratio_of(const Indicator& indicator, const Measured& above, const Measured& below) {
  Measured out;
  out.n = below.n;
  out.error = above.error.empty() ? below.error : above.error;
  if (!out.error.empty()) return out;
  CHECK(above.figure && below.figure, "what a ratio divides is zero of no case");
  if (below.figure->numerator == 0) return out;
  take(divided(*above.figure, *below.figure), out);
  out.sufficient = out.n >= indicator.min_sample;
  return out;
}

}  // namespace

Measured measured(const Indicator& indicator, const Tally& tally) {
  Measured out;
  out.n = tally.count();
  if (indicator.aggregate == Aggregate::kShare) out.numerator = tally.numerator();
  out.figure = figure_of(indicator, tally);
  out.sufficient = is_sufficient(indicator, tally);
  return out;
}

Measured measured_over(const Indicator& indicator, const std::vector<const Measured*>& parts) {
  if (indicator.over == IndicatorOver::kSum) return sum_of(indicator, parts);
  CHECK(indicator.over == IndicatorOver::kRatio && parts.size() == 2, "a ratio is of one over one");
  return ratio_of(indicator, *parts[0], *parts[1]);
}

}  // namespace plumbline
