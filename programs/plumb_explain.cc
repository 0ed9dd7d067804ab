// SPDX-License-Identifier: Apache-2.0
#include "programs/plumb_explain.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <set>
#include <string>

#include "evaluator/explanation_text.h"
#include "evaluator/ledger_view.h"
#include "evaluator/office_trail.h"
#include "programs/plumb_ask.h"
#include "programs/plumb_options.h"
#include "store/results.h"
#include "store/sqlite/ledger_db.h"
#include "store/sqlite/results_db.h"

namespace plumbline {
namespace {

constexpr std::uint64_t kMaxCases = 200;

struct Args {
  std::string outlet, standard, period, lang = "en";
  std::uint64_t cases = 5;
  bool json = false;
};

// The outlet's standards, without what stands beside a published result and without targets.
bool is_standard(const std::string& name) {
  return name.find('.') == std::string::npos;
}

// Without --standard the first that has a result, without --period the newest.
Result<ResultKey> choose(const ResultsStore::Snapshot& snapshot, const Args& args) {
  ResultKey key;
  ASSIGN_OR_RETURN(key.outlet, OutletId::parse(args.outlet));
  std::set<std::string> standards;
  for (const ResultRow& row : snapshot.rows) {
    if (row.level == "outlet" && is_standard(row.standard)) standards.insert(row.standard);
  }
  if (standards.empty()) {
    return Error(Code::kNotFound,
                 fmt::format("nothing is served for an outlet \"{}\"", args.outlet));
  }
  key.standard = args.standard.empty() ? *standards.begin() : args.standard;
  if (!standards.contains(key.standard)) {
    return Error(Code::kNotFound,
                 fmt::format("{} has no result of \"{}\"; there are: {}", args.outlet, key.standard,
                             fmt::join(standards, ", ")));
  }
  std::set<std::string> periods;
  for (const ResultRow& row : snapshot.rows) {
    if (row.level == "outlet" && row.standard == key.standard) periods.insert(row.period);
  }
  key.period = args.period.empty() ? *periods.rbegin() : args.period;
  if (!periods.contains(key.period)) {
    return Error(Code::kNotFound,
                 fmt::format("{} of {} has no result in \"{}\"; there are: {}", key.standard,
                             args.outlet, key.period, fmt::join(periods, ", ")));
  }
  return key;
}

// Where the result that is served stood: of a closed period at its last revision.
Result<ResultMoment> moment_of(LedgerReader& reader, const ResultsHeader& header,
                               const ResultKey& key) {
  OfficeTrail trail;
  ASSIGN_OR_RETURN(auto office, trail.at(reader, header.size));
  ResultMoment moment{header.size, header.as_of};
  for (const RegistryState::Closing& closing : office->registry.closings) {
    const PeriodClosed& closed = closing.closed;
    if (closed.standard != key.standard || closed.period != key.period) continue;
    moment = {closed.size, closed.as_of};
  }
  return moment;
}

// What is explained must be what is served: it is not where a content was withdrawn since a
// closing.
Status check_served(const ResultsStore::Snapshot& snapshot, const ResultKey& key,
                    const Json& explanation) {
  for (const ResultRow& row : snapshot.rows) {
    if (row.level != "outlet" || row.standard != key.standard || row.period != key.period) continue;
    ASSIGN_OR_RETURN(Json body, Json::parse(row.body));
    const std::string served = text_at(body, "score");
    const std::string explained = text_at(explanation, "score");
    if (served == explained) return {};
    return Error(Code::kConflict,
                 fmt::format("{} is served, the ledger gives {}: a content was withdrawn since",
                             served, explained));
  }
  return {};
}

Status explain(const PlumbOptions& options, const Args& args) {
  if (options.data.empty()) {
    return Error(Code::kInvalid, "--data is needed: the folder that plumbd runs on");
  }
  if (args.lang != "zh" && args.lang != "en") {
    return Error(Code::kInvalid, fmt::format("--lang is zh or en, not \"{}\"", args.lang));
  }
  if (args.cases > kMaxCases) {
    return Error(Code::kInvalid, fmt::format("--cases is at most {}", kMaxCases));
  }
  ASSIGN_OR_RETURN(auto results, open_sqlite_results_reader(options.path("results.db")));
  ResultsStore::Filter filter;
  filter.unit = args.outlet;
  ASSIGN_OR_RETURN(std::optional<ResultsStore::Snapshot> snapshot, results->read(filter));
  if (!snapshot) {
    return Error(Code::kNotFound, "nothing was evaluated yet: activate rules first");
  }
  ASSIGN_OR_RETURN(ResultKey key, choose(*snapshot, args));
  const std::string ledger = options.path("ledger.db");
  ASSIGN_OR_RETURN(auto reader, open_sqlite_reader(ledger));
  ASSIGN_OR_RETURN(ResultMoment moment, moment_of(*reader, snapshot->header, key));
  auto view = make_ledger_view([&ledger] { return open_sqlite_reader(ledger); });
  ASSIGN_OR_RETURN(Json json, view->explanation(key, args.cases, moment));
  RETURN_IF_ERROR(check_served(*snapshot, key, json));
  if (args.json) {
    fmt::print("{}\n", json.text());
    return {};
  }
  fmt::print("{}",
             explanation_text(json, args.lang == "zh" ? Language::kChinese : Language::kEnglish));
  return {};
}

}  // namespace

void add_explain_command(CLI::App& app, PlumbOptions& options) {
  auto args = std::make_shared<Args>();
  auto* command =
      app.add_subcommand("explain", "how an outlet's score comes about, and what would raise it");
  command->add_option("outlet", args->outlet, "id of the outlet")->required();
  command->add_option("--standard", args->standard, "id of the standard; default: the first");
  command->add_option("--period", args->period, "2025 or 2025-03; default: the newest");
  command->add_option("--lang", args->lang, "zh or en")->capture_default_str();
  command->add_option("--cases", args->cases, "cases shown of each line")->capture_default_str();
  command->add_flag("--json", args->json, "as data: docs/formats/explanation.md");
  command->callback([args, &options] { options.status = explain(options, *args); });
}

}  // namespace plumbline
