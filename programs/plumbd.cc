// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "programs/plumbd_clock.h"
#include "programs/plumbd_init.h"
#include "programs/plumbd_options.h"
#include "programs/plumbd_server.h"

namespace plumbline {
namespace {

constexpr int kFailed = 1;
constexpr int kWrongCommandLine = 2;

struct RunArguments {
  std::string data;
  std::string listen = "127.0.0.1:0";
  std::string http = "127.0.0.1:0";
  std::string metrics = "127.0.0.1:0";
  std::string target = "all";
  std::string web;
  bool behind_proxy = false;
  bool demo_accounts = false;
  ListenerConfig collector;
};

int fail(const Error& error) {
  fmt::print(stderr, "plumbd: {}\n", error.text());
  return kFailed;
}

struct InitArguments {
  std::string data;
  std::string network;
  std::string simulated_from;
  std::string simulated_until;
};

Result<InitOptions> options_from(const InitArguments& arguments) {
  InitOptions options{arguments.network, std::nullopt};
  if (arguments.simulated_until.empty()) return options;
  ASSIGN_OR_RETURN(Instant until, parse_instant(arguments.simulated_until));
  Instant from = default_simulated_beginning(until);
  if (!arguments.simulated_from.empty()) {
    ASSIGN_OR_RETURN(from, parse_instant(arguments.simulated_from));
  }
  options.simulated = InitOptions::Simulated{from, until};
  return options;
}

int init(const InitArguments& arguments) {
  auto options = options_from(arguments);
  if (!options.ok()) return fail(options.error());
  auto made = init_data_folder({arguments.data}, *options, system_clock());
  if (!made.ok()) return fail(made.error());
  fmt::print("ledger {} of network \"{}\" is in {}\ncheckpoints verify by {}\n", made->ledger_id,
             arguments.network, arguments.data, made->checkpoint_verifier);
  if (options->simulated) {
    fmt::print("the ledger is simulated: nothing in it is real, its clock stands at {}\n",
               format_instant(options->simulated->from));
  }
  return 0;
}

Result<PlumbdServer::Options> options_from(const RunArguments& arguments) {
  if (arguments.target != "all") {
    return Error(Code::kUnsupported,
                 fmt::format("--target {} is not supported; this version runs everything in one "
                             "process: --target all",
                             arguments.target));
  }
  PlumbdServer::Options options;
  options.layout.folder = arguments.data;
  ASSIGN_OR_RETURN(options.agents, parse_net_address(arguments.listen));
  ASSIGN_OR_RETURN(options.http, parse_net_address(arguments.http));
  ASSIGN_OR_RETURN(options.metrics, parse_net_address(arguments.metrics));
  options.web_folder = arguments.web;
  options.collector = arguments.collector;
  options.demo_accounts = arguments.demo_accounts;
  if (arguments.behind_proxy) options.exposure = HttpExposure::kBehindProxy;
  return options;
}

// The signals that ask for an orderly end. Blocked in every thread, taken by sigwait.
sigset_t end_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

int run(const RunArguments& arguments) {
  const sigset_t signals = end_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  auto options = options_from(arguments);
  if (!options.ok()) return fail(options.error());
  auto clock = simulated_clock_of(options->layout, system_clock());
  if (!clock.ok()) return fail(clock.error());
  auto server = PlumbdServer::start(*options, system_clock(), clock->get());
  if (!server.ok()) return fail(server.error());
  int signal = 0;
  sigwait(&signals, &signal);
  log_info("plumbd", fmt::format("stopping, asked by signal {}", signal));
  (*server)->stop();
  log_info("plumbd", "stopped");
  return 0;
}

}  // namespace
}  // namespace plumbline

int main(int argc, char** argv) {
  CLI::App app(
      "plumbd, the server of Plumbline: takes in what outlets report, keeps the ledger, "
      "scores");
  app.set_version_flag("--version", PLUMBLINE_VERSION);
  app.require_subcommand(1);

  plumbline::InitArguments init_arguments;
  auto* init = app.add_subcommand("init", "make a data folder: keys and an empty ledger");
  init->add_option("--data", init_arguments.data, "the folder, for its owner alone")->required();
  init->add_option("--network", init_arguments.network, "the network's name, for people")
      ->required();
  auto* until = init->add_option("--simulated-until", init_arguments.simulated_until,
                                 "a ledger for a simulation, which ends at this instant");
  init->add_option("--simulated-from", init_arguments.simulated_from,
                   "where its clock begins; without it 1 January, six years before the end's")
      ->needs(until);

  plumbline::RunArguments arguments;
  auto* run = app.add_subcommand("run", "serve, until SIGTERM or SIGINT");
  run->add_option("--data", arguments.data, "a folder that init has made")->required();
  run->add_option("--listen", arguments.listen, "address for agents; port 0: the system picks one")
      ->capture_default_str();
  run->add_option("--http", arguments.http, "address of health and API, loopback")
      ->capture_default_str();
  run->add_option("--metrics", arguments.metrics, "address of /metrics, loopback")
      ->capture_default_str();
  run->add_option("--target", arguments.target, "which parts run: all")->capture_default_str();
  run->add_flag("--behind-proxy", arguments.behind_proxy,
                "a proxy guards http and metrics: they may take another address than loopback");
  run->add_option("--web", arguments.web, "folder of the built front end, served at /");
  run->add_flag(
      "--demo-accounts", arguments.demo_accounts,
      "accounts without a password, one for each role; simulated ledgers on loopback only");
  plumbline::add_collector_options(*run, arguments.collector);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : plumbline::kWrongCommandLine;
  }
  if (*init) return plumbline::init(init_arguments);
  return plumbline::run(arguments);
}
