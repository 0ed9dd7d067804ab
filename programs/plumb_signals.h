// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMB_SIGNALS_H_
#define PLUMBLINE_PROGRAMS_PLUMB_SIGNALS_H_

#include <string>

#include "base/result.h"

namespace CLI {
class App;
}

namespace plumbline {

struct PlumbOptions;
struct RuleSet;

// `plumb signals`: which results raise an integrity signal of a pack. `options` must outlive `app`.
void add_signals_command(CLI::App& app, PlumbOptions& options);

// The problems of the pack's integrity.yaml, where it has one.
Status check_signals(const std::string& folder, const RuleSet& rules);

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMB_SIGNALS_H_
