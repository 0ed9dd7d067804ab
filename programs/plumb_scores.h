// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMB_SCORES_H_
#define PLUMBLINE_PROGRAMS_PLUMB_SCORES_H_

namespace CLI {
class App;
}

namespace plumbline {

struct PlumbOptions;

// `plumb scores`: what is served, or with --rebuild what follows from a ledger prefix and an
// instant, computed here from the ledger alone. `options` must outlive `app`.
void add_scores_command(CLI::App& app, PlumbOptions& options);

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMB_SCORES_H_
