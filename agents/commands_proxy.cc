// SPDX-License-Identifier: Apache-2.0
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <string>

#include "agents/command_output.h"
#include "agents/commands.h"
#include "agents/proxy.h"
#include "base/file.h"

namespace plumbline {
namespace {

constexpr std::size_t kMaxPasswordBytes = 1024;

// What is typed is not shown, for as long as this lives.
class EchoOff {
 public:
  EchoOff() {
    on_terminal_ = isatty(STDIN_FILENO) == 1 && tcgetattr(STDIN_FILENO, &before_) == 0;
    if (!on_terminal_) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  ~EchoOff() {
    if (on_terminal_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;
  bool on_terminal() const { return on_terminal_; }

 private:
  termios before_{};
  bool on_terminal_ = false;
};

Result<std::string> read_password(const std::string& file) {
  std::string password;
  if (!file.empty()) {
    Result<Bytes> bytes = read_file(file, kMaxPasswordBytes);
    if (!bytes.ok()) {
      return Error(Code::kInvalid, "cannot read the password from " + file, bytes.error());
    }
    password = *std::move(bytes);
  } else {
    EchoOff echo_off;
    if (echo_off.on_terminal()) std::fputs("password: ", stderr);
    std::getline(std::cin, password);
    if (echo_off.on_terminal()) std::fputs("\n", stderr);
  }
  while (password.ends_with('\n') || password.ends_with('\r')) password.pop_back();
  if (password.empty()) return Error(Code::kInvalid, "the password of the proxy is empty");
  return password;
}

Result<Proxy> set_proxy(const CommandContext& context, const ProxyCommand& command) {
  ASSIGN_OR_RETURN(Proxy proxy, parse_proxy(command.url));
  if (proxy.user.empty() && !command.password_file.empty()) {
    return Error(Code::kInvalid, "a password needs a user: http://USER@HOST:PORT");
  }
  if (!proxy.user.empty()) {
    ASSIGN_OR_RETURN(proxy.password, read_password(command.password_file));
  }
  RETURN_IF_ERROR(make_folders(context.folder));
  RETURN_IF_ERROR(write_proxy(context.folder, proxy));
  return proxy;
}

}  // namespace

ExitCode command_proxy_set(const CommandContext& context, const ProxyCommand& command) {
  Result<Proxy> proxy = set_proxy(context, command);
  if (!proxy.ok()) return fail_with(proxy.error());
  print_line(stdout, say(context, Word::kProxySet, proxy_text(*proxy)));
  return ExitCode::kDone;
}

ExitCode command_proxy_show(const CommandContext& context) {
  Result<std::optional<Proxy>> proxy = read_proxy(context.folder);
  if (!proxy.ok()) return fail_with(proxy.error());
  print_line(stdout, *proxy ? proxy_text(**proxy) : say(context, Word::kNoProxy));
  return ExitCode::kDone;
}

ExitCode command_proxy_clear(const CommandContext& context) {
  Status removed = remove_proxy(context.folder);
  if (!removed.ok()) return fail_with(removed.error());
  print_line(stdout, say(context, Word::kNoProxy));
  return ExitCode::kDone;
}

}  // namespace plumbline
