// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_COMMAND_OUTPUT_H_
#define PLUMBLINE_AGENTS_COMMAND_OUTPUT_H_

#include <fmt/format.h>

#include <cstdio>
#include <string>

#include "agents/commands.h"
#include "base/result.h"

// How the commands of plumb-agent answer.
namespace plumbline {

// A line, flushed.
void print_line(std::FILE* stream, const std::string& text);

// Tells the error on stderr; the exit code that its kind has.
ExitCode fail_with(const Error& error);

template <typename... Args>
std::string say(const CommandContext& context, Word which, const Args&... args) {
  return fmt::format(fmt::runtime(word(context.language, which)), args...);
}

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_COMMAND_OUTPUT_H_
