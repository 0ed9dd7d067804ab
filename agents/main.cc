// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdlib>
#include <string>

#include "agents/commands.h"
#include "agents/software.h"

// plumb-agent: reads the command line. docs/guides/agent.md.
namespace plumbline {
namespace {

constexpr const char* kAbout =
    "plumb-agent reports what an outlet does to its Plumbline server.\n"
    "\n"
    "First:    plumb-agent --data DIR enroll --server HOST:PORT --token TOKEN\n"
    "Then:     plumb-agent --data DIR run           (keeps sending; start it with the machine)\n"
    "Report:   plumb-agent --data DIR emit --type consultation.opened --subject C-17 \\\n"
    "            --time 2025-03-01T09:30:00+08:00 --field channel=phone\n"
    "          plumb-agent --data DIR emit < events.jsonl\n"
    "          plumb-agent --data DIR import services.csv --mapping services.yaml --dry-run\n"
    "Mend:     plumb-agent --data DIR correct 12 fee=3.50 --reason 'typing error'\n"
    "          plumb-agent --data DIR void 13 --reason 'entered twice'\n"
    "Look:     plumb-agent --data DIR status\n"
    "Show:     plumb-agent --data DIR proof --sequence 12   (that the ledger holds this event)\n"
    "\n"
    "An event is accepted once it is on this machine's disk; it is sent when the server can be\n"
    "reached. Handing the same event in again adds nothing.";

constexpr const char* kExitCodes =
    "Exit codes: 0 done; 1 some input was refused, the rest was taken; 2 wrong command line or\n"
    "unusable input; 3 the server was not reached, or not everything was acknowledged; 4 the\n"
    "server refuses this agent for good; 5 the data folder cannot be used; 6 alarm: the server's\n"
    "ledger is not the one that it signed before.";

constexpr const char* kEmitAbout =
    "Hand events in: one by options, or many as lines of JSON on stdin, one event a line:\n"
    "{\"id\":\"42\",\"type\":\"consultation.opened\",\"subject\":\"C-17\",\n"
    " \"time\":\"2025-03-01T09:30:00+08:00\",\"fields\":{\"channel\":\"phone\"}}\n"
    "Each line is answered by a line of JSON. A bad line is refused and named; the others are\n"
    "taken, and the exit code is 1.";

std::string default_language() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return "en";
}

struct Options {
  std::string folder;
  std::string language = default_language();
  std::string server, token;
  bool again = false;
  EmitOptions one;
  EmitCommand emit;
  AmendCommand amend;
  ImportCommand import;
  std::string encoding = "auto";
  RunCommand run;
  ProofCommand proof;
  std::string clear_reason;
  PackCommand pack;
  std::string receipt;
  ProxyCommand proxy;
  bool status_json = false;
};

CLI::App* add_enroll(CLI::App& app, Options& options) {
  auto* command =
      app.add_subcommand("enroll", "Join a server with the one-time token of its office");
  command->add_option("--server", options.server, "HOST:PORT of the server")->required();
  command->add_option("--token", options.token, "The token: plumb1. ...")->required();
  command->add_flag(
      "--again", options.again,
      "The folder is enrolled and its key was revoked, or its server forgot it: make\n"
      "a new key, and send with it what the server does not hold yet");
  return command;
}

CLI::App* add_emit(CLI::App& app, Options& options) {
  auto* command = app.add_subcommand("emit", kEmitAbout);
  auto* type = command->add_option("--type", options.one.type, "Event type; without it: stdin");
  command->add_option("--subject", options.one.subject, "Number of the case")->needs(type);
  command->add_option("--time", options.one.time, "When it happened (RFC 3339)")->needs(type);
  command->add_option("--field", options.one.fields, "NAME=VALUE; may be repeated")
      ->needs(type)
      ->take_all();
  command->add_option("--id", options.one.id, "Identity at the source; else TYPE/SUBJECT")
      ->needs(type);
  command->add_option("--source", options.emit.source, "Which system the events come from")
      ->capture_default_str();
  command->add_flag("--json", options.emit.json, "Answer in JSON (always so for stdin)");
  return command;
}

struct AmendCommands {
  CLI::App *correct, *voiding;
};

AmendCommands add_amend(CLI::App& app, Options& options) {
  auto* correct = app.add_subcommand(
      "correct", "Give fields of an accepted event other values; both stay on record");
  auto* voiding = app.add_subcommand(
      "void", "Take an accepted event back: it counts no more; both stay on record");
  for (CLI::App* command : {correct, voiding}) {
    command->add_option("SEQ", options.amend.sequence, "The sequence it was accepted as")
        ->required();
    command->add_option("--reason", options.amend.reason, "Why; shown to the office")->required();
    command->add_option("--type", options.amend.type,
                        "Its event type, where it is no longer kept here");
    command->add_option("--subject", options.amend.subject, "Likewise its subject");
    command->add_option("--time", options.amend.time, "When this was decided (RFC 3339); else now");
    command->add_option("--id", options.amend.id, "Identity of this; else made of SEQ and time");
    command->add_flag("--json", options.amend.json, "Answer in JSON");
  }
  correct->add_option("FIELD", options.amend.fields, "NAME=VALUE")->required();
  return {correct, voiding};
}

CLI::App* add_import(CLI::App& app, Options& options) {
  auto* command = app.add_subcommand(
      "import", "Hand in the rows of a CSV file; the same file twice adds nothing");
  command->add_option("FILE", options.import.file, "The CSV file")->required();
  command->add_option("--mapping", options.import.mapping, "How rows become events (YAML)")
      ->required();
  command->add_option("--encoding", options.encoding, "auto: UTF-8, else GBK (GB18030)")
      ->check(CLI::IsMember({"auto", "utf-8"}))
      ->capture_default_str();
  command->add_flag("--dry-run", options.import.dry_run, "Check everything, keep nothing");
  command->add_flag("--json", options.import.json, "Print the summary as JSON");
  return command;
}

CLI::App* add_run(CLI::App& app, Options& options) {
  auto* command = app.add_subcommand("run", "Send what was accepted; goes on until it is stopped");
  command->add_flag("--until-empty", options.run.until_empty,
                    "End as soon as the ledger holds everything accepted here and has proved it");
  command
      ->add_option("--proof-wait", options.run.proof_wait_seconds,
                   "With --until-empty: wait SECONDS for the proof (3); 0: acknowledged is "
                   "enough")
      ->check(CLI::Range(0, 3600));
  command->add_option("--deadline", options.run.deadline_seconds, "Give up after SECONDS");
  command->add_option("--ack-log", options.run.ack_log,
                      "Open descriptor number or file: one line for each acknowledged batch");
  command->add_option("--server", options.run.server, "New address of the same server");
  return command;
}

struct ProofCommands {
  CLI::App *proof, *show, *clear;
};

ProofCommands add_proofs(CLI::App& app, Options& options) {
  auto* proof = app.add_subcommand(
      "proof",
      "Print the receipt of a batch as JSON: that the ledger holds it, for anybody to verify\n"
      "(`plumb ledger verify-receipt`, docs/formats/receipt.md)");
  proof->add_option("NUMBER", options.proof.batch, "The batch");
  proof->add_option("--sequence", options.proof.sequence, "The batch that has this event");
  auto* alarm = app.add_subcommand(
      "alarm", "What the agent found wrong with its server's ledger; see docs/guides/agent.md");
  alarm->require_subcommand(1);
  auto* clear = alarm->add_subcommand("clear", "The cause is found and removed: send again");
  clear->add_option("--reason", options.clear_reason, "What was found and done")->required();
  return {proof, alarm->add_subcommand("show", "Print the open alarm with both checkpoints"),
          clear};
}

struct ProxyCommands {
  CLI::App *set, *show, *clear;
};

ProxyCommands add_proxy(CLI::App& app, Options& options) {
  auto* proxy = app.add_subcommand(
      "proxy",
      "The HTTP proxy of a closed network, which opens a tunnel (CONNECT) to the server. Set it\n"
      "before `enroll`. The password is asked for, or read from a file, and kept in the folder,\n"
      "readable by its owner alone");
  proxy->require_subcommand(1);
  auto* set = proxy->add_subcommand("set", "Go through a proxy from now on");
  set->add_option("URL", options.proxy.url, "http://HOST:PORT or http://USER@HOST:PORT")
      ->required();
  set->add_option("--password-file", options.proxy.password_file,
                  "File with the password on its only line; without it: asked for on stdin");
  return {set, proxy->add_subcommand("show", "Print the proxy, without its password"),
          proxy->add_subcommand("clear", "Connect directly again")};
}

struct TransportCommands {
  CLI::App *pack, *receipt;
};

TransportCommands add_transport(CLI::App& app, Options& options) {
  auto* pack = app.add_subcommand(
      "pack",
      "Write what the ledger is not known to hold into a file, where no connection is possible.\n"
      "The office takes it in (`plumb ingest`) and hands a receipt back. The file can be read by\n"
      "whoever carries it; nobody can change it unnoticed. Packing again is harmless");
  pack->add_option("FILE", options.pack.file, "The file to write")->required();
  pack->add_option("--max-mib", options.pack.max_mib, "At most this much in one file")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  auto* receipt = app.add_subcommand(
      "receipt", "Take the office's receipt: what it proves is in the ledger need not be sent");
  receipt->add_option("FILE", options.receipt, "The receipt")->required();
  return {pack, receipt};
}

ExitCode enroll_by(const CommandContext& context, const Options& options) {
  return options.again ? command_enroll_again(context, options.server, options.token)
                       : command_enroll(context, options.server, options.token);
}

int run(int argc, char** argv) {
  CLI::App app(kAbout, "plumb-agent");
  app.footer(kExitCodes);
  app.require_subcommand(1);
  app.set_version_flag("--version", kAgentSoftware);
  Options options;
  app.add_option("--data", options.folder, "The agent's folder")
      ->required()
      ->envname("PLUMB_AGENT_DATA");
  app.add_option("--lang", options.language, "zh or en; else from LANG");
  CLI::App* enroll = add_enroll(app, options);
  CLI::App* emit = add_emit(app, options);
  AmendCommands amend = add_amend(app, options);
  CLI::App* import = add_import(app, options);
  CLI::App* send = add_run(app, options);
  ProxyCommands proxy = add_proxy(app, options);
  ProofCommands proofs = add_proofs(app, options);
  TransportCommands transport = add_transport(app, options);
  auto* rotate = app.add_subcommand(
      "rotate-key",
      "Make a new key, which takes over from the old one with its consent: a yearly habit, or "
      "when\n"
      "a copy of the folder may have been seen by others. Taking events in goes on meanwhile");
  auto* status = app.add_subcommand("status", "Show what was accepted, sent and acknowledged");
  status->add_flag("--json", options.status_json, "As JSON");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(ExitCode::kUsage);
  }
  CommandContext context{options.folder, language_of(options.language), &system_clock()};
  ExitCode code = ExitCode::kUsage;
  if (enroll->parsed()) code = enroll_by(context, options);
  if (emit->parsed()) {
    if (!options.one.type.empty()) {
      options.one.source = options.emit.source;
      options.emit.one = options.one;
    }
    code = command_emit(context, options.emit);
  }
  if (amend.correct->parsed() || amend.voiding->parsed()) {
    options.amend.voids = amend.voiding->parsed();
    code = command_amend(context, options.amend);
  }
  if (import->parsed()) {
    options.import.encoding = options.encoding == "utf-8" ? CsvEncoding::kUtf8 : CsvEncoding::kAuto;
    code = command_import(context, options.import);
  }
  if (send->parsed()) code = command_run(context, options.run);
  if (proofs.proof->parsed()) code = command_proof(context, options.proof);
  if (proofs.show->parsed()) code = command_alarm_show(context);
  if (proofs.clear->parsed()) code = command_alarm_clear(context, options.clear_reason);
  if (proxy.set->parsed()) code = command_proxy_set(context, options.proxy);
  if (proxy.show->parsed()) code = command_proxy_show(context);
  if (proxy.clear->parsed()) code = command_proxy_clear(context);
  if (transport.pack->parsed()) code = command_pack(context, options.pack);
  if (transport.receipt->parsed()) code = command_receipt(context, options.receipt);
  if (rotate->parsed()) code = command_rotate_key(context);
  if (status->parsed()) code = command_status(context, options.status_json);
  return static_cast<int>(code);
}

}  // namespace
}  // namespace plumbline

int main(int argc, char** argv) {
  // A reader of answers or acknowledgements that went away is an error of that write.
  std::signal(SIGPIPE, SIG_IGN);
  // So is a file that may not grow: without this the first such write would end the program.
  std::signal(SIGXFSZ, SIG_IGN);
  return plumbline::run(argc, argv);
}
