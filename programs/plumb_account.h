// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMB_ACCOUNT_H_
#define PLUMBLINE_PROGRAMS_PLUMB_ACCOUNT_H_

#include "programs/plumb_options.h"

namespace CLI {
class App;
}

namespace plumbline {

// plumb account add | set | remove | list: who may sign in to the portal.
void add_account_commands(CLI::App& app, PlumbOptions& options);

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMB_ACCOUNT_H_
