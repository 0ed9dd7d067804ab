// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_RULE_DIFF_H_
#define PLUMBLINE_EVALUATOR_RULE_DIFF_H_

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "evaluator/standard.h"

// How two rule packs differ in what they mean, in words for officials. docs/formats/rule_tools.md.
// Pure.
namespace plumbline {

// A thing of a pack that has an id: a standard, a criterion, an event type.
struct RulePart {
  std::string kind;  // "standard", "indicator", "block", "criterion", "grade", "condition", "veto",
                     // "cap", "target", "type", "step", "field", "level", "offset"
  std::string id;
  Title title;  // may be empty
  bool operator==(const RulePart&) const = default;
};

struct RuleChange {
  enum class Kind { kAdded, kRemoved, kChanged };

  std::vector<RulePart> where;  // from the outermost in; empty for the pack itself
  Kind kind = Kind::kChanged;
  std::string key;     // such as "weight" or "linear.full"; empty where the last of `where` came or
                       // went as a whole
  std::string before;  // as the rules say it; empty when added
  std::string after;   // empty when removed
  Title text;          // "权重由 20 改为 25", without `where`
  std::optional<Place> old_place;
  std::optional<Place> new_place;
};

// A pack without a problem; both must outlive the call.
struct ReadRules {
  const PackFiles& files;
  const RuleSet& rules;
};

// What is different in `after`: pack, event types, calendar, standards and targets by their ids, in
// this order. Comments, the spelling of numbers, quotes and expressions, the order of keys and
// lists, names of files, tests, and a default that is written out are no differences.
std::vector<RuleChange> rule_changes(const ReadRules& before, const ReadRules& after);

enum class RuleLanguage { kChinese, kEnglish };

// The changes under a heading each, with the place in the new pack, or in the old one for what is
// gone. Empty when there are none.
std::string changes_text(const std::vector<RuleChange>& changes, RuleLanguage language);

// A list of {"where": [{"kind", "id", "title"}], "change", "key", "before", "after", "text",
// "old", "new"}; "old" and "new" are places or null.
Json changes_json(const std::vector<RuleChange>& changes);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_RULE_DIFF_H_
