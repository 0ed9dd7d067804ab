// SPDX-License-Identifier: Apache-2.0
#include "agents/command_output.h"

#include "agents/spool_damage.h"

namespace plumbline {

void print_line(std::FILE* stream, const std::string& text) {
  std::fputs((text + "\n").c_str(), stream);
  std::fflush(stream);
}

ExitCode fail_with(const Error& error) {
  print_line(stderr, "plumb-agent: " + error.text());
  if (error.code() == Code::kCorrupt) print_line(stderr, damage_advice());
  switch (error.code()) {
    case Code::kUnavailable:
      return ExitCode::kNotFinished;
    case Code::kUnauthenticated:
    case Code::kDenied:
      return ExitCode::kServerRefused;
    case Code::kInvalid:
      return ExitCode::kUsage;
    default:
      return ExitCode::kFolder;
  }
}

}  // namespace plumbline
