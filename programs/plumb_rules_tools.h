// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMB_RULES_TOOLS_H_
#define PLUMBLINE_PROGRAMS_PLUMB_RULES_TOOLS_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "evaluator/rule_diff.h"
#include "evaluator/rule_test.h"
#include "packs/extension.h"
#include "packs/pack.h"
#include "programs/plumb_options.h"

namespace CLI {
class App;
}

// The single commands of `plumb rules`. Private to plumb_rules*.cc.
namespace plumbline {

// A pack's folder, read and without a problem; warnings there may be.
struct CheckedPack {
  PackFiles files;
  std::shared_ptr<const RuleSet> rules;
  std::vector<RuleTest> tests;
  std::optional<PackExtension> extension;
  Problems warnings;
};
// kInvalid lists the problems of all files, tests included.
Result<CheckedPack> checked_pack(const std::string& folder);

// The language of `--lang`: "zh" or "en".
RuleLanguage rule_language(const std::string& word);

void add_rules_check(CLI::App& rules, PlumbOptions& options);
void add_rules_test(CLI::App& rules, PlumbOptions& options);
void add_rules_mutate(CLI::App& rules, PlumbOptions& options);
void add_rules_eval(CLI::App& rules, PlumbOptions& options);
void add_rules_calendar(CLI::App& rules, PlumbOptions& options);
void add_rules_backtest(CLI::App& rules, PlumbOptions& options);
void add_rules_explain(CLI::App& rules, PlumbOptions& options);
void add_rules_diff(CLI::App& rules, PlumbOptions& options);

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMB_RULES_TOOLS_H_
