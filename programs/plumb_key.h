// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMB_KEY_H_
#define PLUMBLINE_PROGRAMS_PLUMB_KEY_H_

#include "programs/plumb_options.h"

namespace CLI {
class App;
}

namespace plumbline {

// key list, key revoke
void add_key_commands(CLI::App& app, PlumbOptions& options);
// outlet show, under `outlet`
void add_outlet_show(CLI::App& outlet, PlumbOptions& options);

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMB_KEY_H_
