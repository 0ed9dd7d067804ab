// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_RULE_MUTANTS_H_
#define PLUMBLINE_EVALUATOR_RULE_MUTANTS_H_

#include <string>
#include <vector>

#include "evaluator/rule_test.h"

// Rules changed in one place, to ask whether a test of theirs notices: docs/formats/rule_tests.md.
namespace plumbline {

struct RuleMutant {
  struct Edit {
    std::size_t offset = 0;
    std::size_t length = 0;
    std::string text;
  };
  Place place;              // of the first edit
  std::string what;         // "full: 0.95 -> 0.96"
  std::vector<Edit> edits;  // in the file of `place`, ascending
};

// Every threshold, weight, operator and date of pack.yaml, standards/ and targets/, shifted one at
// a time, by file and place. Weights sum to 100: what one gains the next one loses.
std::vector<RuleMutant> rule_mutants(const PackFiles& files);

PackFiles mutated(const PackFiles& files, const RuleMutant& mutant);

// What became of a mutant.
enum class MutantFate {
  kRefused,   // the rules do not compile: no test is needed
  kNoticed,   // a test fails
  kSurvived,  // all tests pass
};
// Pure; safe from any thread.
MutantFate fate_of(const PackFiles& files, const RuleMutant& mutant,
                   const std::vector<RuleTest>& tests);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_RULE_MUTANTS_H_
