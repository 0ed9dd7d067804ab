// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMBD_OPTIONS_H_
#define PLUMBLINE_PROGRAMS_PLUMBD_OPTIONS_H_

#include "collector/listener.h"

namespace CLI {
class App;
}

namespace plumbline {

// Adds the collector's limits that an operator may have to set to the command line of `app`; what
// is given is written to `config`, which must outlive the parsing.
void add_collector_options(CLI::App& app, ListenerConfig& config);

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMBD_OPTIONS_H_
