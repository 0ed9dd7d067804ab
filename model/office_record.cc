// SPDX-License-Identifier: Apache-2.0
#include "model/office_record.h"

#include <cstdint>

namespace plumbline {
namespace {

constexpr std::string_view kKeyAlgorithm = "ed25519";

Json to_object(const std::map<std::string, std::string>& map) {
  Json out = Json::object();
  for (const auto& [key, value] : map) out.set(key, value);
  return out;
}

struct KindOf {
  std::string operator()(const Genesis&) const { return "genesis"; }
  std::string operator()(const OutletAdded&) const { return "outlet.add"; }
  std::string operator()(const TokenCreated&) const { return "token.create"; }
  std::string operator()(const KeyEnrolled&) const { return "key.enroll"; }
  std::string operator()(const KeyRotated&) const { return "key.rotate"; }
  std::string operator()(const KeyRevoked&) const { return "key.revoke"; }
  std::string operator()(const StreamConflict&) const { return "stream.conflict"; }
  std::string operator()(const ContentRedacted&) const { return "content.redact"; }
  std::string operator()(const LedgerContinued&) const { return "ledger.continue"; }
  std::string operator()(const RulesActivated&) const { return "rules.activate"; }
  std::string operator()(const FactsRecorded&) const { return "registry.facts"; }
  std::string operator()(const PeriodClosed&) const { return "period.close"; }
};

// Numbers of batches and entries as integers of JSON; both stay far under 2^63.
std::int64_t integer(std::uint64_t value) {
  CHECK(value <= static_cast<std::uint64_t>(INT64_MAX), "a number of the ledger fits 63 bits");
  return static_cast<std::int64_t>(value);
}

struct AddBody {
  Json& json;

  template <typename Record>
  void stream(const Record& record) const {
    json.set("key_algorithm", kKeyAlgorithm);
    json.set("key", record.key.hex());
    json.set("outlet", record.outlet.text());
    json.set("stream", record.stream.hex());
    json.set("source_kind", source_kind_name(record.source_kind));
    json.set("historical", record.historical);
  }
  void link(const StreamLink& previous) const {
    json.set("previous_stream", previous.stream.hex());
    json.set("previous_number", integer(previous.last.value));
    if (previous.last.value > 0) json.set("previous_sha256", previous.last_hash.hex());
  }

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
    stream(k);
    json.set("token_sha256", k.token_hash.hex());
    json.set("software", k.software);
    if (k.previous.has_value()) link(*k.previous);
    if (!k.restored.empty()) json.set("restored", to_base64(k.restored));
  }
  void operator()(const KeyRotated& k) const {
    stream(k);
    link(k.previous);
    json.set("consent", k.consent.hex());
    json.set("software", k.software);
  }
  void operator()(const KeyRevoked& k) const { json.set("stream", k.stream.hex()); }
  void operator()(const StreamConflict& c) const {
    json.set("stream", c.stream.hex());
    json.set("number", integer(c.number.value));
    if (!c.held_hash.is_zero()) json.set("held_sha256", c.held_hash.hex());
    json.set("head", to_base64(c.head));
  }
  void operator()(const ContentRedacted& c) const {
    json.set("index", integer(c.index.value));
    json.set("batch_sha256", c.batch_hash.hex());
    json.set("content_sha256", c.content_hash.hex());
    json.set("second_person", c.second_person);
  }
  void operator()(const LedgerContinued& c) const {
    json.set("ledger_id", c.ledger_id);
    json.set("lost_checkpoint", c.lost_checkpoint);
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
  void operator()(const PeriodClosed& c) const {
    json.set("standard", c.standard);
    json.set("period", c.period);
    json.set("revision", integer(c.revision));
    json.set("size", integer(c.size.value));
    json.set("as_of", format_instant(c.as_of));
    json.set("rule_sha256", c.rule_hash.hex());
    json.set("results", integer(c.results));
    json.set("root_sha256", c.root.hex());
  }
};

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

Json to_json(const OfficeRecord& record) {
  Json json = Json::object();
  json.set("kind", office_record_kind(record));
  json.set("actor", record.actor);
  json.set("reason", record.reason);
  std::visit(AddBody{json}, record.body);
  return json;
}

}  // namespace plumbline
