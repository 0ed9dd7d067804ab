// SPDX-License-Identifier: Apache-2.0
#include "programs/plumb_presence.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "collector/control_client.h"

namespace plumbline {
namespace {

std::string text_at(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  if (value == nullptr || value->is_null()) return "";
  return value->is_string() ? value->as_string() : value->text();
}

// A whole number of seconds, for a clock.
std::string seconds_text(std::int64_t ms) {
  return fmt::format("{}.{:03} s", ms / 1000, ms % 1000);
}

std::string state_text(const Json& outlet, const std::string& started) {
  std::string state = text_at(outlet, "state");
  if (state == "no_agent") return "no agent is enrolled";
  if (state == "never_reported") return "never reported";
  if (state == "reporting") return "reporting, last batch " + text_at(outlet, "recorded");
  if (state == "idle") {
    std::string recorded = text_at(outlet, "recorded");
    return "connected and idle, " +
           (recorded.empty() ? "nothing reported yet" : "last batch " + recorded);
  }
  if (state == "holds_unsent") return "connected";
  std::string heard = text_at(outlet, "heard");
  if (!heard.empty()) return "not heard since " + heard;
  return fmt::format("not heard since the server's start {}, last batch {}", started,
                     text_at(outlet, "recorded"));
}

std::string missing_text(const Json& outlet) {
  std::string text;
  for (const Json& stream : outlet.find("streams")->as_array()) {
    const Json* missing = stream.find("missing");
    if (missing == nullptr || missing->is_null()) continue;
    text += fmt::format("; holds unsent events {} (sequences {}-{}, since {})",
                        text_at(*missing, "count"), text_at(*missing, "first"),
                        text_at(*missing, "last"), text_at(*missing, "since"));
  }
  return text;
}

std::string clock_text(const Json& outlet) {
  const Json* off = outlet.find("clock_off");
  const Json* ahead = outlet.find("clock_ahead_ms");
  if (off == nullptr || !off->as_bool() || ahead == nullptr) return "";
  auto ms = ahead->as_integer();
  return fmt::format("; clock {} by {}", ms < 0 ? "behind" : "ahead",
                     seconds_text(ms < 0 ? -ms : ms));
}

// RFC 4180; a text that a spreadsheet would take for a formula is kept from being one.
std::string csv_cell(std::string text) {
  if (!text.empty() && std::string_view("=+-@").find(text.front()) != std::string_view::npos &&
      text.find_first_not_of("-0123456789") != std::string::npos) {
    text.insert(text.begin(), '\'');
  }
  if (text.find_first_of("\",\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

constexpr const char* kColumns[] = {
    "outlet",        "name_zh",      "name_en",       "state",          "stream",  "source_kind",
    "connected",     "heard",        "recorded",      "accepted",       "next",    "missing_count",
    "missing_first", "missing_last", "missing_since", "clock_ahead_ms", "software"};

std::string csv_line(const Json& outlet, const Json& stream) {
  static const Json kNothing = Json::object();
  const Json* found = stream.find("missing");
  const Json& missing = found == nullptr || found->is_null() ? kNothing : *found;
  std::string line;
  for (std::string column : kColumns) {
    std::string cell;
    if (column.starts_with("missing_")) {
      cell = text_at(missing, column.substr(8));
    } else {
      bool of_outlet = column == "outlet" || column.starts_with("name_") || column == "state";
      cell = text_at(of_outlet ? outlet : stream, column);
    }
    line += (line.empty() ? "" : ",") + csv_cell(std::move(cell));
  }
  return line + "\r\n";
}

// All pages of the answer as one.
Result<Json> ask(const PlumbOptions& options, const std::string& outlet) {
  if (options.data.empty()) {
    return Error(Code::kInvalid, "--data is needed: the folder that plumbd runs on");
  }
  Json all = Json::array();
  std::string after;
  for (;;) {
    Json request = Json::object();
    request.set("op", "outlet.status");
    if (!outlet.empty()) request.set("outlet", outlet);
    if (!after.empty()) request.set("after", after);
    ASSIGN_OR_RETURN(Json page, control_call(options.path("control.sock"), request));
    for (const Json& item : page.find("outlets")->as_array()) {
      after = text_at(item, "outlet");
      all.push(item);
    }
    if (page.find("more")->as_bool()) continue;
    page.set("outlets", std::move(all));
    return page;
  }
}

}  // namespace

std::string presence_line(const Json& outlet, const std::string& started) {
  return fmt::format("{:<24} {}{}{}\n", text_at(outlet, "outlet"), state_text(outlet, started),
                     missing_text(outlet), clock_text(outlet));
}

std::string presence_csv(const Json& outlets) {
  std::string text;
  for (const char* column : kColumns) text += (text.empty() ? "" : ",") + std::string(column);
  text += "\r\n";
  static const Json kNoStream = Json::object();
  for (const Json& outlet : outlets.as_array()) {
    const auto& streams = outlet.find("streams")->as_array();
    for (const Json& stream : streams) text += csv_line(outlet, stream);
    if (streams.empty()) text += csv_line(outlet, kNoStream);
  }
  return text;
}

void add_outlet_status(CLI::App& outlet, PlumbOptions& options) {
  struct Args {
    std::string outlet;
    bool json = false;
    bool csv = false;
  };
  auto args = std::make_shared<Args>();
  auto* status = outlet.add_subcommand(
      "status", "who reports, who is only connected, who is silent, and which events are missing");
  status->add_option("--outlet", args->outlet, "this one alone");
  auto* json = status->add_flag("--json", args->json, "print one JSON object");
  status->add_flag("--csv", args->csv, "print a line for each stream")->excludes(json);
  status->callback([args, &options] {
    auto answer = ask(options, args->outlet);
    if (!answer.ok()) {
      options.status = answer.error();
      return;
    }
    const Json& outlets = *answer->find("outlets");
    if (args->json) fmt::print("{}\n", answer->text());
    if (args->csv) fmt::print("{}", presence_csv(outlets));
    if (args->json || args->csv) return;
    for (const Json& item : outlets.as_array()) {
      fmt::print("{}", presence_line(item, text_at(*answer, "started")));
    }
  });
}

}  // namespace plumbline
