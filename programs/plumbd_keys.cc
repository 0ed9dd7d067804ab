// SPDX-License-Identifier: Apache-2.0
#include "programs/plumbd_keys.h"

#include <fmt/format.h>

#include <algorithm>

#include "programs/plumbd_request.h"
#include "registry/outlet_json.h"

namespace plumbline {
namespace {

Json stream_or_null(const std::optional<StreamId>& stream) {
  return stream.has_value() ? Json(stream->hex()) : Json(nullptr);
}

std::string_view state_word(const RegistryState& state, const StreamId& stream) {
  auto closed = state.closed.find(stream);
  if (closed == state.closed.end()) return "open";
  return closed->second.successor.has_value() ? "rotated" : "revoked";
}

Result<Json> key_json(const RegistryState& state, LedgerWriter& writer,
                      const KeyEnrolled& enrolled) {
  ASSIGN_OR_RETURN(StreamState at, writer.stream(enrolled.stream));
  const RegistryState::Opened& opened = state.opened.at(enrolled.stream);
  Json json = Json::object();
  json.set("stream", enrolled.stream.hex()).set("outlet", enrolled.outlet.text());
  json.set("key", enrolled.key.hex()).set("software", enrolled.software);
  json.set("source_kind", std::string(source_kind_name(enrolled.source_kind)));
  json.set("historical", enrolled.historical);
  json.set("state", std::string(state_word(state, enrolled.stream)));
  json.set("index", opened.index.value).set("recorded_at", format_instant(opened.recorded_at));
  json.set("last_batch", at.head.value).set("last_sequence", at.next_sequence.value - 1);
  std::optional<StreamId> previous;
  if (enrolled.previous.has_value()) previous = enrolled.previous->stream;
  json.set("previous", stream_or_null(previous));
  if (auto closed = state.closed.find(enrolled.stream); closed != state.closed.end()) {
    json.set("closed_index", closed->second.index.value);
    json.set("closed_at", format_instant(closed->second.recorded_at));
    json.set("successor", stream_or_null(closed->second.successor));
  }
  auto of_stream = [&](const RegistryState::Conflict& conflict) {
    return conflict.conflict.stream == enrolled.stream;
  };
  json.set("conflicts",
           std::int64_t{std::count_if(state.conflicts.begin(), state.conflicts.end(), of_stream)});
  return json;
}

// nullopt: every outlet.
Result<std::optional<OutletId>> outlet_filter(const Office& office, const Json& request) {
  if (request.find("outlet") == nullptr) return std::optional<OutletId>();
  ASSIGN_OR_RETURN(std::string text, request.string_at("outlet"));
  ASSIGN_OR_RETURN(OutletId outlet, OutletId::parse(text));
  ASSIGN_OR_RETURN([[maybe_unused]] OutletAdded known, office.outlet(outlet));
  return std::optional<OutletId>(std::move(outlet));
}

Result<std::variant<StreamId, OutletId>> what_to_revoke(const Json& request) {
  const bool by_stream = request.find("stream") != nullptr;
  if (by_stream == (request.find("outlet") != nullptr)) {
    return Error(Code::kInvalid, "either a stream or an outlet is named, not both and not neither");
  }
  if (by_stream) {
    ASSIGN_OR_RETURN(std::string text, request.string_at("stream"));
    ASSIGN_OR_RETURN(Bytes bytes, from_hex(text));
    ASSIGN_OR_RETURN(StreamId stream, StreamId::from(bytes, "the stream"));
    return std::variant<StreamId, OutletId>(stream);
  }
  ASSIGN_OR_RETURN(std::string text, request.string_at("outlet"));
  ASSIGN_OR_RETURN(OutletId outlet, OutletId::parse(text));
  return std::variant<StreamId, OutletId>(std::move(outlet));
}

}  // namespace

Result<Json> list_keys(const Office& office, LedgerWriter& writer, const Json& request) {
  RETURN_IF_ERROR(only_keys(request, {"outlet"}));
  ASSIGN_OR_RETURN(std::optional<OutletId> outlet, outlet_filter(office, request));
  const RegistryState state = office.key_state();
  std::vector<const KeyEnrolled*> keys;
  for (const auto& [stream, enrolled] : state.streams) {
    if (!outlet.has_value() || enrolled.outlet == *outlet) keys.push_back(&enrolled);
  }
  std::sort(keys.begin(), keys.end(), [&](const KeyEnrolled* a, const KeyEnrolled* b) {
    return state.opened.at(a->stream).index < state.opened.at(b->stream).index;
  });
  Json list = Json::array();
  for (const KeyEnrolled* enrolled : keys) {
    ASSIGN_OR_RETURN(Json json, key_json(state, writer, *enrolled));
    list.push(std::move(json));
  }
  Json json = Json::object();
  json.set("keys", std::move(list));
  return json;
}

Result<Json> revoke_keys(Office& office, const Json& request, const std::string& actor,
                         const WhenRevoked& when_revoked) {
  RETURN_IF_ERROR(only_keys(request, {"stream", "outlet", "dry_run", "reason"}));
  ASSIGN_OR_RETURN(bool dry_run, bool_or_false(request, "dry_run"));
  ASSIGN_OR_RETURN(std::string reason, text_or_empty(request, "reason"));
  ASSIGN_OR_RETURN(auto what, what_to_revoke(request));
  ASSIGN_OR_RETURN(std::vector<Office::Revoked> revoked,
                   office.revoke({actor, std::move(reason)}, what,
                                 dry_run ? Office::Run::kDry : Office::Run::kWrite));
  Json list = Json::array();
  for (const Office::Revoked& one : revoked) {
    if (!dry_run && when_revoked) when_revoked(one.stream.stream);
    Json json = Json::object();
    json.set("stream", one.stream.stream.hex()).set("outlet", one.stream.outlet.text());
    json.set("index", one.index ? Json(one.index->value) : Json(nullptr));
    list.push(std::move(json));
  }
  Json json = Json::object();
  json.set("revoked", std::move(list));
  return json;
}

Result<Json> show_outlet_keys(const Office& office, LedgerWriter& writer, StreamDoubts& doubts,
                              const Json& request) {
  RETURN_IF_ERROR(only_keys(request, {"id"}));
  ASSIGN_OR_RETURN(std::string id, request.string_at("id"));
  ASSIGN_OR_RETURN(OutletId outlet, OutletId::parse(id));
  ASSIGN_OR_RETURN(OutletAdded known, office.outlet(outlet));
  Json of_outlet = Json::object();
  of_outlet.set("outlet", id);
  ASSIGN_OR_RETURN(Json json, list_keys(office, writer, of_outlet));
  ASSIGN_OR_RETURN(auto found, doubts.of({outlet}, StreamDoubts::kReadAll));
  Json list = Json::array();
  for (const auto& [stream, doubt] : found.front().streams) {
    Json one = Json::object();
    one.set("stream", stream.hex()).set("doubt", std::string(doubt_name(doubt.kind)));
    one.set("number", doubt.number.value).set("count", doubt.count);
    list.push(std::move(one));
  }
  Json conflicts = Json::array();
  const RegistryState state = office.key_state();
  for (const RegistryState::Conflict& conflict : state.conflicts) {
    if (state.streams.at(conflict.conflict.stream).outlet != outlet) continue;
    Json one = Json::object();
    one.set("stream", conflict.conflict.stream.hex()).set("index", conflict.index.value);
    one.set("number", conflict.conflict.number.value);
    one.set("recorded_at", format_instant(conflict.recorded_at));
    conflicts.push(std::move(one));
  }
  json.set("outlet", outlet_json(known));
  json.set("conflicts", std::move(conflicts)).set("doubts", std::move(list));
  return json;
}

Result<Json> list_tokens(const Office& office, const Json& request) {
  RETURN_IF_ERROR(only_keys(request, {"outlet"}));
  ASSIGN_OR_RETURN(std::optional<OutletId> outlet, outlet_filter(office, request));
  const RegistryState state = office.key_state();
  Json list = Json::array();
  for (const auto& [hash, token] : state.tokens) {
    if (outlet.has_value() && token.token.outlet != *outlet) continue;
    Json json = Json::object();
    json.set("token_sha256", hash.hex()).set("outlet", token.token.outlet.text());
    json.set("source_kind", std::string(source_kind_name(token.token.source_kind)));
    json.set("historical", token.token.historical).set("redeemed", token.redeemed);
    json.set("expires", format_instant(token.token.expires));
    list.push(std::move(json));
  }
  Json json = Json::object();
  json.set("tokens", std::move(list));
  return json;
}

}  // namespace plumbline
