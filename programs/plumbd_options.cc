// SPDX-License-Identifier: Apache-2.0
#include "programs/plumbd_options.h"

#include <CLI/CLI.hpp>
#include <string>

namespace plumbline {
namespace {

constexpr const char* kGroup = "Limits of what agents may take";

void count(CLI::App& app, const std::string& name, std::size_t& value, const std::string& text) {
  app.add_option(name, value, text)
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}))
      ->group(kGroup)
      ->capture_default_str();
}

void seconds(CLI::App& app, const std::string& name, Duration& value, const std::string& text) {
  app.add_option_function<std::int64_t>(
         name, [&value](std::int64_t given) { value = Duration{given * 1000}; }, text)
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{86'400}))
      ->type_name("SECONDS")
      ->group(kGroup)
      ->default_str(std::to_string(value.ms / 1000));
}

}  // namespace

void add_collector_options(CLI::App& app, ListenerConfig& config) {
  count(app, "--max-sessions", config.max_sessions,
        "connections of agents in all; each takes up to 100 KB");
  count(app, "--max-sessions-per-address", config.max_sessions_per_address,
        "of one network address (IPv6: of one /64). Raise it where more agents than this stand "
        "behind one address, as behind a county's translated one");
  count(app, "--max-unauthenticated", config.max_unauthenticated,
        "connections whose agent has not proved who it is yet");
  count(app, "--max-unauthenticated-per-address", config.max_unauthenticated_per_address,
        "of one network address");
  seconds(app, "--handshake-timeout", config.handshake,
          "from the connection to the end of its TLS handshake");
  seconds(app, "--hello-timeout", config.hello, "from there until the agent proves who it is");
  seconds(app, "--frame-timeout", config.progress,
          "in which a frame under way must grow by 4 KiB; raise it for very slow lines");
  seconds(app, "--idle-timeout", config.idle,
          "a session with no byte in this time ends; agents send a heartbeat every 20 s");
  seconds(app, "--evaluator-lag", config.desk.lag_limit,
          "an evaluation that is further behind makes agents wait, those with a backlog first");
}

}  // namespace plumbline
