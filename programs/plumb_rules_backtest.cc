// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "evaluator/backtest.h"
#include "evaluator/backtest_ledger.h"
#include "evaluator/rebuild.h"
#include "programs/plumb_rules_tools.h"
#include "store/sqlite/ledger_db.h"
#include "store/sqlite/results_db.h"

namespace plumbline {
namespace {

constexpr const char* kHelp =
    R"(Evaluates the whole ledger twice, as if OLD and as if NEW had been in force all along, and
says who gets another grade or rank in the period and which targets flip, by county where there are
any.
It reads files alone; nothing is activated, and what was published stays.

  plumb --data D rules backtest rules/jiangsu-2025 draft --period 2025
  plumb --data D rules backtest rules/jiangsu-2025 draft --period 2025 --csv > changes.csv

Ranks are among the scored units of a standard; equal scores share one. A closed period is evaluated
with all that is known now. Without --as-of the minute that is served counts.
Exit code: 0 done, 1 refused.)";

struct Args {
  std::string before, after, period, as_of;
  std::size_t threads = 1;
  bool csv = false;
};

struct Ledger {
  OpenLedger open;
  LedgerSize size;
  Instant as_of;
};

Result<Ledger> ledger_of(const PlumbOptions& options, const Args& args) {
  if (options.data.empty()) {
    return Error(Code::kInvalid, "--data is needed: the folder that plumbd runs on");
  }
  Ledger ledger;
  std::string path = options.path("ledger.db");
  ledger.open = [path] { return open_sqlite_reader(path); };
  ASSIGN_OR_RETURN(auto reader, ledger.open());
  ASSIGN_OR_RETURN(ledger.size, reader->size());
  if (!args.as_of.empty()) {
    ASSIGN_OR_RETURN(ledger.as_of, parse_instant(args.as_of));
    return ledger;
  }
  ASSIGN_OR_RETURN(auto results, open_sqlite_results_reader(options.path("results.db")));
  ResultsStore::Filter none;
  none.standard = "none";
  ASSIGN_OR_RETURN(std::optional<ResultsStore::Snapshot> served, results->read(none));
  if (!served) return Error(Code::kNotFound, "nothing was evaluated yet: say --as-of");
  ledger.as_of = served->header.as_of;
  return ledger;
}

Result<std::vector<ResultRow>> rows_under(const Ledger& ledger, const RuleSet& rules,
                                          std::size_t threads) {
  ASSIGN_OR_RETURN(OpenLedger open, with_rules(ledger.open, ledger.size, rules.pack));
  ASSIGN_OR_RETURN(Rebuilt made, rebuild(open, threads, ledger.size, ledger.as_of));
  return std::move(made.rows);
}

// The place of each outlet at the level just above outlets; none where that is the network.
Result<std::map<std::string, std::string>> places_of(const Ledger& ledger, const RuleSet& rules) {
  std::map<std::string, std::string> out;
  const std::vector<LevelSpec>& levels = rules.pack->levels;
  const std::string& level = levels[levels.size() - 2].id;
  ASSIGN_OR_RETURN(OpenLedger open, with_rules(ledger.open, ledger.size, rules.pack));
  ASSIGN_OR_RETURN(auto reader, open());
  OfficeTrail trail;
  ASSIGN_OR_RETURN(std::shared_ptr<const OfficeState> office, trail.at(*reader, ledger.size));
  for (const auto& [id, outlet] : office->registry.outlets) {
    auto place = outlet.places.find(level);
    if (place != outlet.places.end()) out[id.text()] = place->second;
  }
  return out;
}

Status run_backtest(const PlumbOptions& options, const Args& args) {
  ASSIGN_OR_RETURN(Period period, parse_period(args.period));
  ASSIGN_OR_RETURN(CheckedPack before, checked_pack(args.before));
  ASSIGN_OR_RETURN(CheckedPack after, checked_pack(args.after));
  ASSIGN_OR_RETURN(Ledger ledger, ledger_of(options, args));
  ASSIGN_OR_RETURN(auto old_rows, rows_under(ledger, *before.rules, args.threads));
  ASSIGN_OR_RETURN(auto new_rows, rows_under(ledger, *after.rules, args.threads));
  ASSIGN_OR_RETURN(auto places, places_of(ledger, *after.rules));
  ASSIGN_OR_RETURN(Backtest result, backtest({*before.rules, old_rows}, {*after.rules, new_rows},
                                             period.text(), places));
  if (result.units.empty() && result.targets.empty()) {
    return Error(Code::kNotFound, fmt::format("neither pack judges anything in {} as of {}",
                                              args.period, format_instant(ledger.as_of)));
  }
  if (args.csv) {
    fmt::print("{}", backtest_csv(result));
    return {};
  }
  fmt::print("{} entries as of {}\nOLD {} {} {}\nNEW {} {} {}\n\n{}", ledger.size.value,
             format_instant(ledger.as_of), before.rules->pack->id, before.rules->pack->version,
             before.rules->pack->rules.hex(), after.rules->pack->id, after.rules->pack->version,
             after.rules->pack->rules.hex(), backtest_text(result));
  return {};
}

}  // namespace

void add_rules_backtest(CLI::App& rules, PlumbOptions& options) {
  auto args = std::make_shared<Args>();
  auto* command = rules.add_subcommand("backtest", "what other rules make of the same reports");
  command->add_option("old", args->before, "folder of the pack as it is")->required();
  command->add_option("new", args->after, "folder of the pack as it shall be")->required();
  command->add_option("--period", args->period, "2025 or 2025-03")->required();
  command->add_option("--as-of", args->as_of, "a whole minute, such as 2026-01-13T03:23:00Z");
  command->add_option("--threads", args->threads, "threads")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command->add_flag("--csv", args->csv, "all results, places and targets as CSV");
  command->footer(kHelp);
  command->callback([args, &options] { options.status = run_backtest(options, *args); });
}

}  // namespace plumbline
