// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "base/check.h"
#include "base/json.h"
#include "evaluator/case_words.h"
#include "evaluator/rule_fold.h"
#include "evaluator/rule_test.h"
#include "evaluator/target_fold.h"
#include "model/wire/batch.h"

namespace plumbline {
namespace {

constexpr const char* kNone = "none";

std::string scalar_text(const Json& value) {
  if (value.is_null()) return kNone;
  return value.is_string() ? value.as_string() : value.text();
}

// 80 is 80.00; everything else is the same text or not.
bool same(const std::string& expected, const std::string& actual) {
  if (expected == actual) return true;
  auto wanted = parse_decimal(expected);
  auto found = parse_decimal(actual);
  return wanted.ok() && found.ok() && *wanted == *found;
}

std::string ids_of(const Json* list) {
  std::vector<std::string> ids;
  if (list == nullptr) return kNone;
  for (const Json& item : list->as_array()) {
    ids.push_back(item.is_string() ? item.as_string() : scalar_text(*item.find("id")));
  }
  return ids.empty() ? kNone : fmt::format("{}", fmt::join(ids, ", "));
}

// The list's objects by their ids.
Json by_id(const Json& list) {
  Json out = Json::object();
  for (const Json& item : list.as_array()) out.set(scalar_text(*item.find("id")), item);
  return out;
}

// What a body says, in the words of a test.
Json said_by(const std::string& body) {
  Result<Json> parsed = Json::parse(body);
  CHECK(parsed.ok(), "a body is JSON");
  Json said = std::move(*parsed);
  for (const char* list : {"vetoes", "caps", "missing", "exemptions"}) {
    if (said.find(list) != nullptr) said.set(list, ids_of(said.find(list)));
  }
  for (const char* part : {"flags", "amended"}) {
    if (said.find(part) == nullptr) continue;
    const Json::Object counts = said.find(part)->as_object();
    for (const auto& [word, count] : counts) said.set(word, count);
  }
  if (const Json* excluded = said.find("excluded")) {
    said.set("excluded", std::int64_t(excluded->as_array().size()));
  }
  if (const Json* trajectory = said.find("trajectory")) {
    said.set("months", std::int64_t(trajectory->as_array().size()));
  }
  if (const Json* readings = said.find("readings")) said.set("readings", by_id(*readings));
  if (const Json* aside = said.find("set_aside")) said.set("set_aside", *aside->find("count"));
  if (const Json* blocks = said.find("blocks")) {
    Json criteria = Json::object();
    for (const Json& block : blocks->as_array()) {
      for (const Json& line : block.find("criteria")->as_array()) {
        Json flat = line;
        if (const Json* norm = line.find("norm")) {
          const Json of_class = *norm->find("class");
          flat.set("norm", *norm->find("value")).set("class", of_class);
        }
        criteria.set(scalar_text(*line.find("id")), std::move(flat));
      }
    }
    said.set("criteria", std::move(criteria));
  }
  if (const Json* figures = said.find("indicators")) said.set("figures", by_id(*figures));
  return said;
}

std::string found_at(const Json& said, const std::vector<std::string>& path) {
  const Json* at = &said;
  for (const std::string& key : path) {
    at = at->is_object() ? at->find(key) : nullptr;
    if (at == nullptr) return kNone;
  }
  return scalar_text(*at);
}

void compare(const Json& said, const std::string& what, const std::vector<RuleCheck>& checks,
             std::vector<RuleDifference>& differences) {
  for (const RuleCheck& check : checks) {
    std::string actual = found_at(said, check.path);
    if (same(check.expected, actual)) continue;
    differences.push_back({check.place, fmt::format("{}: {}", what, fmt::join(check.path, ".")),
                           check.expected, std::move(actual)});
  }
}

class Run {
 public:
  Run(const RuleSet& rules, const RuleTest& test)
      : rules_(rules), test_(test), fold_(unowned(rules), PeriodRange{}) {
    for (const OutletAdded& outlet : test.outlets) fold_.add_outlet(outlet);
    for (std::size_t f = 0; f < test.facts.size(); ++f) {
      facts_.add(LedgerIndex(f), test.facts[f].recorded_at, test.facts[f].fact);
      fold_.add_fact(test.facts[f].fact, test.facts[f].recorded_at);
    }
    for (std::size_t e = 0; e < test.events.size(); ++e) apply(test.events[e], LedgerIndex(e));
    fold_.advance(test.as_of);
  }

  std::vector<RuleDifference> differences() {
    std::vector<RuleDifference> out;
    for (const RuleTest::Row& row : test_.rows) check_row(row, out);
    for (const RuleTest::Explained& explained : test_.explained) check_words(explained, out);
    return out;
  }

 private:
  // The caller's rule set outlives the run.
  static std::shared_ptr<const RuleSet> unowned(const RuleSet& rules) {
    return {std::shared_ptr<const RuleSet>(), &rules};
  }

  // Each event is a batch, so that the order of the file is that of the ledger.
  void apply(const RuleTest::Event& given, LedgerIndex index) {
    std::uint64_t& sequence = sequences_[{given.outlet, given.source}];
    BatchHeader header;
    header.outlet = given.outlet;
    header.stream = rule_test_stream(given.outlet, given.source);
    header.number = BatchNumber(++sequence);
    header.first = Sequence(sequence);
    header.count = 1;
    header.wall = given.sealed_at;
    Result<Bytes> bytes = encode_content(std::span(&given.event, 1));
    RuleFold::Batch batch{index, given.recorded_at, &header, nullptr, "", "", false, given.source};
    std::optional<Content> content;
    if (bytes.ok()) {
      Result<Content> decoded = decode_content(*bytes, 1);
      if (decoded.ok()) content = std::move(*decoded);
    }
    if (content) {
      batch.content = &*content;
    } else {
      batch.problem = "undecodable";
    }
    fold_.apply(batch);
  }

  void check_row(const RuleTest::Row& row, std::vector<RuleDifference>& out) {
    std::string what = fmt::format("{} {} {} {}", row.standard, row.level, row.unit, row.period);
    std::optional<ResultRow> found;
    if (row.standard.starts_with(kTargetRows)) {
      for (const ResultRow& target : target_rows(rules_, facts_, test_.as_of)) {
        bool is_it = target.standard == row.standard && target.level == row.level &&
                     target.unit == row.unit && target.period == row.period;
        if (is_it) found = target;
      }
    } else {
      found = fold_.row(row.standard, row.level, row.unit, row.period);
    }
    if (found.has_value() == row.absent) {
      constexpr const char* kRow = "a row";
      constexpr const char* kNoRow = "no row";
      out.push_back({row.place, what, row.absent ? kNoRow : kRow, row.absent ? kRow : kNoRow});
      return;
    }
    if (found) compare(said_by(found->body), what, row.checks, out);
  }

  void check_words(const RuleTest::Explained& explained, std::vector<RuleDifference>& out) {
    const Standard& standard = rules_.standards[explained.standard];
    const Indicator& indicator = standard.indicators[explained.indicator];
    std::string what = fmt::format("case {} of {} for {}", explained.subject,
                                   explained.outlet.text(), indicator.id);
    std::size_t outlet = 0;
    while (test_.outlets[outlet].outlet != explained.outlet) ++outlet;
    const CaseBook& book = fold_.cases();
    for (CaseId id = 0; id < book.size(); ++id) {
      const Case& of = book.at(id);
      bool is_it = of.subject == explained.subject && of.outlet == outlet &&
                   of.type == indicator.type_index && of.listed();
      if (!is_it) continue;
      CaseView view;
      view.indicator = &indicator;
      view.contribution = fold_.contribution(id, explained.standard, explained.indicator);
      if (explained.period) {
        view.days =
            fold_.days_of(explained.standard, explained.indicator, of.outlet, *explained.period);
      }
      Title words = why_text(of, rules_.pack->events.types[of.type], view);
      Json said = Json::object().set("zh", words.zh).set("en", words.en);
      said.set("counts", view.counts());
      compare(said, what, explained.checks, out);
      return;
    }
    out.push_back({explained.place, what, "a case", "no case"});
  }

  const RuleSet& rules_;
  const RuleTest& test_;
  RuleFold fold_;
  FactBook facts_;
  std::map<std::pair<OutletId, SourceKind>, std::uint64_t> sequences_;
};

}  // namespace

StreamId rule_test_stream(const OutletId& outlet, SourceKind source) {
  Hash hash = sha256(fmt::format("{} {}", source_kind_name(source), outlet.text()));
  StreamId stream;
  std::copy_n(hash.data.begin(), StreamId::size, stream.data.begin());
  return stream;
}

std::string RuleDifference::text() const {
  return fmt::format("{}:{}:{}: {}: expected {}, found {}", place.file, place.line, place.column,
                     what, expected, actual);
}

std::vector<RuleDifference> run_rule_test(const RuleSet& rules, const RuleTest& test) {
  return Run(rules, test).differences();
}

}  // namespace plumbline
