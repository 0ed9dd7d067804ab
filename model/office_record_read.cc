// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/limits.h"
#include "model/office_record.h"

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

  Result<std::uint64_t> number(std::string_view key) {
    seen_.insert(key);
    const Json* value = json_.find(key);
    if (value != nullptr && value->is_integer() && value->as_integer() >= 0) {
      return static_cast<std::uint64_t>(value->as_integer());
    }
    return invalid(fmt::format("\"{}\" is missing or not a count", key));
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

Result<StreamLink> read_link(Members& members) {
  StreamLink link;
  RETURN_IF_ERROR(members.fixed("previous_stream", link.stream));
  ASSIGN_OR_RETURN(std::uint64_t last, members.number("previous_number"));
  link.last = BatchNumber(last);
  if (last > 0) {
    RETURN_IF_ERROR(members.fixed("previous_sha256", link.last_hash));
    if (link.last_hash.is_zero()) return invalid("\"previous_sha256\" is zero");
  }
  return link;
}

// What an enrolment and a change of keys say alike: a key, and the stream that it makes.
template <typename Record>
Status read_stream(Members& members, Record& record) {
  RETURN_IF_ERROR(members.algorithm());
  RETURN_IF_ERROR(members.fixed("key", record.key));
  ASSIGN_OR_RETURN(record.outlet, members.outlet("outlet"));
  RETURN_IF_ERROR(members.fixed("stream", record.stream));
  ASSIGN_OR_RETURN(record.source_kind, read_source_kind(members));
  ASSIGN_OR_RETURN(record.historical, members.flag("historical"));
  StreamId made = stream_id(record.key, record.outlet);
  if (record.stream == made) return {};
  return invalid(
      fmt::format("\"stream\" is {}, key and outlet make {}", record.stream.hex(), made.hex()));
}

Result<KeyEnrolled> read_key(Members& members) {
  KeyEnrolled k;
  RETURN_IF_ERROR(read_stream(members, k));
  RETURN_IF_ERROR(members.fixed("token_sha256", k.token_hash));
  ASSIGN_OR_RETURN(k.software, members.text("software"));
  if (members.has("previous_stream")) {
    ASSIGN_OR_RETURN(k.previous, read_link(members));
  }
  if (members.has("restored")) {
    ASSIGN_OR_RETURN(std::string record, members.text("restored"));
    ASSIGN_OR_RETURN(k.restored, from_base64(record));
    if (k.restored.empty()) return invalid("\"restored\" is empty");
  }
  return k;
}

Result<KeyRotated> read_rotation(Members& members) {
  KeyRotated k;
  RETURN_IF_ERROR(read_stream(members, k));
  ASSIGN_OR_RETURN(k.previous, read_link(members));
  RETURN_IF_ERROR(members.fixed("consent", k.consent));
  ASSIGN_OR_RETURN(k.software, members.text("software"));
  if (k.previous.stream == k.stream) return invalid("a key takes over from itself");
  return k;
}

Result<KeyRevoked> read_revocation(Members& members) {
  KeyRevoked k;
  RETURN_IF_ERROR(members.fixed("stream", k.stream));
  return k;
}

Result<StreamConflict> read_conflict(Members& members) {
  StreamConflict c;
  RETURN_IF_ERROR(members.fixed("stream", c.stream));
  ASSIGN_OR_RETURN(std::uint64_t number, members.number("number"));
  c.number = BatchNumber(number);
  if (members.has("held_sha256")) {
    RETURN_IF_ERROR(members.fixed("held_sha256", c.held_hash));
    if (c.held_hash.is_zero()) return invalid("\"held_sha256\" is zero");
  }
  ASSIGN_OR_RETURN(std::string head, members.text("head"));
  ASSIGN_OR_RETURN(c.head, from_base64(head));
  return c;
}

Result<ContentRedacted> read_redaction(Members& members) {
  ContentRedacted c;
  ASSIGN_OR_RETURN(std::uint64_t index, members.number("index"));
  c.index = LedgerIndex(index);
  RETURN_IF_ERROR(members.fixed("batch_sha256", c.batch_hash));
  RETURN_IF_ERROR(members.fixed("content_sha256", c.content_hash));
  ASSIGN_OR_RETURN(c.second_person, members.text("second_person"));
  if (c.second_person.empty()) return invalid("\"second_person\" is empty");
  return c;
}

Result<PeriodClosed> read_closing(Members& members) {
  PeriodClosed c;
  ASSIGN_OR_RETURN(c.standard, members.text("standard"));
  ASSIGN_OR_RETURN(c.period, members.text("period"));
  if (c.standard.empty() || c.period.empty()) return invalid("a closing names what it closes");
  ASSIGN_OR_RETURN(c.revision, members.number("revision"));
  if (c.revision == 0) return invalid("\"revision\" counts from 1");
  ASSIGN_OR_RETURN(std::uint64_t size, members.number("size"));
  c.size = LedgerSize(size);
  ASSIGN_OR_RETURN(c.as_of, members.instant("as_of"));
  if (c.as_of != ceil_to_minute(c.as_of)) return invalid("\"as_of\" is not a whole minute");
  RETURN_IF_ERROR(members.fixed("rule_sha256", c.rule_hash));
  ASSIGN_OR_RETURN(c.results, members.number("results"));
  RETURN_IF_ERROR(members.fixed("root_sha256", c.root));
  return c;
}

Result<LedgerContinued> read_continuation(Members& members) {
  LedgerContinued c;
  FixedBytes<struct LedgerIdTag, 16> id;
  RETURN_IF_ERROR(members.fixed("ledger_id", id));
  c.ledger_id = id.hex();
  ASSIGN_OR_RETURN(c.lost_checkpoint, members.text("lost_checkpoint"));
  return c;
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
  if (kind == "key.rotate") return put(record, read_rotation(members));
  if (kind == "key.revoke") return put(record, read_revocation(members));
  if (kind == "stream.conflict") return put(record, read_conflict(members));
  if (kind == "content.redact") return put(record, read_redaction(members));
  if (kind == "ledger.continue") return put(record, read_continuation(members));
  if (kind == "rules.activate") return put(record, read_rules(members));
  if (kind == "registry.facts") return put(record, read_facts(members));
  if (kind == "period.close") return put(record, read_closing(members));
  return Error(Code::kUnsupported,
               fmt::format("this version knows no office record of kind \"{}\"", kind));
}

}  // namespace

Result<Fact> fact_from_json(const Json& json) {
  return read_fact(json);
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
