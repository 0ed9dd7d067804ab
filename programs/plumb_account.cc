// SPDX-License-Identifier: Apache-2.0
#include "programs/plumb_account.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "base/json.h"
#include "collector/control_client.h"

namespace plumbline {
namespace {

struct Arguments {
  std::string name, reason;
  std::optional<std::string> role, unit, name_zh, name_en;
  bool password_from_stdin = false;
  bool new_password = false;
  bool disable = false;
  bool enable = false;
};

Result<Json> call(const PlumbOptions& options, const Json& request) {
  if (options.data.empty()) {
    return Error(Code::kInvalid, "--data is needed: the folder that plumbd runs on");
  }
  return control_call(options.path("control.sock"), request);
}

void send(PlumbOptions& options, const Arguments& arguments, const Json& request,
          const char* done) {
  auto answer = call(options, request);
  if (!answer.ok()) {
    options.status = answer.error();
    return;
  }
  fmt::print("account {} {}\n", arguments.name, done);
  if (auto password = answer->string_at("password"); password.ok()) {
    fmt::print("password {}\n(shown once; it is not kept)\n", *password);
  }
}

// One line, so that a password stands neither in the list of processes nor in a shell's history.
std::string read_password() {
  std::string line;
  std::getline(std::cin, line);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

Json request_of(const char* op, const Arguments& arguments) {
  Json request = Json::object();
  request.set("op", op).set("name", arguments.name).set("reason", arguments.reason);
  if (arguments.role) request.set("role", *arguments.role);
  if (arguments.unit) request.set("unit", *arguments.unit);
  if (arguments.name_zh) request.set("display_zh", *arguments.name_zh);
  if (arguments.name_en) request.set("display_en", *arguments.name_en);
  if (arguments.password_from_stdin) request.set("password", read_password());
  return request;
}

void add_common(CLI::App* command, Arguments& arguments) {
  command->add_option("name", arguments.name, "a-z, 0-9, '.', '_', '-', at most 64")->required();
  command->add_option("--reason", arguments.reason, "why; kept with the change")->required();
}

void add_about(CLI::App* command, Arguments& arguments) {
  command->add_option("--role", arguments.role,
                      "province, city, county, outlet, auditor or operator");
  command->add_option("--unit", arguments.unit,
                      "code of the city or county, or outlet id, that it is for");
  command->add_option("--name-zh", arguments.name_zh, "name for people, in Chinese");
  command->add_option("--name-en", arguments.name_en, "name for people, in English");
  command->add_flag("--password-stdin", arguments.password_from_stdin,
                    "read the password from standard input; 10 to 128 bytes");
}

void add_add(CLI::App* account, PlumbOptions& options) {
  auto arguments = std::make_shared<Arguments>();
  auto* add = account->add_subcommand("add",
                                      "a new account; without --password-stdin its "
                                      "password is made and shown once");
  add_common(add, *arguments);
  add_about(add, *arguments);
  add->get_option("--role")->required();
  add->callback([arguments, &options] {
    Json request = request_of("account.add", *arguments);
    if (!arguments->password_from_stdin) request.set("password", "");
    send(options, *arguments, request, "added");
  });
}

void add_set(CLI::App* account, PlumbOptions& options) {
  auto arguments = std::make_shared<Arguments>();
  auto* set = account->add_subcommand("set", "change what is given; its sessions end at once");
  add_common(set, *arguments);
  add_about(set, *arguments);
  set->add_flag("--new-password", arguments->new_password, "make a password and show it once")
      ->excludes("--password-stdin");
  auto* disable = set->add_flag("--disable", arguments->disable, "nobody can sign in with it");
  set->add_flag("--enable", arguments->enable, "it can be used again")->excludes(disable);
  set->callback([arguments, &options] {
    Json request = request_of("account.set", *arguments);
    if (arguments->new_password) request.set("password", "");
    if (arguments->disable || arguments->enable) request.set("disabled", arguments->disable);
    send(options, *arguments, request, "changed");
  });
}

void add_remove(CLI::App* account, PlumbOptions& options) {
  auto arguments = std::make_shared<Arguments>();
  auto* remove = account->add_subcommand("remove", "take an account away with its sessions");
  add_common(remove, *arguments);
  remove->callback([arguments, &options] {
    send(options, *arguments, request_of("account.remove", *arguments), "removed");
  });
}

void add_list(CLI::App* account, PlumbOptions& options) {
  auto* list = account->add_subcommand("list", "all accounts");
  list->callback([&options] {
    auto answer = call(options, Json::object().set("op", "account.list"));
    if (!answer.ok()) {
      options.status = answer.error();
      return;
    }
    fmt::print("{:<24} {:<10} {:<24} {}\n", "name", "role", "unit", "for people");
    const Json* accounts = answer->find("accounts");
    if (accounts == nullptr || !accounts->is_array()) return;
    for (const Json& item : accounts->as_array()) {
      auto text = [&](const char* key) {
        return item.string_at(key).ok() ? *item.string_at(key) : std::string();
      };
      const Json* disabled = item.find("disabled");
      const bool off = disabled != nullptr && disabled->is_bool() && disabled->as_bool();
      fmt::print("{:<24} {:<10} {:<24} {} {}{}\n", text("name"), text("role"), text("unit"),
                 text("display_zh"), text("display_en"), off ? " (disabled)" : "");
    }
  });
}

}  // namespace

void add_account_commands(CLI::App& app, PlumbOptions& options) {
  auto* account = app.add_subcommand("account", "who may sign in to the portal");
  account->require_subcommand(1);
  add_add(account, options);
  add_set(account, options);
  add_remove(account, options);
  add_list(account, options);
}

}  // namespace plumbline
