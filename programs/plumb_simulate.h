// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMB_SIMULATE_H_
#define PLUMBLINE_PROGRAMS_PLUMB_SIMULATE_H_

#include "programs/plumb_options.h"

namespace CLI {
class App;
}

namespace plumbline {

// `plumb simulate`: docs/guides/simulate.md.
void add_simulate_command(CLI::App& app, PlumbOptions& options);

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMB_SIMULATE_H_
