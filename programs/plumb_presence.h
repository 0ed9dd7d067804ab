// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMB_PRESENCE_H_
#define PLUMBLINE_PROGRAMS_PLUMB_PRESENCE_H_

#include <string>

#include "base/json.h"
#include "programs/plumb_options.h"

namespace CLI {
class App;
}

namespace plumbline {

// Adds `status` to `outlet`: who is heard, and what is missing.
void add_outlet_status(CLI::App& outlet, PlumbOptions& options);

// One outlet of "outlet.status" as a line for people: id, state, what is missing, clock.
std::string presence_line(const Json& outlet, const std::string& started);
// Lines of CSV, with a head: one for each stream, and one for an outlet without any.
std::string presence_csv(const Json& outlets);

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMB_PRESENCE_H_
