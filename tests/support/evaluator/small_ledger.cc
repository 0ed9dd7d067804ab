// SPDX-License-Identifier: Apache-2.0
#include "tests/support/evaluator/small_ledger.h"

#include <algorithm>

#include "base/check.h"
#include "base/limits.h"
#include "ledger/entry.h"
#include "model/wire/batch.h"

namespace plumbline::testing {
namespace {

constexpr std::size_t kChunk = 7;

PrivateKey key_of(std::uint8_t number) {
  return PrivateKey::from_seed(Bytes(32, static_cast<char>(number))).value();
}

Event event_of(std::string type, const std::string& subject, std::string_view time,
               std::vector<Field> fields) {
  std::sort(fields.begin(), fields.end(),
            [](const Field& a, const Field& b) { return a.name < b.name; });
  return {std::move(type), subject, at(time), std::move(fields)};
}

const Json& item_of(const Json* list, const std::string& id) {
  static const Json kNone;
  if (list == nullptr || !list->is_array()) return kNone;
  for (const Json& item : list->as_array()) {
    if (word(item, "id") == id) return item;
  }
  return kNone;
}

}  // namespace

Instant at(std::string_view rfc3339) {
  return parse_instant(rfc3339).value();
}

PackFiles small_pack(const std::vector<Replace>& change) {
  PackFiles files =
      load_pack_files(std::string(PLUMBLINE_SOURCE_DIR) + "/tests/evaluator/data/small").value();
  for (const Replace& replace : change) {
    Bytes& text = files.at(replace.file);
    std::size_t found = text.find(replace.from);
    CHECK(found != Bytes::npos, "a fixture is changed where it has the text: " + replace.from);
    text.replace(found, replace.from.size(), replace.to);
  }
  return files;
}

std::shared_ptr<const RuleSet> compiled(const PackFiles& files) {
  Problems problems;
  auto rules = compile_rules(files, problems);
  CHECK(rules != nullptr, "a fixture compiles: " + problems.text());
  return rules;
}

SmallLedger::SmallLedger() : office_key_(key_of(200)) {
  Genesis genesis;
  genesis.ledger_id = std::string(32, 'a');
  genesis.network = "Small";
  genesis.office_key = office_key_.public_key();
  genesis.checkpoint_key = key_of(201).public_key();
  record({"os:test", "begin", genesis}, EntryKind::kGenesis);
}

void SmallLedger::record(const OfficeRecord& office_record, EntryKind kind) {
  append(kind, encode_record(to_json(office_record), office_key_), std::nullopt);
}

void SmallLedger::add_outlet(const std::string& id, const std::string& city) {
  OutletAdded outlet;
  outlet.outlet = OutletId::parse(id).value();
  outlet.code = id;
  outlet.name_zh = id;
  outlet.name_en = id;
  if (!city.empty()) outlet.places["city"] = city;
  record({"os:test", "add", outlet});
}

void SmallLedger::activate(const PackFiles& files, bool retroactive) {
  RulesActivated rules;
  rules.pack = "small";
  rules.version = "1";
  rules.rule_hash = rule_hash(files);
  rules.retroactive = retroactive;
  rules.files = files;
  record({"os:test", "activate", rules});
}

void SmallLedger::add_facts(const std::vector<Fact>& facts) {
  record({"os:test", "facts", FactsRecorded{facts}});
}

std::size_t SmallLedger::enroll(const std::string& outlet, SourceKind source) {
  TokenCreated token;
  token.source_kind = source;
  token.historical = true;
  return enroll_as(outlet, std::move(token));
}

std::size_t SmallLedger::enroll_live(const std::string& outlet, SourceKind source) {
  TokenCreated token;
  token.source_kind = source;
  return enroll_as(outlet, std::move(token));
}

std::size_t SmallLedger::enroll_as(const std::string& outlet, TokenCreated token) {
  Stream stream;
  stream.outlet = OutletId::parse(outlet).value();
  stream.key = std::make_unique<PrivateKey>(key_of(static_cast<std::uint8_t>(streams_.size())));
  token.token_hash = sha256("token" + std::to_string(streams_.size()));
  token.outlet = stream.outlet;
  token.expires = now + Duration{kMsPerDay};
  record({"os:test", "token", token});
  KeyEnrolled enrolled;
  enrolled.key = stream.key->public_key();
  enrolled.outlet = stream.outlet;
  enrolled.stream = stream_id(enrolled.key, enrolled.outlet);
  enrolled.source_kind = token.source_kind;
  enrolled.historical = token.historical;
  enrolled.token_hash = token.token_hash;
  enrolled.software = "test";
  record({"enrollment", "token", enrolled});
  streams_.push_back(std::move(stream));
  return streams_.size() - 1;
}

BatchHeader SmallLedger::next_header(const Stream& stream) const {
  BatchHeader header;
  header.stream = stream_id(stream.key->public_key(), stream.outlet);
  header.outlet = stream.outlet;
  header.number = stream.head.next();
  header.first = stream.next;
  header.previous = stream.head_hash;
  header.wall = now + agents_ahead;
  return header;
}

LedgerIndex SmallLedger::batch(std::size_t number, const std::vector<Event>& events) {
  Stream& stream = streams_.at(number);
  SealedBatch sealed = seal_batch(next_header(stream), events, *stream.key).value();
  return append_batch(stream, sealed.header, sealed.head, sealed.content);
}

StreamId SmallLedger::stream_id_of(std::size_t stream) const {
  return stream_id(streams_.at(stream).key->public_key(), streams_.at(stream).outlet);
}

Event SmallLedger::voids(std::size_t stream, const Event& of, std::uint64_t sequence,
                         std::string_view time) {
  return amendment_event(
      {true, of.type, of.subject, stream_id_of(stream), Sequence(sequence), "entered twice", {}},
      testing::at(time));
}

Event SmallLedger::corrects(std::size_t stream, const Event& of, std::uint64_t sequence,
                            std::string_view time, std::vector<Field> fields) {
  return amendment_event({false, of.type, of.subject, stream_id_of(stream), Sequence(sequence),
                          "wrong value", std::move(fields)},
                         testing::at(time));
}

LedgerIndex SmallLedger::hostile(std::size_t number, Bytes content, std::uint32_t count) {
  Stream& stream = streams_.at(number);
  BatchHeader header = next_header(stream);
  header.count = count;
  header.content_hash = sha256(content);
  header.content_size = content.size();
  BatchHead head;
  head.header = encode_header(header);
  head.signature = stream.key->sign(batch_signed_bytes(head.header));
  return append_batch(stream, header, head, std::move(content));
}

LedgerIndex SmallLedger::append_batch(Stream& stream, const BatchHeader& header,
                                      const BatchHead& head, Bytes content) {
  stream.head = header.number;
  stream.head_hash = batch_hash(head.header);
  stream.next = Sequence(header.first.value + header.count);
  return append(EntryKind::kBatch, encode_head(head), std::move(content));
}

void SmallLedger::withdraw(LedgerIndex index) {
  entries_.at(index.value).content.reset();
}

LedgerIndex SmallLedger::append(EntryKind kind, Bytes payload, std::optional<Bytes> content) {
  LedgerIndex index(entries_.size());
  entries_.push_back({index, encode_entry({kind, now, std::move(payload)}), std::move(content)});
  return index;
}

Result<LedgerIndex> SmallLedger::read(LedgerIndex from,
                                      const std::function<Status(const StoredEntry&)>& take) {
  std::size_t index = from.value;
  for (; index < entries_.size() && index < from.value + kChunk; ++index) {
    RETURN_IF_ERROR(take(entries_[index]));
  }
  return LedgerIndex(index);
}

Result<std::vector<Hash>> SmallLedger::leaves(LedgerIndex, std::size_t) {
  return Error(Code::kNotFound, "this ledger records no leaves");
}

Result<StoredEntry> SmallLedger::at_index(LedgerIndex index) const {
  if (index.value < entries_.size()) return entries_[index.value];
  return Error(Code::kNotFound, "no such entry");
}

Event opened(const std::string& subject, std::string_view time, std::vector<Field> fields) {
  return event_of("request.opened", subject, time, std::move(fields));
}

Event closed(const std::string& subject, std::string_view time, std::vector<Field> fields) {
  bool has_items = std::any_of(fields.begin(), fields.end(),
                               [](const Field& field) { return field.name == "items"; });
  if (!has_items) fields.push_back(number_field("items", Kind::kCount, 1));
  return event_of("request.closed", subject, time, std::move(fields));
}

Event visit(const std::string& subject, std::string_view time, std::int64_t people) {
  return event_of("visit", subject, time, {number_field("people", Kind::kInteger, people)});
}

Field text_field(std::string name, Kind kind, std::string text) {
  return {std::move(name), {kind, 0, std::move(text)}};
}

Field number_field(std::string name, Kind kind, std::int64_t number) {
  return {std::move(name), {kind, number, {}}};
}

Field due_field(std::string_view time) {
  return number_field("due", Kind::kInstant, at(time).ms);
}

Json body_of(const std::vector<ResultRow>& rows, const std::string& level, const std::string& unit,
             const std::string& period) {
  for (const ResultRow& row : rows) {
    if (row.level == level && row.unit == unit && row.period == period) {
      return Json::parse(row.body).value();
    }
  }
  return {};
}

Json indicator_of(const Json& body, const std::string& id) {
  return item_of(body.find("indicators"), id);
}

Json criterion_of(const Json& body, const std::string& id) {
  const Json* blocks = body.find("blocks");
  if (blocks == nullptr) return {};
  for (const Json& block : blocks->as_array()) {
    const Json& found = item_of(block.find("criteria"), id);
    if (!found.is_null()) return found;
  }
  return {};
}

std::string word(const Json& json, const std::string& key) {
  const Json* value = json.find(key);
  if (value == nullptr) return "absent";
  return value->is_string() ? value->as_string() : value->text();
}

}  // namespace plumbline::testing
