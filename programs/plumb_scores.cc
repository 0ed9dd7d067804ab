// SPDX-License-Identifier: Apache-2.0
#include "programs/plumb_scores.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <thread>

#include "evaluator/rebuild.h"
#include "evaluator/scores_view.h"
#include "programs/plumb_options.h"
#include "store/results.h"
#include "store/sqlite/ledger_db.h"
#include "store/sqlite/results_db.h"

namespace plumbline {
namespace {

struct Args {
  ResultsStore::Filter filter;
  std::string format = "table";
  bool rebuild = false;
  std::optional<std::uint64_t> size;
  std::string as_of;
  std::size_t threads = 0;
};

bool matches(const ResultRow& row, const ResultsStore::Filter& filter) {
  auto fits = [](const std::string& wanted, const std::string& has) {
    return wanted.empty() || wanted == has;
  };
  return fits(filter.standard, row.standard) && fits(filter.level, row.level) &&
         fits(filter.unit, row.unit) && fits(filter.period, row.period);
}

Result<ResultsStore::Snapshot> served(const PlumbOptions& options, const Args& args) {
  ASSIGN_OR_RETURN(auto results, open_sqlite_results_reader(options.path("results.db")));
  ASSIGN_OR_RETURN(std::optional<ResultsStore::Snapshot> snapshot, results->read(args.filter));
  if (!snapshot) {
    return Error(Code::kNotFound, "nothing was evaluated yet: activate rules first");
  }
  return std::move(*snapshot);
}

// Without --size the whole ledger, without --as-of the one that is served.
Result<ResultsStore::Snapshot> rebuilt(const PlumbOptions& options, const Args& args) {
  ASSIGN_OR_RETURN(auto reader, open_sqlite_reader(options.path("ledger.db")));
  ASSIGN_OR_RETURN(LedgerSize size, reader->size());
  if (args.size) size = LedgerSize(*args.size);
  Instant as_of;
  if (args.as_of.empty()) {
    ASSIGN_OR_RETURN(ResultsStore::Snapshot snapshot, served(options, args));
    as_of = snapshot.header.as_of;
  } else {
    ASSIGN_OR_RETURN(as_of, parse_instant(args.as_of));
  }
  auto open = [&] { return open_sqlite_reader(options.path("ledger.db")); };
  std::size_t threads = args.threads == 0 ? std::thread::hardware_concurrency() : args.threads;
  ASSIGN_OR_RETURN(Rebuilt made, rebuild(open, threads, size, as_of));
  if (!made.withdrawn_later.empty()) {
    fmt::print(stderr,
               "plumb: the contents of {} batches (the first is entry {}) were withdrawn behind "
               "this prefix: what was served for it then cannot be computed any more, these are "
               "the results without their events\n",
               made.withdrawn_later.size(), made.withdrawn_later.front().value);
  }
  ResultsStore::Snapshot snapshot{made.header, {}};
  for (ResultRow& row : made.rows) {
    if (matches(row, args.filter)) snapshot.rows.push_back(std::move(row));
  }
  return snapshot;
}

Status show_scores(const PlumbOptions& options, const Args& args) {
  if (options.data.empty()) {
    return Error(Code::kInvalid, "--data is needed: the folder that plumbd runs on");
  }
  if (!args.rebuild && (args.size || !args.as_of.empty() || args.threads != 0)) {
    return Error(Code::kInvalid, "--size, --as-of and --threads go with --rebuild");
  }
  ASSIGN_OR_RETURN(ScoresFormat format, parse_scores_format(args.format));
  ASSIGN_OR_RETURN(ResultsStore::Snapshot snapshot,
                   args.rebuild ? rebuilt(options, args) : served(options, args));
  ASSIGN_OR_RETURN(std::string text,
                   scores_text(snapshot.header, snapshot.rows, format,
                               args.rebuild ? BodiesAre::kMade : BodiesAre::kStored));
  fmt::print("{}", text);
  return {};
}

}  // namespace

void add_scores_command(CLI::App& app, PlumbOptions& options) {
  auto args = std::make_shared<Args>();
  auto* scores = app.add_subcommand("scores", "what the standards say of units and periods");
  scores->add_option("--standard", args->filter.standard, "only this standard");
  scores->add_option("--level", args->filter.level, "only this level, such as outlet or network");
  scores->add_option("--unit", args->filter.unit, "only this unit, such as an outlet id");
  scores->add_option("--period", args->filter.period, "only this period: 2015, 2015-Q1 or 2015-03");
  scores->add_option("--format", args->format, "table, json or csv")->capture_default_str();
  scores->add_flag("--rebuild", args->rebuild,
                   "compute from the ledger instead of reading what is served");
  scores->add_option("--size", args->size, "with --rebuild: the first N entries of the ledger");
  scores->add_option("--as-of", args->as_of,
                     "with --rebuild: a whole minute, such as 2016-01-13T03:23:00Z");
  scores->add_option("--threads", args->threads, "with --rebuild; 0: as many as there are cores")
      ->check(CLI::Range(0, 256))
      ->capture_default_str();
  scores->callback([args, &options] { options.status = show_scores(options, *args); });
}

}  // namespace plumbline
