// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMB_EXPLAIN_H_
#define PLUMBLINE_PROGRAMS_PLUMB_EXPLAIN_H_

namespace CLI {
class App;
}

namespace plumbline {

struct PlumbOptions;

// `plumb explain OUTLET`: how a score that is served comes about, computed again from the ledger,
// and what would raise it. `options` must outlive `app`.
void add_explain_command(CLI::App& app, PlumbOptions& options);

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMB_EXPLAIN_H_
