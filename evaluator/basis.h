// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_BASIS_H_
#define PLUMBLINE_EVALUATOR_BASIS_H_

#include <string>

namespace plumbline {

enum class BasisKind { kOfficial, kBenchmark, kProposal };

// Where a number that decides comes from.
struct Basis {
  std::string text;
  BasisKind kind = BasisKind::kProposal;
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_BASIS_H_
