// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMB_RESTORE_H_
#define PLUMBLINE_PROGRAMS_PLUMB_RESTORE_H_

namespace CLI {
class App;
}

namespace plumbline {

struct PlumbOptions;

// `plumb restore`.
void add_restore_command(CLI::App& app, PlumbOptions& options);

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMB_RESTORE_H_
