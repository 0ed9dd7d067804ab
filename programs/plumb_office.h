// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMB_OFFICE_H_
#define PLUMBLINE_PROGRAMS_PLUMB_OFFICE_H_

namespace CLI {
class App;
}

namespace plumbline {

struct PlumbOptions;

// The office's commands of `plumb`: outlet, token, rules, status. Each is one request to plumbd's
// local socket, save `rules check`, which reads files only. `options` must outlive `app`.
void add_office_commands(CLI::App& app, PlumbOptions& options);

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMB_OFFICE_H_
