// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMB_RULES_H_
#define PLUMBLINE_PROGRAMS_PLUMB_RULES_H_

#include "programs/plumb_options.h"

namespace CLI {
class App;
}

namespace plumbline {

// plumb rules check | test | mutate | eval | diff | ... | activate: what a rule author works with.
void add_rules_commands(CLI::App& app, PlumbOptions& options);

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMB_RULES_H_
