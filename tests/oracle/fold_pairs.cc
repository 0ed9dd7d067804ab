// SPDX-License-Identifier: Apache-2.0
// Folds (rule set, log) pairs by the product's evaluator, for the oracle in Python to compare.
//
// Each line on stdin is a pair, as tests/oracle/generate.py writes it. For each one line on stdout:
// `rows`, a list of [standard, level, unit, period, body], or `refused`, the problems of the pack.
// The ledger is made in memory by the real encoders; it is rebuilt, and folded in the pieces that
// `steps` asks for (entries taken, then as-of moved on), and the two must agree.
#include <iostream>
#include <map>
#include <string>
#include <tuple>

#include "evaluator/engine.h"
#include "evaluator/rebuild.h"
#include "tests/support/evaluator/small_ledger.h"

namespace plumbline {
namespace {

using Key = std::tuple<std::string, std::string, std::string, std::string>;

std::string text(const Json& json, std::string_view key) {
  return json.string_at(key).value();
}

Instant instant(std::int64_t ms) {
  return testing::at("1970-01-01T00:00:00Z") + Duration{ms};
}

Event event_of(const testing::SmallLedger& ledger, const Json& json) {
  Event event{
      text(json, "type"), text(json, "subject"), instant(json.integer_at("time").value()), {}};
  for (const auto& [name, pair] : json.find("fields")->as_object()) {
    Value value;
    value.kind = parse_kind(pair.as_array().at(0).as_string()).value();
    const Json& content = pair.as_array().at(1);
    if (name == "stream") {  // of an amendment: a number here
      value.text = ledger.stream_id_of(static_cast<std::size_t>(content.as_integer())).hex();
    } else if (is_text_kind(value.kind)) {
      value.text = content.as_string();
    } else {
      value.number = content.as_integer();
    }
    event.fields.push_back({name, value});
  }
  return event;
}

Fact finding_of(const Json& json) {
  Fact fact;
  fact.kind = "finding";
  fact.id = text(json, "id");
  fact.from = parse_date(text(json, "from")).value();
  if (json.find("until") != nullptr) fact.until = parse_date(text(json, "until")).value();
  fact.attributes = {{"outlet", text(json, "outlet")},
                     {"code", text(json, "code")},
                     {"document", "d"},
                     {"decided_by", "a"},
                     {"seconded_by", "b"}};
  return fact;
}

Fact exemption_of(const Json& json) {
  Fact fact;
  fact.kind = "exemption";
  fact.id = text(json, "id");
  fact.from = parse_date(text(json, "from")).value();
  fact.until = parse_date(text(json, "until")).value();
  for (const char* key : {"outlet", "standard", "criterion"}) {
    fact.attributes[key] = text(json, key);
  }
  fact.attributes["owner"] = "office";
  fact.attributes["reason"] = "flood";
  return fact;
}

// What a class or a norm has besides kind and document.
Fact fact_of(const std::string& kind, const Json& json, const std::vector<std::string>& keys) {
  Fact fact;
  fact.kind = kind;
  fact.id = text(json, "id");
  fact.from = parse_date(text(json, "from")).value();
  fact.until = parse_date(text(json, "until")).value();
  for (const std::string& key : keys) fact.attributes[key] = text(json, key);
  fact.attributes["document"] = "d";
  return fact;
}

void add_norms(testing::SmallLedger& ledger, const Json& pair) {
  for (const Json& norm : pair.find("norms")->as_array()) {
    if (instant(norm.integer_at("recorded_at").value()) != ledger.now) continue;
    ledger.add_facts({fact_of("norm", norm, {"standard", "criterion", "class", "value"})});
  }
}

void fill(testing::SmallLedger& ledger, const Json& pair, const PackFiles& files) {
  ledger.now = instant(pair.integer_at("begin").value());
  for (const Json& outlet : pair.find("outlets")->as_array()) {
    const Json* city = outlet.find("places")->find("city");
    ledger.add_outlet(text(outlet, "outlet"), city == nullptr ? "" : city->as_string());
  }
  ledger.activate(files, true);
  for (const Json& stream : pair.find("streams")->as_array()) {
    SourceKind source = parse_source_kind(text(stream, "source")).value();
    if (stream.find("historical")->as_bool()) {
      ledger.enroll(text(stream, "outlet"), source);
    } else {
      ledger.enroll_live(text(stream, "outlet"), source);
    }
  }
  for (const Json& finding : pair.find("findings")->as_array()) {
    ledger.add_facts({finding_of(finding)});
  }
  for (const Json& exemption : pair.find("exemptions")->as_array()) {
    ledger.add_facts({exemption_of(exemption)});
  }
  for (const Json& one : pair.find("classes")->as_array()) {
    ledger.add_facts({fact_of("class", one, {"outlet", "class"})});
  }
  add_norms(ledger, pair);
  const Instant begin = ledger.now;
  for (const Json& entry : pair.find("entries")->as_array()) {
    ledger.now = instant(entry.integer_at("recorded_at").value());
    ledger.agents_ahead = instant(entry.integer_at("wall").value()) - ledger.now;
    std::vector<Event> events;
    for (const Json& event : entry.find("events")->as_array()) {
      events.push_back(event_of(ledger, event));
    }
    ledger.batch(static_cast<std::size_t>(entry.integer_at("stream").value()), events);
  }
  if (ledger.now != begin) add_norms(ledger, pair);
}

std::map<Key, std::string> folded(testing::SmallLedger& ledger, const Json& steps, Instant as_of) {
  std::map<Key, std::string> rows;
  Engine engine;
  auto publish = [&] {
    for (const ResultRow& row : engine.take_changed()) {
      rows[{row.standard, row.level, row.unit, row.period}] = row.body;
    }
    for (const ResultRow& row : engine.gone()) {
      rows.erase({row.standard, row.level, row.unit, row.period});
    }
  };
  auto take = [&](std::uint64_t size) {
    size = std::min(size, ledger.length().value);
    while (engine.next().value < size) {
      CHECK(fold_chunk(ledger, engine, LedgerSize(size)).ok(), "an honest ledger folds");
    }
  };
  for (const Json& step : steps.as_array()) {
    take(engine.next().value + static_cast<std::uint64_t>(step.as_array()[0].as_integer()));
    Instant then = instant(step.as_array()[1].as_integer());
    CHECK(engine.advance(then).ok(), "as-of moves on");
    publish();
  }
  take(ledger.length().value);
  CHECK(engine.advance(as_of).ok(), "as-of moves on");
  publish();
  return rows;
}

Json answer(const Json& pair) {
  PackFiles files;
  for (const auto& [path, content] : pair.find("files")->as_object()) {
    files[path] = content.as_string();
  }
  Problems problems;
  if (compile_rules(files, problems) == nullptr) {
    return Json(Json::Object{{"refused", problems.text()}});
  }
  testing::SmallLedger ledger;
  fill(ledger, pair, files);
  Instant as_of = instant(pair.integer_at("as_of").value());
  std::map<Key, std::string> pieces = folded(ledger, *pair.find("steps"), as_of);
  Rebuilt built = rebuild(ledger, ledger.length(), as_of).value();
  Json rows = Json::array();
  for (const ResultRow& row : built.rows) {
    Key key{row.standard, row.level, row.unit, row.period};
    auto found = pieces.find(key);
    std::string other = found == pieces.end() ? "no row" : found->second;
    Json line = Json::array();
    for (const std::string& word : {row.standard, row.level, row.unit, row.period, row.body}) {
      line.push(word);
    }
    if (other != row.body) line.push(other);  // A sixth member: the fold in pieces differs.
    rows.push(std::move(line));
    pieces.erase(key);
  }
  Json out = Json::object();
  out.set("rows", std::move(rows));
  out.set("left_over", static_cast<std::int64_t>(pieces.size()));
  return out;
}

}  // namespace
}  // namespace plumbline

int main() {
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << plumbline::answer(plumbline::Json::parse(line).value()).text() << std::endl;
  }
}
