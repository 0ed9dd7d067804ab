// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMB_LEDGER_H_
#define PLUMBLINE_PROGRAMS_PLUMB_LEDGER_H_

namespace CLI {
class App;
}

namespace plumbline {

struct PlumbOptions;

// `plumb ledger show | verify | export | continue`: the first three read the ledger's files without
// plumbd, and never write them. `options` must outlive `app`.
void add_ledger_commands(CLI::App& app, PlumbOptions& options);

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMB_LEDGER_H_
