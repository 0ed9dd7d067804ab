// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_RULE_TEST_READER_H_
#define PLUMBLINE_EVALUATOR_RULE_TEST_READER_H_

#include <optional>
#include <string>

#include "evaluator/rule_test.h"
#include "packs/yaml.h"

// The parts of a test file as values. Private to rule_test*.cc.
namespace plumbline {

// A local or RFC 3339 time; a problem at the node where it is none.
std::optional<Instant> time_from(const YamlNode& node, const Calendar& calendar,
                                 Problems& problems);
// The value of a field; a problem at the node where it is of another kind.
std::optional<Value> value_from(const FieldSpec& spec, const YamlNode& node,
                                const Calendar& calendar, Problems& problems);

// What is known while a file is read. `problems` and `defaults` must outlive it.
struct RuleTestContext {
  const RuleSet& rules;
  Problems& problems;
  const YamlNode* defaults = nullptr;  // event type -> fields; may be nullptr

  std::optional<Instant> time(const YamlNode& node) const {
    return time_from(node, rules.pack->calendar, problems);
  }
};

// An event or fact with `repeat: n` stands n times, "#" in its texts being 1, 2, ... n.
inline constexpr std::int64_t kMaxRepeat = 10'000;

void read_test_events(MapReader& map, const RuleTestContext& context, RuleTest& test);
void read_test_facts(MapReader& map, const RuleTestContext& context, RuleTest& test);
// "expect" and "explain"; outlets must have been read.
void read_test_expectations(MapReader& map, const RuleTestContext& context, RuleTest& test);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_RULE_TEST_READER_H_
