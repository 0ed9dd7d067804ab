// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_RULE_TEST_H_
#define PLUMBLINE_EVALUATOR_RULE_TEST_H_

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "evaluator/standard.h"
#include "model/event.h"
#include "model/fact.h"
#include "model/office_record.h"
#include "packs/problem.h"

// Tests of rules, tests/**.yaml of a pack: docs/formats/rule_tests.md. Nothing of a test takes part
// in an evaluation; a test is run by the fold, the scoring and the words that evaluate a ledger.
namespace plumbline {

// One thing that a test says will come out: a member of a row, or of a case in words.
struct RuleCheck {
  Place place;                    // of the value in its file
  std::vector<std::string> path;  // "score", or "criteria", "on_time", "points"
  std::string expected;           // "none" for what has no value
};

struct RuleTest {
  struct Event {
    OutletId outlet;
    plumbline::Event event;
    Instant recorded_at;
    Instant sealed_at;
    SourceKind source = SourceKind::kAgent;
  };
  struct RecordedFact {
    Instant recorded_at;
    Fact fact;
  };
  // A row that there is, with what it says; or one that there must not be.
  struct Row {
    Place place;
    std::string standard;  // or "target." and the target's id
    std::string level;
    std::string unit;
    std::string period;
    bool absent = false;
    std::vector<RuleCheck> checks;
  };
  // What the words say of one case for an indicator.
  struct Explained {
    Place place;
    std::size_t standard = 0;   // into RuleSet::standards
    std::size_t indicator = 0;  // into Standard::indicators
    OutletId outlet;
    std::string subject;
    std::optional<Period> period;
    std::vector<RuleCheck> checks;  // "zh", "en", "counts"
  };

  Place place;
  std::string name;
  Instant as_of;
  std::vector<OutletAdded> outlets;
  std::vector<RecordedFact> facts;
  std::vector<Event> events;
  std::vector<Row> rows;
  std::vector<Explained> explained;
};

// The tests of all files under tests/, in the order of the files. Adds every problem; what has
// one is left out.
std::vector<RuleTest> read_rule_tests(const PackFiles& files, const RuleSet& rules,
                                      Problems& problems);

// The stream by which a kind of source reports about an outlet of a test; its events count from
// sequence 1.
StreamId rule_test_stream(const OutletId& outlet, SourceKind source);

// Where what came out is not what the test says.
struct RuleDifference {
  Place place;
  std::string what;  // "outlet a 2025-03: criteria.on_time.points"
  std::string expected;
  std::string actual;
  std::string text() const;  // one line, with its place
};

// `rules` may be another rule set than the test was read with, as long as the catalog of events is
// the same. Empty: the test passes. Pure.
std::vector<RuleDifference> run_rule_test(const RuleSet& rules, const RuleTest& test);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_RULE_TEST_H_
