// SPDX-License-Identifier: Apache-2.0
#include "programs/plumb_office.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "base/json.h"
#include "programs/plumb_ask.h"
#include "programs/plumb_key.h"
#include "programs/plumb_options.h"
#include "programs/plumb_presence.h"

namespace plumbline {
namespace {

// Sends the request, prints what `show` makes of the answer.
template <typename Show>
void send(PlumbOptions& options, Json request, Show show) {
  auto answer = ask_plumbd(options, request);
  if (!answer.ok()) {
    options.status = answer.error();
    return;
  }
  fmt::print("{}", show(*answer));
}

CLI::Option* add_reason(CLI::App* command, std::string& reason) {
  return command->add_option("--reason", reason, "why; stands in the ledger for ever")->required();
}

void add_outlet_commands(CLI::App& app, PlumbOptions& options) {
  auto* outlet = app.add_subcommand("outlet", "the outlets of the network");
  outlet->require_subcommand(1);
  struct Args {
    std::string id, code, name_zh, name_en, reason;
    std::vector<std::string> places;
  };
  auto args = std::make_shared<Args>();
  auto* add = outlet->add_subcommand("add", "an outlet joins the network");
  add->add_option("id", args->id, "outlet id: a-z, 0-9, '.', '_', '-', at most 64")->required();
  add->add_option("--code", args->code, "the source's own code of the outlet");
  add->add_option("--name-zh", args->name_zh, "name in Chinese");
  add->add_option("--name-en", args->name_en, "name in English");
  add->add_option("--place", args->places, "LEVEL=CODE, such as county=320102; repeatable");
  add_reason(add, args->reason);
  add->callback([args, &options] {
    Json places = Json::object();
    for (const std::string& place : args->places) {
      std::size_t equals = place.find('=');
      if (equals == std::string::npos) {
        options.status = Error(Code::kInvalid,
                               fmt::format("--place {} does not have the form LEVEL=CODE", place));
        return;
      }
      places.set(place.substr(0, equals), place.substr(equals + 1));
    }
    Json request = Json::object();
    request.set("op", "outlet.add").set("id", args->id).set("code", args->code);
    request.set("name_zh", args->name_zh).set("name_en", args->name_en);
    request.set("places", std::move(places)).set("reason", args->reason);
    send(options, std::move(request), [&](const Json& answer) {
      return fmt::format("outlet {} added, ledger entry {}\n", args->id, text_at(answer, "index"));
    });
  });
  add_outlet_show(*outlet, options);
  add_outlet_status(*outlet, options);
  auto* list = outlet->add_subcommand("list", "the outlets in the ledger");
  list->callback([&options] {
    Json request = Json::object();
    request.set("op", "outlet.list");
    send(options, std::move(request), [](const Json& answer) {
      std::string text = fmt::format("{:<24} {:<12} {}\n", "id", "code", "name");
      const Json* outlets = answer.find("outlets");
      if (outlets == nullptr || !outlets->is_array()) return text;
      for (const Json& item : outlets->as_array()) {
        text += fmt::format("{:<24} {:<12} {} {}\n", text_at(item, "id"), text_at(item, "code"),
                            text_at(item, "name_zh"), text_at(item, "name_en"));
      }
      return text;
    });
  });
}

void add_token_commands(CLI::App& app, PlumbOptions& options) {
  auto* token = app.add_subcommand("token", "one-time enrolment tokens for agents");
  token->require_subcommand(1);
  struct Args {
    std::string outlet, source_kind = "agent", reason;
    bool historical = false;
    std::int64_t valid_minutes = 24 * 60;
  };
  auto args = std::make_shared<Args>();
  auto* create = token->add_subcommand("create", "make a token; it is printed once and not kept");
  create->add_option("outlet", args->outlet, "the outlet that the agent will speak about")
      ->required();
  create->add_option("--source-kind", args->source_kind, "agent, rating_page, inspector, feed")
      ->capture_default_str();
  create->add_flag("--historical", args->historical, "the agent will import old events");
  create->add_option("--valid-minutes", args->valid_minutes, "how long it may be redeemed")
      ->check(CLI::Range(1, 60 * 24 * 30))
      ->capture_default_str();
  add_reason(create, args->reason);
  create->callback([args, &options] {
    Json request = Json::object();
    request.set("op", "token.create").set("outlet", args->outlet);
    request.set("source_kind", args->source_kind).set("historical", args->historical);
    request.set("valid_minutes", args->valid_minutes).set("reason", args->reason);
    send(options, std::move(request),
         [](const Json& answer) { return text_at(answer, "token") + "\n"; });
  });
  auto* list = token->add_subcommand("list", "the tokens, and whether they were used");
  auto outlet = std::make_shared<std::string>();
  list->add_option("--outlet", *outlet, "only those of this outlet");
  list->callback([outlet, &options] {
    Json request = Json::object();
    request.set("op", "token.list");
    if (!outlet->empty()) request.set("outlet", *outlet);
    send(options, std::move(request), [](const Json& answer) {
      std::string text = fmt::format("{:<24} {:<12} {:<24} {:<8} {}\n", "outlet", "source",
                                     "expires", "used", "sha256");
      for (const Json& item : items_at(answer, "tokens")) {
        text += fmt::format("{:<24} {:<12} {:<24} {:<8} {:.16}\n", text_at(item, "outlet"),
                            text_at(item, "source_kind"), text_at(item, "expires"),
                            text_at(item, "redeemed") == "true" ? "yes" : "no",
                            text_at(item, "token_sha256"));
      }
      return text;
    });
  });
}

void add_status_command(CLI::App& app, PlumbOptions& options) {
  auto json = std::make_shared<bool>(false);
  auto* status = app.add_subcommand("status", "sizes, checkpoint, evaluator and failures");
  status->add_flag("--json", *json, "print the answer as one JSON object");
  status->callback([json, &options] {
    Json request = Json::object();
    request.set("op", "status");
    send(options, std::move(request), [&](const Json& answer) {
      if (*json) return answer.text() + "\n";
      std::string text;
      for (const auto& [part, value] : answer.as_object()) {
        text += part + "\n";
        if (!value.is_object()) {
          text += fmt::format("  {}\n", value.is_string() ? value.as_string() : value.text());
          continue;
        }
        for (const auto& [key, item] : value.as_object()) {
          text += fmt::format("  {:<16} {}\n", key, text_at(value, key));
        }
      }
      return text;
    });
  });
}

}  // namespace

void add_office_commands(CLI::App& app, PlumbOptions& options) {
  add_status_command(app, options);
  add_outlet_commands(app, options);
  add_token_commands(app, options);
}

}  // namespace plumbline
