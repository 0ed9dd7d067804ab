// SPDX-License-Identifier: Apache-2.0
#include "model/office_record.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cctype>

#include "base/limits.h"
#include "model/wire/session.h"
#include "tests/support/wire/samples.h"

namespace plumbline {
namespace {

using testing::HasSubstr;

OfficeRecord record(decltype(OfficeRecord::body) body) {
  return {"os:clerk", "第一批", std::move(body)};
}

Genesis genesis() {
  Genesis g;
  g.ledger_id = "00112233445566778899aabbccddeeff";
  g.network = "网点 \"A\"";
  g.office_key = samples::key(1).public_key();
  g.checkpoint_key = samples::key(2).public_key();
  return g;
}

OutletAdded outlet_added() {
  return {samples::outlet("isd"), "ISD", "督查处", "Inspection", {{"city", "320100"}}};
}

TokenCreated token() {
  return {samples::hash_of("secret"), samples::outlet("isd"), SourceKind::kFeed, true,
          samples::at("2026-02-01T00:00:00Z")};
}

KeyEnrolled key() {
  KeyEnrolled k;
  k.key = samples::key(3).public_key();
  k.outlet = samples::outlet("isd");
  k.stream = stream_id(k.key, k.outlet);
  k.source_kind = SourceKind::kInspector;
  k.historical = true;
  k.token_hash = samples::hash_of("secret");
  k.software = "plumb-agent 0.1.0";
  return k;
}

RulesActivated rules() {
  RulesActivated r;
  r.pack = "boston-311";
  r.version = "1";
  r.rule_hash = samples::hash_of("rules");
  r.retroactive = true;
  r.files = {{"events.yaml", Bytes("\0\xff\n", 3)}, {"standards/service.yaml", "id: service\n"}};
  return r;
}

FactsRecorded facts() {
  return {{{"institution", "ip-1", Date{2025, 11, 3}, std::nullopt, {{"name_zh", "机构"}}},
           {"division", "320102", std::nullopt, Date{2026, 1, 1}, {{"level", "county"}}}}};
}

KeyEnrolled key_again() {
  KeyEnrolled k = key();
  k.previous =
      StreamLink{stream_id(samples::key(4).public_key(), k.outlet), BatchNumber(0), Hash()};
  return k;
}

KeyRotated rotation() {
  KeyRotated k;
  k.key = samples::key(5).public_key();
  k.outlet = samples::outlet("isd");
  k.stream = stream_id(k.key, k.outlet);
  k.previous = {stream_id(samples::key(3).public_key(), k.outlet), BatchNumber(7),
                samples::hash_of("seven")};
  k.consent = samples::key(3).sign(rotation_signed_bytes(k.previous, k.key));
  k.software = "plumb-agent 0.1.0";
  return k;
}

StreamConflict conflict() {
  return {rotation().stream, BatchNumber(9), samples::hash_of("nine"), Bytes("\0head", 5)};
}

ContentRedacted redaction() {
  return {LedgerIndex(12), samples::hash_of("batch"), samples::hash_of("content"), "os:second"};
}

PeriodClosed closing() {
  return {"service",
          "2025-03",
          2,
          LedgerSize(4711),
          samples::at("2025-04-20T08:01:00Z"),
          samples::hash_of("rules"),
          12,
          samples::hash_of("root")};
}

std::vector<OfficeRecord> all_records() {
  return {record(genesis()),
          record(outlet_added()),
          record(token()),
          record(key()),
          record(key_again()),
          record(rotation()),
          record(KeyRevoked{rotation().stream}),
          record(conflict()),
          record(StreamConflict{rotation().stream, BatchNumber(9), Hash(), "head"}),
          record(redaction()),
          record(LedgerContinued{"00112233445566778899aabbccddeeff", "a\n5\nb=\n\n"}),
          record(rules()),
          record(facts()),
          record(closing())};
}

TEST(OfficeRecord, RoundTrips) {
  for (const OfficeRecord& original : all_records()) {
    Json json = to_json(original);
    Json parsed = Json::parse(json.text()).value();
    Result<OfficeRecord> read = office_record_from_json(parsed);
    ASSERT_TRUE(read.ok()) << read.error().text();
    EXPECT_EQ(office_record_kind(*read), office_record_kind(original));
    EXPECT_EQ(to_json(*read), json);
    EXPECT_EQ(read->actor, "os:clerk");
    EXPECT_EQ(read->reason, "第一批");
  }
}

TEST(OfficeRecord, ValuesArrive) {
  auto r = std::get<RulesActivated>(office_record_from_json(to_json(record(rules())))->body);
  EXPECT_EQ(r.files, rules().files);
  EXPECT_TRUE(r.retroactive);
  EXPECT_EQ(r.rule_hash, rules().rule_hash);
  auto o = std::get<OutletAdded>(office_record_from_json(to_json(record(outlet_added())))->body);
  EXPECT_EQ(o.places, outlet_added().places);
  EXPECT_EQ(o.name_zh, "督查处");
  auto t = std::get<TokenCreated>(office_record_from_json(to_json(record(token())))->body);
  EXPECT_EQ(t.expires, token().expires);
  EXPECT_EQ(t.source_kind, SourceKind::kFeed);
}

TEST(OfficeRecord, WhatGoesOnFromAnEarlierStreamArrives) {
  auto r = std::get<KeyRotated>(office_record_from_json(to_json(record(rotation())))->body);
  EXPECT_EQ(r.previous, rotation().previous);
  EXPECT_TRUE(verify_signature(samples::key(3).public_key(),
                               rotation_signed_bytes(r.previous, r.key), r.consent));
  auto k = std::get<KeyEnrolled>(office_record_from_json(to_json(record(key_again())))->body);
  EXPECT_EQ(k.previous, key_again().previous);
  EXPECT_TRUE(k.restored.empty());
  KeyEnrolled shown = key();
  shown.restored = Bytes("\0signed", 7);
  k = std::get<KeyEnrolled>(office_record_from_json(to_json(record(shown)))->body);
  EXPECT_EQ(k.restored, shown.restored);
  auto c = std::get<StreamConflict>(office_record_from_json(to_json(record(conflict())))->body);
  EXPECT_EQ(c.head, conflict().head);
  EXPECT_EQ(c.held_hash, conflict().held_hash);
}

TEST(OfficeRecord, RecordsOfKeysAndContentsHaveTheirForm) {
  auto refused = [](const OfficeRecord& good, std::string_view member, const Json& value) {
    Json json = to_json(good);
    json.set(std::string(member), value);
    Result<OfficeRecord> read = office_record_from_json(json);
    return read.ok() ? "accepted" : read.error().text();
  };
  EXPECT_THAT(refused(record(rotation()), "previous_number", Json(std::int64_t{-1})),
              HasSubstr("not a count"));
  EXPECT_THAT(refused(record(rotation()), "previous_stream", rotation().stream.hex()),
              HasSubstr("from itself"));
  EXPECT_THAT(refused(record(rotation()), "outlet", "other"), HasSubstr("key and outlet make"));
  EXPECT_THAT(refused(record(redaction()), "second_person", ""), HasSubstr("second_person"));
  EXPECT_THAT(refused(record(conflict()), "held_sha256", std::string(64, '0')), HasSubstr("zero"));
}

TEST(OfficeRecord, FactsArriveWithTheirTimes) {
  auto r = std::get<FactsRecorded>(office_record_from_json(to_json(record(facts())))->body);
  EXPECT_EQ(r.facts, facts().facts);
  EXPECT_EQ(fact_json(r.facts[1]).text(),
            R"({"attributes":{"level":"county"},"id":"320102","kind":"division",)"
            R"("until":"2026-01-01"})");
}

TEST(OfficeRecord, FactsThatHaveNotTheirFormAreRefused) {
  const std::pair<const char*, const char*> kBad[] = {
      {R"([])", "a record of no facts"},
      {R"([1])", "a fact must be a JSON object"},
      {R"([{"kind":"a","id":"b"}])", "\"attributes\" is missing"},
      {R"([{"kind":"a","id":"b","attributes":{"x":""}}])", "the attribute \"x\" is empty"},
      {R"([{"kind":"a","id":"b","attributes":{"x":1}}])", "\"attributes.x\" is not a string"},
      {R"([{"kind":"a","id":"b","attributes":{},"from":"soon"}])", "soon"},
      {R"([{"kind":"a","id":"b","attributes":{},"from":null}])", "from"},
      {R"([{"kind":"a","id":"b","attributes":{},"known":"x"}])", "has no \"known\""},
      {R"([{"kind":"a","id":"b","attributes":{}},{"kind":"a","id":"b","attributes":{}}])",
       "stands twice in one record"},
  };
  for (const auto& [list, sentence] : kBad) {
    Json json = to_json(record(facts()));
    json.set("facts", Json::parse(list).value());
    Result<OfficeRecord> read = office_record_from_json(json);
    ASSERT_FALSE(read.ok()) << list;
    EXPECT_THAT(read.error().text(), HasSubstr(sentence)) << list;
  }
}

TEST(OfficeRecord, ASimulatedLedgerSaysUntilWhen) {
  Genesis g = genesis();
  g.simulated = true;
  g.simulated_until = samples::at("2026-06-30T16:00:00Z");
  Json json = to_json(record(g));
  EXPECT_EQ(json.string_at("simulated_until").value(), "2026-06-30T16:00:00Z");
  auto read = std::get<Genesis>(office_record_from_json(json)->body);
  EXPECT_EQ(read.simulated_until, g.simulated_until);
  g.simulated = false;
  EXPECT_FALSE(office_record_from_json(to_json(record(g))).ok());
  g.simulated = true;
  g.simulated_until.reset();
  EXPECT_FALSE(office_record_from_json(to_json(record(g))).ok());
}

TEST(OfficeRecord, TheTextIsCanonicalJson) {
  EXPECT_EQ(to_json(record(outlet_added())).text(),
            R"({"actor":"os:clerk","code":"ISD","kind":"outlet.add","name_en":"Inspection",)"
            R"("name_zh":"督查处","outlet":"isd","places":{"city":"320100"},"reason":"第一批"})");
}

TEST(OfficeRecord, AKindOfALaterVersionIsUnsupported) {
  Json json = to_json(record(outlet_added()));
  json.set("kind", "finding.open");
  Result<OfficeRecord> read = office_record_from_json(json);
  EXPECT_EQ(read.error().code(), Code::kUnsupported);
  EXPECT_THAT(read.error().sentence(), HasSubstr("\"finding.open\""));
}

// Without any one of its members, or with one more, a record is refused.
TEST(OfficeRecord, EveryMemberIsDemandedAndNoOther) {
  for (const OfficeRecord& original : all_records()) {
    const Json json = to_json(original);
    for (const auto& [key, value] : json.as_object()) {
      Json without = json;
      without.as_object().erase(key);
      // The only member of its kind that may be left out by itself.
      EXPECT_EQ(office_record_from_json(without).ok(), key == "held_sha256")
          << office_record_kind(original) << " without " << key;
      Json other = json;
      other.set(key, Json::array());
      EXPECT_FALSE(office_record_from_json(other).ok())
          << office_record_kind(original) << " with a list as " << key;
    }
    Json more = json;
    more.set("extra", 1);
    EXPECT_THAT(office_record_from_json(more).error().sentence(), HasSubstr("no \"extra\""));
  }
}

struct BadValue {
  OfficeRecord record;
  const char* key;
  Json value;
  const char* sentence;
};

TEST(OfficeRecord, BadValuesAreRefusedByName) {
  const std::string kHex = samples::hash_of("x").hex();
  std::string upper = kHex;
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  const BadValue kBad[] = {
      {record(genesis()), "ledger_id", "00", "\"ledger_id\" must be 32 lower-case"},
      {record(genesis()), "office_key", upper, "\"office_key\" must be 64 lower-case"},
      {record(genesis()), "key_algorithm", "sm2", "\"sm2\", known is \"ed25519\""},
      {record(genesis()), "simulated", 1, "\"simulated\" is missing or neither"},
      {record(outlet_added()), "outlet", "ISD", "\"ISD\" is not an outlet id"},
      {record(outlet_added()), "places", Json::object().set("city", 1), "\"places.city\""},
      {record(token()), "source_kind", "person", "\"person\" is not a source kind"},
      {record(token()), "expires", "2026-02-01T08:00:00+08:00", "must be UTC"},
      {record(token()), "expires", "soon", "soon"},
      {record(token()), "token_sha256", kHex + "00", "64 lower-case"},
      {record(key()), "stream", std::string(32, 'a'), "key and outlet make"},
      {record(closing()), "revision", 0, "counts from 1"},
      {record(closing()), "as_of", "2025-04-20T08:01:01Z", "not a whole minute"},
      {record(closing()), "period", "", "names what it closes"},
      {record(closing()), "root_sha256", "ab", "64 lower-case"},
      {record(rules()), "files", Json::object().set("../x", ""), "not the path of a rule file"},
      {record(rules()), "files", Json::object().set("a.yaml", "?"), "base64"},
      {record(rules()), "files", Json::object().set("a.yaml", 7), "\"files.a.yaml\""},
  };
  for (const BadValue& bad : kBad) {
    Json json = to_json(bad.record);
    json.set(bad.key, bad.value);
    Result<OfficeRecord> read = office_record_from_json(json);
    ASSERT_FALSE(read.ok()) << bad.key;
    EXPECT_THAT(read.error().text(), HasSubstr(bad.sentence)) << bad.key;
  }
}

TEST(OfficeRecord, PathsStayInTheirFolder) {
  for (const char* bad : {"", "/etc/passwd", "a//b", "a/", "./a", "a/../b", "..", "a b", "a\\b"}) {
    RulesActivated r = rules();
    Json json = to_json(record(r));
    Json files = Json::object();
    files.set(bad, "");
    json.set("files", files);
    EXPECT_FALSE(office_record_from_json(json).ok()) << bad;
  }
  RulesActivated r = rules();
  r.files = {{"a", ""}, {"A-b_c.d/e..f/g", ""}};
  EXPECT_TRUE(office_record_from_json(to_json(record(r))).ok());
}

TEST(OfficeRecord, AtMostSoManyFiles) {
  RulesActivated r = rules();
  for (std::size_t i = 0; i <= limits::kMaxPackFiles; ++i) r.files[fmt::format("f{}", i)] = "";
  EXPECT_THAT(office_record_from_json(to_json(record(r))).error().sentence(),
              HasSubstr("at most 256"));
}

TEST(OfficeRecord, AnythingElseIsNoRecord) {
  for (const char* text : {"null", "[]", "1", "\"genesis\"", "{}", "{\"kind\":1}"}) {
    EXPECT_FALSE(office_record_from_json(Json::parse(text).value()).ok()) << text;
  }
}

}  // namespace
}  // namespace plumbline
