// SPDX-License-Identifier: Apache-2.0
// The keys that outlets report with, and what speaks against one. As of now, as presence is.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "dashboards/portal/handlers.h"
#include "dashboards/portal/scoped_data.h"
#include "dashboards/portal/words.h"

namespace plumbline {
namespace {

constexpr std::uint64_t kDefaultStreams = 100;
constexpr std::uint64_t kMaxStreams = 500;
constexpr const char* kLook = "look";  // a filter: what needs a look, whatever its state

struct Row {
  const OutletAdded* outlet;
  const RegistryView::Stream* stream;
  const StreamDoubt* doubt;  // nullptr: none is known
  bool complete;             // whether all batches were looked at

  bool needs_a_look() const { return doubt != nullptr || !stream->conflicts.empty(); }
};

const char* state_of(const RegistryView::Stream& stream) {
  if (!stream.closed_at) return "open";
  return stream.successor ? "rotated" : "revoked";
}

// Those that need a look first, then the last enrolled; those of one outlet together.
bool comes_before(const Row& a, const Row& b) {
  auto order = [](const Row& row) {
    return std::tuple(!row.needs_a_look(), -row.stream->opened_at.ms, row.outlet->outlet);
  };
  const auto [x, y] = std::pair(order(a), order(b));
  return x != y ? x < y : a.stream->stream < b.stream->stream;
}

std::vector<Row> rows_of(const std::vector<ScopedData::OutletStreams>& outlets) {
  std::vector<Row> rows;
  for (const auto& of : outlets) {
    for (const RegistryView::Stream& stream : *of.streams) {
      auto doubt = of.doubts.streams.find(stream.stream);
      rows.push_back({of.outlet, &stream,
                      doubt == of.doubts.streams.end() ? nullptr : &doubt->second,
                      of.doubts.complete});
    }
  }
  std::sort(rows.begin(), rows.end(), comes_before);
  return rows;
}

words::Text joined(const std::vector<words::Text>& parts) {
  words::Text text;
  for (const words::Text& part : parts) {
    text.zh += (text.zh.empty() ? "" : "；") + part.zh;
    text.en += (text.en.empty() ? "" : "; ") + part.en;
  }
  return text;
}

words::Text sentence_of(const ScopedData& data, const Row& row) {
  const RegistryView::Stream& stream = *row.stream;
  std::vector<words::Text> parts;
  if (!stream.conflicts.empty()) {
    parts.push_back(words::stream_conflicts(stream.conflicts.size(),
                                            data.minute_text(stream.conflicts.back())));
  }
  if (row.doubt != nullptr) parts.push_back(words::stream_doubted(row.doubt->count));
  if (stream.closed_at) {
    parts.push_back(words::stream_closed(state_of(stream), data.minute_text(*stream.closed_at)));
  }
  if (!row.complete) parts.push_back(words::stream_unchecked());
  if (parts.empty()) parts.push_back(words::stream_well());
  return joined(parts);
}

Json doubt_json(const StreamDoubt* doubt) {
  if (doubt == nullptr) return {};
  Json json = Json::object();
  json.set("kind", std::string(doubt_name(doubt->kind)));
  json.set("number", doubt->number.value).set("count", doubt->count);
  return json;
}

Json row_json(const ScopedData& data, const Row& row) {
  const RegistryView::Stream& stream = *row.stream;
  const std::string source(source_kind_name(stream.source_kind));
  auto instant = [](const std::optional<Instant>& at) {
    return at ? Json(format_instant(*at)) : Json();
  };
  auto minute = [&](const std::optional<Instant>& at) {
    return at ? Json(data.minute_text(*at)) : Json();
  };
  Json json = Json::object();
  json.set("stream", stream.stream.hex()).set("outlet", row.outlet->outlet.text());
  json.set("name", words::name_json(row.outlet->name_zh, row.outlet->name_en));
  json.set("source_kind", source).set("source_title", words::source_kind(source).json());
  json.set("state", state_of(stream));
  json.set("state_title", words::stream_state(state_of(stream)).json());
  json.set("enrolled", format_instant(stream.opened_at));
  json.set("enrolled_text", data.minute_text(stream.opened_at));
  json.set("closed", instant(stream.closed_at)).set("closed_text", minute(stream.closed_at));
  json.set("successor", stream.successor ? Json(stream.successor->hex()) : Json());
  json.set("conflicts", std::uint64_t{stream.conflicts.size()});
  json.set("doubt", doubt_json(row.doubt)).set("complete", row.complete);
  json.set("look", row.needs_a_look()).set("text", sentence_of(data, row).json());
  return json;
}

// The line of an outlet's page: how many keys, and whether one needs a look.
words::Text outlet_sentence(const ScopedData& data, const std::vector<Row>& rows) {
  if (rows.empty()) return words::streams_none();
  auto count = [&](auto&& what) {
    return static_cast<std::uint64_t>(std::count_if(rows.begin(), rows.end(), what));
  };
  const std::uint64_t closed =
      count([](const Row& row) { return row.stream->closed_at.has_value(); });
  std::vector<words::Text> parts = {words::streams_counted(rows.size() - closed, closed)};
  std::uint64_t doubted = 0;
  std::vector<Instant> conflicts;
  for (const Row& row : rows) {
    doubted += row.doubt == nullptr ? 0 : row.doubt->count;
    conflicts.insert(conflicts.end(), row.stream->conflicts.begin(), row.stream->conflicts.end());
  }
  if (!conflicts.empty()) {
    const Instant latest = *std::max_element(conflicts.begin(), conflicts.end());
    parts.push_back(words::stream_conflicts(conflicts.size(), data.minute_text(latest)));
  }
  if (doubted > 0) parts.push_back(words::stream_doubted(doubted));
  if (count([](const Row& row) { return !row.complete; }) > 0) {
    parts.push_back(words::stream_unchecked());
  }
  return joined(parts);
}

bool is_asked_for(const Row& row, const std::string& state) {
  if (state.empty()) return true;
  return state == kLook ? row.needs_a_look() : state == state_of(*row.stream);
}

Json states_json(const std::vector<Row>& rows) {
  Json states = Json::array();
  for (const char* state : {"open", "rotated", "revoked"}) {
    Json one = Json::object();
    one.set("state", state).set("title", words::stream_state(state).json());
    one.set("streams",
            static_cast<std::uint64_t>(std::count_if(rows.begin(), rows.end(), [&](const Row& row) {
              return is_asked_for(row, state);
            })));
    states.push(std::move(one));
  }
  return states;
}

}  // namespace

Result<Json> show_outlet_streams(ScopedData& data, const RouteArguments& arguments) {
  const std::string& id = arguments.at("outlet");
  const OutletAdded* outlet = data.outlet(id);
  if (outlet == nullptr) return data.admit(ScopeLevel::kOutlet, id).error();
  ASSIGN_OR_RETURN(auto found, data.streams({outlet}));
  const std::vector<Row> rows = rows_of(found);
  Json list = Json::array();
  for (const Row& row : rows) list.push(row_json(data, row));
  const bool look =
      std::any_of(rows.begin(), rows.end(), [](const Row& row) { return row.needs_a_look(); });
  Json json = Json::object();
  json.set("outlet", id).set("look", look).set("text", outlet_sentence(data, rows).json());
  json.set("list", std::move(list));
  return Json::object().set("streams", std::move(json));
}

Result<Json> show_streams(ScopedData& data, const RouteArguments& arguments) {
  const std::string& state = arguments.parameter("state");
  if (!state.empty() && state != "open" && state != "rotated" && state != "revoked" &&
      state != kLook) {
    return Error(Code::kInvalid,
                 fmt::format("A state is open, rotated, revoked or look, not \"{}\".", state));
  }
  const std::uint64_t offset = arguments.number("offset", 0);
  const std::uint64_t limit = arguments.number("limit", kDefaultStreams);
  if (limit == 0 || limit > kMaxStreams) {
    return Error(Code::kInvalid,
                 fmt::format("The limit is {}, must be 1 to {}.", limit, kMaxStreams));
  }
  ASSIGN_OR_RETURN(auto found, data.streams(data.outlets()));
  const std::vector<Row> rows = rows_of(found);
  Json list = Json::array();
  std::uint64_t total = 0;
  for (const Row& row : rows) {
    if (!is_asked_for(row, state)) continue;
    if (total >= offset && total - offset < limit) list.push(row_json(data, row));
    ++total;
  }
  Json json = Json::object();
  json.set("states", states_json(rows));
  json.set("look",
           static_cast<std::uint64_t>(std::count_if(
               rows.begin(), rows.end(), [](const Row& row) { return row.needs_a_look(); })));
  json.set("total", total).set("offset", offset).set("list", std::move(list));
  return Json::object().set("streams", std::move(json));
}

}  // namespace plumbline
