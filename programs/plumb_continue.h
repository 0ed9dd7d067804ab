// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMB_CONTINUE_H_
#define PLUMBLINE_PROGRAMS_PLUMB_CONTINUE_H_

namespace CLI {
class App;
}

namespace plumbline {

struct PlumbOptions;

// `plumb ledger continue`: has plumbd give up what it published and no longer holds. `options` must
// outlive `ledger`.
void add_continue_command(CLI::App& ledger, PlumbOptions& options);

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMB_CONTINUE_H_
