// SPDX-License-Identifier: Apache-2.0
#include "programs/plumb_signals.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/file.h"
#include "base/json.h"
#include "base/limits.h"
#include "evaluator/integrity.h"
#include "programs/plumb_options.h"
#include "programs/plumb_rules_tools.h"
#include "store/sqlite/results_db.h"

namespace plumbline {
namespace {

constexpr const char* kFile = "integrity.yaml";
constexpr const char* kHelp =
    R"(A signal says that a figure lies beyond a bound of integrity.yaml, and that a person should
look at it. It gives and takes no points, and is no finding.

  plumb --data D signals rules/jiangsu-2025 --period 2025-03

All of it: docs/formats/integrity.md.)";

struct Args {
  std::string folder;
  ResultsStore::Filter filter;
  bool json = false;
};

// nullopt where the pack has no integrity.yaml.
Result<std::optional<std::vector<Signal>>> signals_of(const std::string& folder,
                                                      const RuleSet& rules) {
  const std::string path = folder + "/" + kFile;
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::optional<std::vector<Signal>>();
  ASSIGN_OR_RETURN(Bytes text, read_file(path, limits::kMaxPackBytes));
  Problems problems;
  std::vector<Signal> signals = read_signals(kFile, text, rules, problems);
  if (problems.empty()) return std::optional(std::move(signals));
  return Error(Code::kInvalid, fmt::format("the integrity signals in {} are not usable:\n{}",
                                           folder, problems.text()));
}

std::string bound_of(const Signal& signal) {
  return signal.above ? "above " + format_decimal_short(*signal.above)
                      : "below " + format_decimal_short(*signal.below);
}

std::string_view word_of(BasisKind kind) {
  if (kind == BasisKind::kOfficial) return "official";
  return kind == BasisKind::kBenchmark ? "benchmark" : "proposal";
}

void show(const Signal& signal, const RaisedSignal& raised, bool as_json) {
  const std::string value = format_decimal_short(raised.value);
  if (!as_json) {
    fmt::print("{}  {}  {}: {} ({}) is {}, {}, over {}; {}\n", raised.period, raised.unit,
               signal.id, signal.title.zh, signal.title.en, value, bound_of(signal), raised.n,
               word_of(signal.basis.kind));
    return;
  }
  Json line = Json::object();
  line.set("signal", signal.id).set("standard", signal.standard).set("unit", raised.unit);
  line.set("period", raised.period).set("value", value).set("n", raised.n);
  line.set("bound", bound_of(signal)).set("basis_kind", word_of(signal.basis.kind));
  line.set("basis", signal.basis.text);
  fmt::print("{}\n", line.text());
}

Status show_signals(const PlumbOptions& options, const Args& args) {
  if (options.data.empty()) {
    return Error(Code::kInvalid, "--data is needed: the folder that plumbd runs on");
  }
  ASSIGN_OR_RETURN(CheckedPack pack, checked_pack(args.folder));
  ASSIGN_OR_RETURN(auto signals, signals_of(args.folder, *pack.rules));
  if (!signals) {
    return Error(Code::kNotFound, fmt::format("the pack {} has no {}", args.folder, kFile));
  }
  ASSIGN_OR_RETURN(auto results, open_sqlite_results_reader(options.path("results.db")));
  ASSIGN_OR_RETURN(std::optional<ResultsStore::Snapshot> snapshot, results->read(args.filter));
  if (!snapshot) {
    return Error(Code::kNotFound, "nothing was evaluated yet: activate rules first");
  }
  std::size_t count = 0;
  for (const ResultRow& row : snapshot->rows) {
    ASSIGN_OR_RETURN(std::vector<RaisedSignal> raised, raised_signals(*signals, row));
    for (const RaisedSignal& one : raised) show((*signals)[one.signal], one, args.json);
    count += raised.size();
  }
  if (!args.json) {
    fmt::print("{} signals, as of {}; they give and take no points\n", count,
               format_instant(snapshot->header.as_of));
  }
  return {};
}

}  // namespace

Status check_signals(const std::string& folder, const RuleSet& rules) {
  ASSIGN_OR_RETURN(auto signals, signals_of(folder, rules));
  static_cast<void>(signals);
  return {};
}

void add_signals_command(CLI::App& app, PlumbOptions& options) {
  auto args = std::make_shared<Args>();
  auto* command = app.add_subcommand("signals", "what a person should look at, apart from scores");
  command->add_option("folder", args->folder, "folder of a pack with integrity.yaml")->required();
  command->add_option("--unit", args->filter.unit, "only this unit, such as an outlet id");
  command->add_option("--period", args->filter.period, "only this period: 2015 or 2015-03");
  command->add_flag("--json", args->json, "a JSON object each line");
  command->footer(kHelp);
  command->callback([args, &options] { options.status = show_signals(options, *args); });
}

}  // namespace plumbline
