// SPDX-License-Identifier: Apache-2.0
#include "programs/plumb_simulate.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <memory>

#include "base/bytes.h"
#include "collector/control_client.h"
#include "registry/outlet_json.h"
#include "simulate/simulation.h"

namespace plumbline {
namespace {

constexpr const char* kReason = "simulation: nothing in this ledger is real";
constexpr int kTokenMinutes = 24 * 60;
constexpr std::int64_t kEvaluatePatienceMs = 600'000;
constexpr Duration kEvaluateLook{100};

struct Arguments {
  std::string rules;
  std::string agents;
  std::string until;
  std::uint64_t seed = 1;
  std::int64_t outlets = kAllOutlets;
  bool live = false;
};

// SIGTERM and SIGINT, blocked in every thread and asked for between two steps.
sigset_t end_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

bool pause_for(Duration time) {
  const sigset_t signals = end_signals();
  const timespec patience{time.ms / 1000, time.ms % 1000 * 1'000'000};
  static bool asked = false;
  int signal = 0;
  while (!asked && (signal = ::sigtimedwait(&signals, nullptr, &patience)) < 0 && errno == EINTR) {
  }
  asked = asked || signal > 0;
  return asked;
}

Json request_of(const char* op) {
  Json request = Json::object();
  request.set("op", op);
  return request;
}

Status record(const std::string& socket, const RegistryDay& day) {
  Json request = request_of("registry.apply");
  Json outlets = Json::array();
  for (const OutletAdded& outlet : day.outlets) outlets.push(outlet_json(outlet));
  Json facts = Json::array();
  for (const Fact& fact : day.facts) facts.push(fact_json(fact));
  request.set("outlets", std::move(outlets)).set("facts", std::move(facts));
  request.set("reason", kReason);
  ASSIGN_OR_RETURN(Json answer, control_call(socket, request));
  const Json* problems = answer.find("problems");
  if (problems == nullptr || problems->as_array().empty()) return {};
  return Error(Code::kInvalid, "the registry does not take what is simulated: " + problems->text());
}

Status activate(const std::string& socket, const Pack& pack) {
  Json files = Json::object();
  for (const auto& [path, bytes] : pack.files) files.set(path, to_base64(bytes));
  Json request = request_of("rules.activate");
  request.set("files", std::move(files)).set("retroactive", true).set("reason", kReason);
  auto answer = control_call(socket, request);
  if (answer.ok() || answer.error().code() == Code::kExists) return {};
  return answer.error();
}

OfficePort office_port(const std::string& socket, const Pack& pack) {
  OfficePort port;
  port.advance_clock = [socket](Instant to) -> Status {
    Json request = request_of("clock.advance");
    request.set("to", format_instant(to));
    ASSIGN_OR_RETURN([[maybe_unused]] Json answer, control_call(socket, request));
    return {};
  };
  port.record = [socket](const RegistryDay& day) { return record(socket, day); };
  port.activate_rules = [socket, &pack] { return activate(socket, pack); };
  port.make_token = [socket](const OutletId& outlet, SourceKind kind) -> Result<std::string> {
    Json request = request_of("token.create");
    request.set("outlet", outlet.text()).set("source_kind", source_kind_name(kind));
    request.set("historical", false).set("valid_minutes", kTokenMinutes).set("reason", kReason);
    ASSIGN_OR_RETURN(Json answer, control_call(socket, request));
    return answer.string_at("token");
  };
  return port;
}

Result<const Json*> part(const Json& status, std::string_view name) {
  const Json* found = status.find(name);
  if (found != nullptr && found->is_object()) return found;
  return Error(Code::kUnsupported, fmt::format("plumbd tells no \"{}\"", name));
}

// Where plumbd stands, and options that fit it.
Result<SimulationOptions> options_from(const Arguments& arguments, const PlumbOptions& shared,
                                       const SimulationInput& input) {
  ASSIGN_OR_RETURN(Json status, control_call(shared.path("control.sock"), request_of("status")));
  ASSIGN_OR_RETURN(const Json* clock, part(status, "clock"));
  ASSIGN_OR_RETURN(const Json* addresses, part(status, "addresses"));
  const Json* end = clock->find("simulated_until");
  if (end == nullptr || !end->is_string()) {
    return Error(Code::kDenied,
                 "this ledger is live; a simulation needs one that was made by "
                 "plumbd init --simulated-until");
  }
  SimulationOptions options;
  ASSIGN_OR_RETURN(std::string agents, addresses->string_at("agents"));
  ASSIGN_OR_RETURN(options.server, ServerAddress::parse(agents));
  ASSIGN_OR_RETURN(std::string now, clock->string_at("now"));
  ASSIGN_OR_RETURN(options.now, parse_instant(now));
  ASSIGN_OR_RETURN(Instant ledger_end, parse_instant(end->as_string()));
  options.end = options.until = ledger_end;
  if (!arguments.until.empty()) {
    ASSIGN_OR_RETURN(Date until, parse_date(arguments.until));
    const Date after = date_from_days(days_from_date(until) + 1);
    options.until = std::min(ledger_end, input.pack.calendar.start_of(after));
  }
  options.agents_folder = arguments.agents;
  if (options.agents_folder.empty()) {
    const auto data = std::filesystem::absolute(shared.data).lexically_normal();
    const auto whole = data.has_filename() ? data : data.parent_path();
    options.agents_folder = (whole.parent_path() / "agents").string();
  }
  options.seed = arguments.seed;
  options.most_outlets = arguments.outlets;
  options.pause = pause_for;
  return options;
}

// The counts of plumbd once it has evaluated everything.
Result<Json> wait_evaluated(const std::string& socket) {
  const std::int64_t until = system_clock().monotonic_ms() + kEvaluatePatienceMs;
  while (system_clock().monotonic_ms() < until) {
    ASSIGN_OR_RETURN(Json status, control_call(socket, request_of("status")));
    ASSIGN_OR_RETURN(const Json* ledger, part(status, "ledger"));
    ASSIGN_OR_RETURN(const Json* evaluator, part(status, "evaluator"));
    ASSIGN_OR_RETURN(std::int64_t size, ledger->integer_at("size"));
    ASSIGN_OR_RETURN(std::int64_t evaluated, evaluator->integer_at("size"));
    if (evaluated >= size) return *evaluator;
    if (pause_for(kEvaluateLook)) return Error(Code::kUnavailable, "asked to stop");
  }
  return Error(Code::kUnavailable, "plumbd has not evaluated everything in time");
}

Status simulate(const Arguments& arguments, const PlumbOptions& shared) {
  if (shared.data.empty()) {
    return Error(Code::kInvalid, "--data is needed: the folder that plumbd runs on");
  }
  const std::string socket = shared.path("control.sock");
  const std::int64_t started = system_clock().monotonic_ms();
  ASSIGN_OR_RETURN(SimulationInput input, read_simulation(arguments.rules));
  ASSIGN_OR_RETURN(SimulationOptions options, options_from(arguments, shared, input));
  options.say = [started](const std::string& sentence) {
    const std::int64_t ms = system_clock().monotonic_ms() - started;
    fmt::print(stderr, "[{:4}.{} s] {}\n", ms / 1000, ms % 1000 / 100, sentence);
  };
  const auto say = options.say;
  Simulation simulation(input, office_port(socket, input.pack), std::move(options));
  RETURN_IF_ERROR(simulation.run());
  say("waiting until plumbd has evaluated everything");
  ASSIGN_OR_RETURN(Json counts, wait_evaluated(socket));
  ASSIGN_OR_RETURN(std::int64_t events, counts.integer_at("events"));
  ASSIGN_OR_RETURN(std::int64_t open, counts.integer_at("cases_open"));
  ASSIGN_OR_RETURN(std::int64_t closed, counts.integer_at("cases_closed"));
  Json summary = Json::object();
  summary.set("events", events).set("cases", open + closed);
  summary.set("outlets", std::uint64_t{simulation.outlets()});
  summary.set("agents", std::uint64_t{simulation.stations()});
  summary.set("seconds", (system_clock().monotonic_ms() - started + 999) / 1000);
  fmt::print("{}\n", summary.text());
  std::fflush(stdout);
  return arguments.live ? simulation.live() : Status();
}

}  // namespace

void add_simulate_command(CLI::App& app, PlumbOptions& options) {
  auto arguments = std::make_shared<Arguments>();
  auto* simulate_command = app.add_subcommand(
      "simulate", "let an invented network report to a plumbd on a simulated ledger");
  simulate_command->add_option("--rules", arguments->rules, "folder of a pack with simulation.yaml")
      ->required();
  simulate_command->add_option("--agents-data", arguments->agents,
                               "folder of the agents' folders; without it beside the data folder");
  simulate_command->add_option("--seed", arguments->seed, "another one, another network")
      ->capture_default_str();
  simulate_command->add_option("--until", arguments->until,
                               "last day of the history; without it the ledger's simulated end");
  simulate_command->add_option("--outlets", arguments->outlets, "at most so many outlets")
      ->check(CLI::PositiveNumber);
  simulate_command->add_flag("--live", arguments->live,
                             "then keep reporting at the speed of the clock, until SIGTERM");
  simulate_command->callback([arguments, &options] {
    const sigset_t signals = end_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    options.status = simulate(*arguments, options);
  });
}

}  // namespace plumbline
