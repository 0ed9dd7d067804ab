// SPDX-License-Identifier: Apache-2.0
// plumb: the command line of office and auditor. It reads a ledger's files and writes through
// plumbd's local socket only.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "programs/plumb_account.h"
#include "programs/plumb_backup.h"
#include "programs/plumb_exempt.h"
#include "programs/plumb_explain.h"
#include "programs/plumb_ingest.h"
#include "programs/plumb_key.h"
#include "programs/plumb_ledger.h"
#include "programs/plumb_office.h"
#include "programs/plumb_options.h"
#include "programs/plumb_period.h"
#include "programs/plumb_registry.h"
#include "programs/plumb_rules.h"
#include "programs/plumb_scores.h"
#include "programs/plumb_signals.h"
#include "programs/plumb_simulate.h"

namespace {

constexpr const char* kExamples = R"(Examples:
  plumb --data D status
  plumb rules check rules/boston-311
  plumb rules test rules/boston-311 --filter overdue
  plumb --data D rules activate rules/boston-311 --retroactive --reason "first rule set"
  plumb --data D outlet add pwdx --code PWDx --name-en "Public Works" --reason "joins the network"
  plumb --data D registry apply network.csv --reason "letter 12"
  plumb --data D registry show --kind institution --on 2025-12-31 --known 2026-01-20
  plumb --data D token create pwdx --reason "new agent"
  plumb --data D key revoke --outlet pwdx --reason "laptop lost" --dry-run
  plumb --data D account add xuanwu --role county --unit 320102 --name-zh 玄武区 --reason "new"
  plumb --data D scores --level outlet --period 2015
  plumb --data D explain xuanwu-1 --period 2025 --lang zh
  plumb --data D ledger show --from 0 --limit 5
  plumb --data D ledger verify
  plumb --data D ingest outlet-17.plumb
  plumb --data D backup /backups/2026-01-31
  plumb --data NEW restore /backups/2026-01-31 --checkpoint auditors-copy
Exit code: 0 done, 1 refused or failed, 2 the command line is wrong.)";

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"plumb: office and auditor's command line of Plumbline"};
  app.footer(kExamples);
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("plumb ") + PLUMBLINE_VERSION);
  plumbline::PlumbOptions options;
  app.add_option("--data", options.data, "data folder of plumbd")->envname("PLUMBLINE_DATA");
  plumbline::add_office_commands(app, options);
  plumbline::add_rules_commands(app, options);
  plumbline::add_key_commands(app, options);
  plumbline::add_registry_commands(app, options);
  plumbline::add_account_commands(app, options);
  plumbline::add_ledger_commands(app, options);
  plumbline::add_ingest_command(app, options);
  plumbline::add_backup_commands(app, options);
  plumbline::add_scores_command(app, options);
  plumbline::add_signals_command(app, options);
  plumbline::add_explain_command(app, options);
  plumbline::add_period_commands(app, options);
  plumbline::add_exempt_commands(app, options);
  plumbline::add_simulate_command(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    return 2;
  }
  if (!options.status.ok()) {
    fmt::print(stderr, "plumb: {}\n", options.status.error().text());
    return 1;
  }
  return 0;
}
