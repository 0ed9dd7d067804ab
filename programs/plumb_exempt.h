// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMB_EXEMPT_H_
#define PLUMBLINE_PROGRAMS_PLUMB_EXEMPT_H_

#include "programs/plumb_options.h"

namespace CLI {
class App;
}

namespace plumbline {

// plumb exempt grant, end, list.
void add_exempt_commands(CLI::App& app, PlumbOptions& options);

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMB_EXEMPT_H_
