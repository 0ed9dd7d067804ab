// SPDX-License-Identifier: Apache-2.0
#include "programs/plumbd_control.h"

#include <fmt/format.h>

#include "evaluator/standard.h"
#include "model/wire/session.h"
#include "programs/plumbd_exempt.h"
#include "programs/plumbd_registry.h"
#include "programs/plumbd_request.h"
#include "registry/outlet_json.h"

namespace plumbline {
namespace {

Json index_json(LedgerIndex index) {
  Json json = Json::object();
  json.set("index", index.value);
  return json;
}

Result<Hash> hash_at(const Json& request, std::string_view key) {
  ASSIGN_OR_RETURN(std::string hex, request.string_at(key));
  ASSIGN_OR_RETURN(Bytes bytes, from_hex(hex));
  return Hash::from(bytes, key);
}

Result<PackFiles> files_at(const Json& request) {
  ASSIGN_OR_RETURN(auto texts, texts_at(request, "files"));
  PackFiles files;
  for (const auto& [path, text] : texts) {
    auto bytes = from_base64(text);
    if (!bytes.ok()) {
      return Error(Code::kInvalid, fmt::format("file {} is not base64", path), bytes.error());
    }
    files.emplace(path, std::move(bytes).value());
  }
  return files;
}

// A rule set that is not retroactive answers for periods to come only.
Status check_beginnings(const RuleSet& rules, Instant now) {
  for (const Standard& standard : rules.standards) {
    if (rules.pack->calendar.start_of(standard.from) >= now) continue;
    return Error(Code::kInvalid,
                 fmt::format("standard {} applies from {}, which has begun; choose a later period "
                             "or activate with --retroactive, which restates results",
                             standard.id, format_date(standard.from)));
  }
  return {};
}

}  // namespace

ControlDesk::ControlDesk(Office& office, const Clock& clock, const Hash& tls_pin,
                         std::function<Json()> status)
    : office_(office), clock_(clock), tls_pin_(tls_pin), status_(std::move(status)) {}

Result<Json> ControlDesk::handle(const Json& request, const std::string& actor) const {
  ASSIGN_OR_RETURN(std::string op, request.string_at("op"));
  if (op == "outlet.add") return add_outlet(request, actor);
  if (op == "outlet.list") return list_outlets(request);
  if (op == "token.create") return create_token(request, actor);
  if (op == "token.list") return list_tokens(office_, request);
  if (op.starts_with("key.") || op == "outlet.show") return keys(op, request, actor);
  if (op == "rules.activate") return activate_rules(request, actor);
  if (op == "content.redact") return redact(request, actor);
  if (op == "clock.advance") return advance_clock(request);
  if (op == "registry.apply") return apply_registry(office_, request, actor);
  if (op.starts_with("exempt.")) return handle_exemptions(office_, clock_, request, actor);
  if (op == "status") {
    RETURN_IF_ERROR(only_keys(request, {}));
    return status_();
  }
  return Error(Code::kUnsupported, fmt::format("this plumbd knows no operation \"{}\"", op));
}

Result<Json> ControlDesk::add_outlet(const Json& request, const std::string& actor) const {
  RETURN_IF_ERROR(only_keys(request, {"id", "code", "name_zh", "name_en", "places", "reason"}));
  ASSIGN_OR_RETURN(Office::By who, by(request, actor));
  ASSIGN_OR_RETURN(OutletAdded outlet, outlet_at(request));
  ASSIGN_OR_RETURN(LedgerIndex index, office_.add_outlet(who, std::move(outlet)));
  return index_json(index);
}

Result<Json> ControlDesk::list_outlets(const Json& request) const {
  RETURN_IF_ERROR(only_keys(request, {}));
  Json outlets = Json::array();
  for (const OutletAdded& outlet : office_.outlets()) outlets.push(outlet_json(outlet));
  Json json = Json::object();
  json.set("outlets", std::move(outlets));
  return json;
}

Result<Json> ControlDesk::create_token(const Json& request, const std::string& actor) const {
  RETURN_IF_ERROR(
      only_keys(request, {"outlet", "source_kind", "historical", "valid_minutes", "reason"}));
  ASSIGN_OR_RETURN(Office::By who, by(request, actor));
  ASSIGN_OR_RETURN(std::string outlet_text, request.string_at("outlet"));
  ASSIGN_OR_RETURN(OutletId outlet, OutletId::parse(outlet_text));
  ASSIGN_OR_RETURN(std::string kind_text, request.string_at("source_kind"));
  ASSIGN_OR_RETURN(SourceKind kind, parse_source_kind(kind_text));
  ASSIGN_OR_RETURN(bool historical, bool_or_false(request, "historical"));
  ASSIGN_OR_RETURN(std::int64_t minutes, request.integer_at("valid_minutes"));
  constexpr std::int64_t kMost = Office::kMaxTokenValidity.ms / kMsPerMinute;
  if (minutes < 1 || minutes > kMost) {
    return Error(Code::kInvalid,
                 fmt::format("\"valid_minutes\" is {}, must be 1 to {}", minutes, kMost));
  }
  ASSIGN_OR_RETURN(Bytes secret, office_.create_token(who, outlet, kind, historical,
                                                      Duration{minutes * kMsPerMinute}));
  Json json = Json::object();
  json.set("token", format_token({std::move(secret), tls_pin_}));
  return json;
}

Result<Json> ControlDesk::keys(const std::string& op, const Json& request,
                               const std::string& actor) const {
  CHECK(writer_ != nullptr, "keys are managed only where there is a ledger to write");
  if (op == "outlet.show") return show_outlet_keys(office_, *writer_, *doubts_, request);
  if (op == "key.list") return list_keys(office_, *writer_, request);
  if (op == "key.revoke") return revoke_keys(office_, request, actor, when_revoked_);
  return Error(Code::kUnsupported, fmt::format("this plumbd knows no operation \"{}\"", op));
}

Result<Json> ControlDesk::redact(const Json& request, const std::string& actor) const {
  RETURN_IF_ERROR(
      only_keys(request, {"index", "batch_sha256", "content_sha256", "second_person", "reason"}));
  ASSIGN_OR_RETURN(Office::By who, by(request, actor));
  ContentRedacted redacted;
  ASSIGN_OR_RETURN(std::int64_t index, request.integer_at("index"));
  if (index < 0) return Error(Code::kInvalid, "\"index\" is negative");
  redacted.index = LedgerIndex(static_cast<std::uint64_t>(index));
  ASSIGN_OR_RETURN(redacted.batch_hash, hash_at(request, "batch_sha256"));
  ASSIGN_OR_RETURN(redacted.content_hash, hash_at(request, "content_sha256"));
  ASSIGN_OR_RETURN(redacted.second_person, request.string_at("second_person"));
  ASSIGN_OR_RETURN(LedgerIndex record, office_.redact(who, std::move(redacted)));
  return index_json(record);
}

Result<Json> ControlDesk::advance_clock(const Json& request) const {
  RETURN_IF_ERROR(only_keys(request, {"to"}));
  ASSIGN_OR_RETURN(std::string text, request.string_at("to"));
  ASSIGN_OR_RETURN(Instant to, parse_instant(text));
  if (simulated_ == nullptr) {
    return Error(Code::kDenied, "this ledger is live: its clock is the system's");
  }
  RETURN_IF_ERROR(simulated_->advance(to));
  Json json = Json::object();
  json.set("now", format_instant(simulated_->wall()));
  return json;
}

Result<Json> ControlDesk::activate_rules(const Json& request, const std::string& actor) const {
  RETURN_IF_ERROR(only_keys(request, {"files", "retroactive", "reason"}));
  ASSIGN_OR_RETURN(Office::By who, by(request, actor));
  ASSIGN_OR_RETURN(PackFiles files, files_at(request));
  ASSIGN_OR_RETURN(bool retroactive, bool_or_false(request, "retroactive"));
  Problems problems;
  auto rules = compile_rules(files, problems);
  if (rules == nullptr) {
    return Error(Code::kInvalid, "the rules are not usable:\n" + problems.text());
  }
  if (!retroactive) RETURN_IF_ERROR(check_beginnings(*rules, clock_.wall()));
  RulesActivated activation;
  activation.pack = rules->pack->id;
  activation.version = rules->pack->version;
  activation.rule_hash = rules->pack->rules;
  activation.retroactive = retroactive;
  activation.files = std::move(files);
  ASSIGN_OR_RETURN(LedgerIndex index, office_.activate_rules(who, std::move(activation)));
  Json json = index_json(index);
  json.set("pack", rules->pack->id).set("version", rules->pack->version);
  json.set("rule_hash", rules->pack->rules.hex());
  return json;
}

}  // namespace plumbline
