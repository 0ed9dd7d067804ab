// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMB_PERIOD_H_
#define PLUMBLINE_PROGRAMS_PLUMB_PERIOD_H_

#include "programs/plumb_options.h"

namespace CLI {
class App;
}

namespace plumbline {

// Adds `period`: close, restate, list, show.
void add_period_commands(CLI::App& app, PlumbOptions& options);

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMB_PERIOD_H_
