// SPDX-License-Identifier: Apache-2.0
#include "programs/plumb_key.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "base/json.h"
#include "programs/plumb_ask.h"

namespace plumbline {
namespace {

constexpr const char* kAbout = R"(
Each agent signs with a key of its own. A key and the outlet that it speaks about make a stream:
numbered batches, each naming the one before it. An outlet may have several streams at once.
A stream is open; rotated: the agent changed its key, and a new stream went on; or revoked: the
office closed it, and its agent is refused from that moment on.

A laptop is lost or stolen, or someone has left who had a copy of the key:
  plumb key list --outlet nj-xw-01                 which streams it has, and when they last reported
  plumb key revoke STREAM --reason "laptop lost" --dry-run
  plumb key revoke STREAM --reason "laptop lost"   ends the open connection too
  plumb token create nj-xw-01 --reason "new laptop"
What the ledger holds of the stream stays, and counts. Nothing reported with the key after the
revocation is taken. Events that the lost machine had accepted and not sent are lost with it.

CONFLICTS over 0: two batches of the stream contradict each other, because its spool was copied,
a machine was restored from an old image, or somebody else has the key. Revoke the stream and
enrol the machine that is the right one anew (docs/guides/operator.md).)";

std::string keys_text(const Json& answer) {
  std::string text =
      fmt::format("{:<32} {:<24} {:<12} {:<8} {:>8} {:>10} {:<20} {}\n", "stream", "outlet",
                  "source", "state", "batches", "conflicts", "since", "software");
  for (const Json& key : items_at(answer, "keys")) {
    const bool open = text_at(key, "state") == "open";
    text +=
        fmt::format("{:<32} {:<24} {:<12} {:<8} {:>8} {:>10} {:<20} {}\n", text_at(key, "stream"),
                    text_at(key, "outlet"), text_at(key, "source_kind"), text_at(key, "state"),
                    text_at(key, "last_batch"), text_at(key, "conflicts"),
                    text_at(key, open ? "recorded_at" : "closed_at"), text_at(key, "software"));
  }
  return text;
}

void print_answer(PlumbOptions& options, const Json& request, bool as_json,
                  std::string (*text)(const Json&)) {
  auto answer = ask_plumbd(options, request);
  if (!answer.ok()) {
    options.status = answer.error();
    return;
  }
  fmt::print("{}", as_json ? answer->text() + "\n" : text(*answer));
}

void add_list(CLI::App* key, PlumbOptions& options) {
  struct Args {
    std::string outlet;
    bool json = false;
  };
  auto args = std::make_shared<Args>();
  auto* list = key->add_subcommand("list", "streams with their state, newest enrolment last");
  list->add_option("--outlet", args->outlet, "only those of this outlet");
  list->add_flag("--json", args->json, "print the answer as one JSON object");
  list->callback([args, &options] {
    Json request = Json::object();
    request.set("op", "key.list");
    if (!args->outlet.empty()) request.set("outlet", args->outlet);
    print_answer(options, request, args->json, keys_text);
  });
}

std::string revoked_text(const Json& answer) {
  std::string text;
  for (const Json& one : items_at(answer, "revoked")) {
    std::string index = text_at(one, "index");
    text +=
        fmt::format("stream {} of outlet {} {}\n", text_at(one, "stream"), text_at(one, "outlet"),
                    index == "-" ? "would be revoked" : "revoked, ledger entry " + index);
  }
  return text;
}

void add_revoke(CLI::App* key, PlumbOptions& options) {
  struct Args {
    std::string stream, outlet, reason;
    bool dry_run = false, json = false;
  };
  auto args = std::make_shared<Args>();
  auto* revoke = key->add_subcommand("revoke", "a stream takes nothing more, from now on for ever");
  auto* stream = revoke->add_option("stream", args->stream, "32 hexadecimal digits, see key list");
  auto* outlet = revoke->add_option("--outlet", args->outlet, "all open streams of this outlet");
  stream->excludes(outlet);
  revoke->add_option("--reason", args->reason, "why; stands in the ledger for ever");
  revoke->add_flag("--dry-run", args->dry_run, "say what would be revoked, and write nothing");
  revoke->add_flag("--json", args->json, "print the answer as one JSON object");
  revoke->callback([args, &options] {
    if (args->stream.empty() == args->outlet.empty()) {
      options.status = Error(Code::kInvalid, "name a STREAM (see plumb key list), or --outlet ID");
      return;
    }
    if (args->reason.empty() && !args->dry_run) {
      options.status =
          Error(Code::kInvalid, "--reason is needed: it stands in the ledger for ever");
      return;
    }
    Json request = Json::object();
    request.set("op", "key.revoke").set("dry_run", args->dry_run).set("reason", args->reason);
    if (!args->stream.empty()) request.set("stream", args->stream);
    if (!args->outlet.empty()) request.set("outlet", args->outlet);
    print_answer(options, request, args->json, revoked_text);
  });
}

std::string doubt_sentence(const Json& doubt) {
  const bool returned = text_at(doubt, "doubt") == "machine_returned";
  return fmt::format(
      "suspicion: stream {} looks as if two machines report with its key: {} ({} "
      "batches, first batch {})\n",
      text_at(doubt, "stream"),
      returned ? "a start of a machine came back after another one"
               : "a machine's clock that only rises went back",
      text_at(doubt, "count"), text_at(doubt, "number"));
}

std::string outlet_text(const Json& answer) {
  const Json* outlet = answer.find("outlet");
  std::string text = outlet == nullptr
                         ? ""
                         : fmt::format("{} {} {}\n", text_at(*outlet, "id"),
                                       text_at(*outlet, "name_zh"), text_at(*outlet, "name_en"));
  text += keys_text(answer);
  for (const Json& conflict : items_at(answer, "conflicts")) {
    text += fmt::format("conflict: two contents for batch {} of stream {}, ledger entry {}, {}\n",
                        text_at(conflict, "number"), text_at(conflict, "stream"),
                        text_at(conflict, "index"), text_at(conflict, "recorded_at"));
  }
  for (const Json& doubt : items_at(answer, "doubts")) text += doubt_sentence(doubt);
  return text;
}

}  // namespace

void add_outlet_show(CLI::App& outlet, PlumbOptions& options) {
  struct Args {
    std::string id;
    bool json = false;
  };
  auto args = std::make_shared<Args>();
  auto* show = outlet.add_subcommand("show", "an outlet's streams, conflicts and suspicions");
  show->add_option("id", args->id, "outlet id")->required();
  show->add_flag("--json", args->json, "print the answer as one JSON object");
  show->callback([args, &options] {
    Json request = Json::object();
    request.set("op", "outlet.show").set("id", args->id);
    print_answer(options, request, args->json, outlet_text);
  });
}

void add_key_commands(CLI::App& app, PlumbOptions& options) {
  auto* key = app.add_subcommand("key", "the keys that agents report with: list, revoke");
  key->require_subcommand(1);
  key->footer(kAbout);
  add_list(key, options);
  add_revoke(key, options);
}

}  // namespace plumbline
