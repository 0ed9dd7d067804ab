// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMB_REDACT_H_
#define PLUMBLINE_PROGRAMS_PLUMB_REDACT_H_

namespace CLI {
class App;
}

namespace plumbline {

struct PlumbOptions;

// `plumb ledger redact`; `ledger` is the command that it belongs to.
void add_redact_command(CLI::App& ledger, PlumbOptions& options);

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMB_REDACT_H_
