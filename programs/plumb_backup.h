// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMB_BACKUP_H_
#define PLUMBLINE_PROGRAMS_PLUMB_BACKUP_H_

namespace CLI {
class App;
}

namespace plumbline {

struct PlumbOptions;

// `plumb backup` and `plumb restore`: a data folder as a folder that can be checked, and back.
// Both read and write files themselves: a backup only reads, and a restored folder has no plumbd.
void add_backup_commands(CLI::App& app, PlumbOptions& options);

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMB_BACKUP_H_
