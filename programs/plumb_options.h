// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMB_OPTIONS_H_
#define PLUMBLINE_PROGRAMS_PLUMB_OPTIONS_H_

#include <string>

#include "base/result.h"

namespace plumbline {

// What all commands of `plumb` share. A command sets `status` and leaves the exit code to main:
// 0 done, 1 refused or failed (the sentence is printed), 2 the command line is wrong.
struct PlumbOptions {
  std::string data;  // plumbd's data folder
  Status status;

  std::string path(const std::string& name) const { return data + "/" + name; }
};

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMB_OPTIONS_H_
