// SPDX-License-Identifier: Apache-2.0
#include "model/office_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/limits.h"

namespace plumbline {
namespace {

constexpr std::string_view kKeyAlgorithm = "ed25519";
constexpr std::size_t kMaxPathBytes = 255;

Error invalid(std::string sentence) {
  return Error(Code::kInvalid, std::move(sentence));
}

// Reads the members of one object and tells at the end which of them nobody asked for.
class Members {
 public:
  explicit Members(const Json& json) : json_(json) {}

  Result<std::string> text(std::string_view key) {
    seen_.insert(key);
    return json_.string_at(key);
  }

  Result<bool> flag(std::string_view key) {
    seen_.insert(key);
    const Json* value = json_.find(key);
    if (value != nullptr && value->is_bool()) return value->as_bool();
    return invalid(fmt::format("\"{}\" is missing or neither true nor false", key));
  }

  template <typename Fixed>
  Status fixed(std::string_view key, Fixed& target) {
    ASSIGN_OR_RETURN(std::string hex, text(key));
    Result<Bytes> bytes = from_hex(hex);
    if (!bytes.ok() || hex.size() != 2 * Fixed::size || to_hex(*bytes) != hex) {
      return invalid(
          fmt::format("\"{}\" must be {} lower-case hexadecimal digits", key, 2 * Fixed::size));
    }
    ASSIGN_OR_RETURN(target, Fixed::from(*bytes, key));
    return {};
  }

  Result<Instant> instant(std::string_view key) {
    ASSIGN_OR_RETURN(std::string written, text(key));
    ASSIGN_OR_RETURN(Instant at, parse_instant(written));
    if (format_instant(at) == written) return at;
    return invalid(fmt::format("\"{}\" must be UTC in the form 2016-01-13T03:23:00Z", key));
  }

  Result<Date> date(std::string_view key) {
    ASSIGN_OR_RETURN(std::string written, text(key));
    return parse_date(written);
  }

  Result<const Json*> list(std::string_view key) {
    seen_.insert(key);
    const Json* value = json_.find(key);
    if (value != nullptr && value->is_array()) return value;
    return invalid(fmt::format("\"{}\" is missing or not a list", key));
  }

  Result<OutletId> outlet(std::string_view key) {
    ASSIGN_OR_RETURN(std::string written, text(key));
    return OutletId::parse(written);
  }

  Status algorithm() {
    ASSIGN_OR_RETURN(std::string written, text("key_algorithm"));
    if (written == kKeyAlgorithm) return {};
    return Error(Code::kUnsupported, fmt::format("the key algorithm is \"{}\", known is \"{}\"",
                                                 written, kKeyAlgorithm));
  }

  Result<std::map<std::string, std::string>> map(std::string_view key) {
    seen_.insert(key);
    const Json* value = json_.find(key);
    if (value == nullptr || !value->is_object()) {
      return invalid(fmt::format("\"{}\" is missing or not an object", key));
    }
    std::map<std::string, std::string> out;
    for (const auto& [name, item] : value->as_object()) {
      if (!item.is_string()) return invalid(fmt::format("\"{}.{}\" is not a string", key, name));
      out.emplace(name, item.as_string());
    }
    return out;
  }

  bool has(std::string_view key) const { return json_.find(key) != nullptr; }

  Status no_others() const {
    for (const auto& [key, value] : json_.as_object()) {
      if (!seen_.contains(key)) {
        return invalid(fmt::format("an office record of this kind has no \"{}\"", key));
      }
    }
    return {};
  }

 private:
  const Json& json_;
  std::set<std::string_view> seen_;
};

Json to_object(const std::map<std::string, std::string>& map) {
  Json out = Json::object();
  for (const auto& [key, value] : map) out.set(key, value);
  return out;
}

// A path that stays inside the folder that it is written to.
Status check_path(const std::string& path) {
  bool valid = !path.empty() && path.size() <= kMaxPathBytes &&
               std::all_of(path.begin(), path.end(), [](char c) {
                 return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == '/';
               });
  std::string_view rest = path;
  while (valid && !rest.empty()) {
    std::string_view part = rest.substr(0, rest.find('/'));
    valid = !part.empty() && part != "." && part != ".." && part.size() + 1 != rest.size();
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
  }
  if (valid) return {};
  return invalid(fmt::format("\"{}\" is not the path of a rule file", path.substr(0, 80)));
}

struct KindOf {
  std::string operator()(const Genesis&) const { return "genesis"; }
  std::string operator()(const OutletAdded&) const { return "outlet.add"; }
  std::string operator()(const TokenCreated&) const { return "token.create"; }
  std::string operator()(const KeyEnrolled&) const { return "key.enroll"; }
  std::string operator()(const RulesActivated&) const { return "rules.activate"; }
  std::string operator()(const FactsRecorded&) const { return "registry.facts"; }
};

struct AddBody {
  Json& json;

  void operator()(const Genesis& g) const {
    json.set("ledger_id", g.ledger_id);
    json.set("network", g.network);
    json.set("key_algorithm", kKeyAlgorithm);
    json.set("office_key", g.office_key.hex());
    json.set("checkpoint_key", g.checkpoint_key.hex());
    json.set("simulated", g.simulated);
    if (g.simulated_until.has_value()) {
      json.set("simulated_until", format_instant(*g.simulated_until));
    }
  }
  void operator()(const OutletAdded& o) const {
    json.set("outlet", o.outlet.text());
    json.set("code", o.code);
    json.set("name_zh", o.name_zh);
    json.set("name_en", o.name_en);
    json.set("places", to_object(o.places));
  }
  void operator()(const TokenCreated& t) const {
    json.set("token_sha256", t.token_hash.hex());
    json.set("outlet", t.outlet.text());
    json.set("source_kind", source_kind_name(t.source_kind));
    json.set("historical", t.historical);
    json.set("expires", format_instant(t.expires));
  }
  void operator()(const KeyEnrolled& k) const {
    json.set("key_algorithm", kKeyAlgorithm);
    json.set("key", k.key.hex());
    json.set("outlet", k.outlet.text());
    json.set("stream", k.stream.hex());
    json.set("source_kind", source_kind_name(k.source_kind));
    json.set("historical", k.historical);
    json.set("token_sha256", k.token_hash.hex());
    json.set("software", k.software);
  }
  void operator()(const RulesActivated& r) const {
    json.set("pack", r.pack);
    json.set("version", r.version);
    json.set("rule_sha256", r.rule_hash.hex());
    json.set("retroactive", r.retroactive);
    Json files = Json::object();
    for (const auto& [path, bytes] : r.files) files.set(path, to_base64(bytes));
    json.set("files", std::move(files));
  }
  void operator()(const FactsRecorded& r) const {
    Json facts = Json::array();
    for (const Fact& fact : r.facts) facts.push(fact_json(fact));
    json.set("facts", std::move(facts));
  }
};

Result<Genesis> read_genesis(Members& members) {
  Genesis g;
  FixedBytes<struct LedgerIdTag, 16> id;
  RETURN_IF_ERROR(members.fixed("ledger_id", id));
  g.ledger_id = id.hex();
  ASSIGN_OR_RETURN(g.network, members.text("network"));
  RETURN_IF_ERROR(members.algorithm());
  RETURN_IF_ERROR(members.fixed("office_key", g.office_key));
  RETURN_IF_ERROR(members.fixed("checkpoint_key", g.checkpoint_key));
  ASSIGN_OR_RETURN(g.simulated, members.flag("simulated"));
  if (members.has("simulated_until")) {
    ASSIGN_OR_RETURN(g.simulated_until, members.instant("simulated_until"));
  }
  if (g.simulated != g.simulated_until.has_value()) {
    return invalid("a simulated ledger, and no other, has \"simulated_until\"");
  }
  return g;
}

Result<OutletAdded> read_outlet(Members& members) {
  OutletAdded o;
  ASSIGN_OR_RETURN(o.outlet, members.outlet("outlet"));
  ASSIGN_OR_RETURN(o.code, members.text("code"));
  ASSIGN_OR_RETURN(o.name_zh, members.text("name_zh"));
  ASSIGN_OR_RETURN(o.name_en, members.text("name_en"));
  ASSIGN_OR_RETURN(o.places, members.map("places"));
  return o;
}

Result<SourceKind> read_source_kind(Members& members) {
  ASSIGN_OR_RETURN(std::string written, members.text("source_kind"));
  return parse_source_kind(written);
}

Result<TokenCreated> read_token(Members& members) {
  TokenCreated t;
  RETURN_IF_ERROR(members.fixed("token_sha256", t.token_hash));
  ASSIGN_OR_RETURN(t.outlet, members.outlet("outlet"));
  ASSIGN_OR_RETURN(t.source_kind, read_source_kind(members));
  ASSIGN_OR_RETURN(t.historical, members.flag("historical"));
  ASSIGN_OR_RETURN(t.expires, members.instant("expires"));
  return t;
}

Result<KeyEnrolled> read_key(Members& members) {
  KeyEnrolled k;
  RETURN_IF_ERROR(members.algorithm());
  RETURN_IF_ERROR(members.fixed("key", k.key));
  ASSIGN_OR_RETURN(k.outlet, members.outlet("outlet"));
  RETURN_IF_ERROR(members.fixed("stream", k.stream));
  ASSIGN_OR_RETURN(k.source_kind, read_source_kind(members));
  ASSIGN_OR_RETURN(k.historical, members.flag("historical"));
  RETURN_IF_ERROR(members.fixed("token_sha256", k.token_hash));
  ASSIGN_OR_RETURN(k.software, members.text("software"));
  if (StreamId stream = stream_id(k.key, k.outlet); stream != k.stream) {
    return invalid(
        fmt::format("\"stream\" is {}, key and outlet make {}", k.stream.hex(), stream.hex()));
  }
  return k;
}

Result<RulesActivated> read_rules(Members& members) {
  RulesActivated r;
  ASSIGN_OR_RETURN(r.pack, members.text("pack"));
  ASSIGN_OR_RETURN(r.version, members.text("version"));
  RETURN_IF_ERROR(members.fixed("rule_sha256", r.rule_hash));
  ASSIGN_OR_RETURN(r.retroactive, members.flag("retroactive"));
  ASSIGN_OR_RETURN(auto files, members.map("files"));
  if (files.size() > limits::kMaxPackFiles) {
    return invalid(fmt::format("a rule set of {} files, at most {} are allowed", files.size(),
                               limits::kMaxPackFiles));
  }
  for (const auto& [path, base64] : files) {
    RETURN_IF_ERROR(check_path(path));
    ASSIGN_OR_RETURN(r.files[path], from_base64(base64));
  }
  return r;
}

Result<Fact> read_fact(const Json& json) {
  if (!json.is_object()) return invalid("a fact must be a JSON object");
  Members members(json);
  Fact fact;
  ASSIGN_OR_RETURN(fact.kind, members.text("kind"));
  ASSIGN_OR_RETURN(fact.id, members.text("id"));
  if (members.has("from")) {
    ASSIGN_OR_RETURN(fact.from, members.date("from"));
  }
  if (members.has("until")) {
    ASSIGN_OR_RETURN(fact.until, members.date("until"));
  }
  ASSIGN_OR_RETURN(fact.attributes, members.map("attributes"));
  RETURN_IF_ERROR(members.no_others());
  for (const auto& [name, value] : fact.attributes) {
    if (value.empty()) return invalid(fmt::format("the attribute \"{}\" is empty", name));
  }
  return fact;
}

Result<FactsRecorded> read_facts(Members& members) {
  ASSIGN_OR_RETURN(const Json* list, members.list("facts"));
  if (list->as_array().empty()) return invalid("a record of no facts");
  FactsRecorded r;
  std::set<std::pair<std::string, std::string>> seen;
  for (const Json& item : list->as_array()) {
    ASSIGN_OR_RETURN(Fact fact, read_fact(item));
    if (!seen.emplace(fact.kind, fact.id).second) {
      return invalid(fmt::format("the {} \"{}\" stands twice in one record", fact.kind, fact.id));
    }
    r.facts.push_back(std::move(fact));
  }
  return r;
}

template <typename Body>
Status put(OfficeRecord& record, Result<Body> body) {
  if (!body.ok()) return body.error();
  record.body = std::move(body).value();
  return {};
}

Status read_body(const std::string& kind, Members& members, OfficeRecord& record) {
  if (kind == "genesis") return put(record, read_genesis(members));
  if (kind == "outlet.add") return put(record, read_outlet(members));
  if (kind == "token.create") return put(record, read_token(members));
  if (kind == "key.enroll") return put(record, read_key(members));
  if (kind == "rules.activate") return put(record, read_rules(members));
  if (kind == "registry.facts") return put(record, read_facts(members));
  return Error(Code::kUnsupported,
               fmt::format("this version knows no office record of kind \"{}\"", kind));
}

}  // namespace

std::string office_record_kind(const OfficeRecord& record) {
  return std::visit(KindOf(), record.body);
}

Json fact_json(const Fact& fact) {
  Json json = Json::object();
  json.set("kind", fact.kind).set("id", fact.id);
  if (fact.from.has_value()) json.set("from", format_date(*fact.from));
  if (fact.until.has_value()) json.set("until", format_date(*fact.until));
  json.set("attributes", to_object(fact.attributes));
  return json;
}

Result<Fact> fact_from_json(const Json& json) {
  return read_fact(json);
}

Json to_json(const OfficeRecord& record) {
  Json json = Json::object();
  json.set("kind", office_record_kind(record));
  json.set("actor", record.actor);
  json.set("reason", record.reason);
  std::visit(AddBody{json}, record.body);
  return json;
}

Result<OfficeRecord> office_record_from_json(const Json& json) {
  if (!json.is_object()) return invalid("an office record must be a JSON object");
  Members members(json);
  ASSIGN_OR_RETURN(std::string kind, members.text("kind"));
  OfficeRecord record;
  ASSIGN_OR_RETURN(record.actor, members.text("actor"));
  ASSIGN_OR_RETURN(record.reason, members.text("reason"));
  RETURN_IF_ERROR(read_body(kind, members, record));
  RETURN_IF_ERROR(members.no_others());
  return record;
}

}  // namespace plumbline
