// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMB_REGISTRY_H_
#define PLUMBLINE_PROGRAMS_PLUMB_REGISTRY_H_

#include "programs/plumb_options.h"

namespace CLI {
class App;
}  // namespace CLI

namespace plumbline {

// plumb registry apply, show.
void add_registry_commands(CLI::App& app, PlumbOptions& options);

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMB_REGISTRY_H_
