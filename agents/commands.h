// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_COMMANDS_H_
#define PLUMBLINE_AGENTS_COMMANDS_H_

#include <optional>
#include <string>
#include <vector>

#include "agents/emit.h"
#include "agents/import.h"
#include "agents/words.h"
#include "base/clock.h"

// The commands of plumb-agent, behind the reading of the command line. Each returns the program's
// exit code. Answers go to stdout, everything else to stderr.
namespace plumbline {

// docs/guides/agent.md, section "Exit codes".
enum class ExitCode {
  kDone = 0,
  kInputRefused = 1,   // some input was refused; the rest was taken
  kUsage = 2,          // the command line is wrong
  kNotFinished = 3,    // no server, or not everything acknowledged in the time given
  kServerRefused = 4,  // the server refuses this agent or a batch for good
  kFolder = 5,         // the data folder cannot be used
  kAlarm = 6,          // an alarm is open: the server's ledger is not the one it signed before
};

struct CommandContext {
  std::string folder;
  Language language = Language::kEnglish;
  const Clock* clock = nullptr;
};

ExitCode command_enroll(const CommandContext& context, const std::string& server,
                        const std::string& token);
ExitCode command_enroll_again(const CommandContext& context, const std::string& server,
                              const std::string& token);
// Plans a change of the key; `run` carries it out.
ExitCode command_rotate_key(const CommandContext& context);

struct EmitCommand {
  std::optional<EmitOptions> one;  // nullopt: lines of JSON from stdin
  std::string source = "local";
  bool json = false;
};
ExitCode command_emit(const CommandContext& context, const EmitCommand& command);

// Corrects or voids an event that was accepted here.
struct AmendCommand {
  std::uint64_t sequence = 0;
  bool voids = false;
  std::vector<std::string> fields;  // "name=value", the new ones
  std::string reason;
  std::string type, subject;  // of the event; needed where the spool no longer holds it
  std::string time;           // empty: now
  std::string id;             // empty: "void/SEQ", "correct/SEQ/TIME"
  std::string source = "plumb-agent";
  bool json = false;
};
ExitCode command_amend(const CommandContext& context, const AmendCommand& command);

struct ImportCommand {
  std::string file;
  std::string mapping;
  CsvEncoding encoding = CsvEncoding::kAuto;
  bool dry_run = false;
  bool json = false;
};
ExitCode command_import(const CommandContext& context, const ImportCommand& command);

struct RunCommand {
  bool until_empty = false;
  std::optional<std::int64_t> deadline_seconds;
  // With until_empty: how long to wait for the proof of what was acknowledged.
  std::optional<std::int64_t> proof_wait_seconds;
  std::string ack_log;  // descriptor or path; empty: none
  std::string server;   // a new address of the same server; empty: as enrolled
};
ExitCode command_run(const CommandContext& context, const RunCommand& command);

// Sets the way out of a closed network (agents/proxy.h). Where the URL names a user the password
// comes from a file, or from stdin, where it is typed without being shown.
struct ProxyCommand {
  std::string url;
  std::string password_file;  // empty: stdin
};
ExitCode command_proxy_set(const CommandContext& context, const ProxyCommand& command);
ExitCode command_proxy_show(const CommandContext& context);
ExitCode command_proxy_clear(const CommandContext& context);

// Writes the batches that no proof covers yet into a file, for an outlet without a connection
// (agents/transport.h).
struct PackCommand {
  std::string file;
  std::int64_t max_mib = 64;  // of batches; what does not fit waits for the next file
};
ExitCode command_pack(const CommandContext& context, const PackCommand& command);
// Takes the receipt that came back. kAlarm: it shows that the server's ledger was replaced.
ExitCode command_receipt(const CommandContext& context, const std::string& file);

// Prints the receipt of one batch: by its number, or by the sequence of an event in it.
struct ProofCommand {
  std::optional<std::uint64_t> batch;
  std::optional<std::uint64_t> sequence;
};
ExitCode command_proof(const CommandContext& context, const ProofCommand& command);

// kAlarm while one is open.
ExitCode command_alarm_show(const CommandContext& context);
ExitCode command_alarm_clear(const CommandContext& context, const std::string& reason);

ExitCode command_status(const CommandContext& context, bool json);

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_COMMANDS_H_
