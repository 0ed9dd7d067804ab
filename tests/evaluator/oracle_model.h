// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_EVALUATOR_ORACLE_MODEL_H_
#define PLUMBLINE_TESTS_EVALUATOR_ORACLE_MODEL_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

// A naive reference for the pack of tests/evaluator/data/small. It includes nothing of the
// project: it knows the pack's rules as prose, holds all events in a list, and computes every
// figure anew by walking that list, with its own calendar and its own long division.
namespace oracle {

using Ms = long long;
__extension__ using Int = __int128;

// One event as somebody reported it, in the order of the ledger.
struct Reported {
  std::size_t entry = 0;  // index of its ledger entry
  std::string outlet;
  // "opened", "closed", "visit"; "bad" for what fits no pack; "correct", "void" for what is said of
  // the event `said_of` (its place in the list), whose subject is the same
  std::string what;
  std::size_t said_of = 0;
  std::string subject;
  Ms time = 0;
  Ms recorded = 0;         // when its batch came to be in the ledger
  Ms sealed = 0;           // what the outlet's clock said when it sealed the batch
  bool live = false;       // no historical import
  bool corrected = false;  // for the reference's own use
  std::map<std::string, long long> numbers;  // due, fee (millionths), items, people
  std::map<std::string, std::string> words;  // channel, district, note
};

struct Place {
  std::string outlet;
  std::string city;  // may be empty
};

// What the reference says of one unit and period. Figures: indicator id, then "" or
// "<field>=<group>" ("<field>=" for the missing value) -> "n numerator value".
struct Answer {
  std::map<std::string, std::map<std::string, std::string>> figures;
  std::size_t events = 0;
  std::size_t late = 0;        // in the ledger more than 20 days after its time
  std::size_t back_dated = 0;  // sealed more than 30 days after its time
  std::size_t set_aside = 0;
  std::size_t duplicates = 0;
  std::size_t corrected = 0;
  std::size_t voided = 0;
  std::string verdict;
  std::string score;  // "null" without one
  std::string grade;  // "null" without one
  bool capped = false;  // by the notes for each request
  // What the grades ask of the blocks: "grade block points holds;", in their order.
  std::string conditions;
};

// (level, unit, period) -> answer, for everything that exists at `as_of`.
std::map<std::vector<std::string>, Answer> answers(const std::vector<Reported>& events,
                                                   const std::vector<Place>& outlets,
                                                   std::size_t prefix, Ms as_of);

// numerator / denominator with `decimals` decimals, half away from zero, by long division.
std::string long_division(Int numerator, Int denominator, int decimals);

}  // namespace oracle

#endif  // PLUMBLINE_TESTS_EVALUATOR_ORACLE_MODEL_H_
