// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "evaluator/rule_diff.h"
#include "evaluator/rule_diff_words.h"
#include "evaluator/rules_json.h"

namespace plumbline {
namespace {

std::string place_text(const Place& place) {
  return fmt::format("{}:{}:{}", place.file, place.line, place.column);
}

// 标准「服务标准」(service) › 指标「按期」(on_time)
std::string heading(const std::vector<RulePart>& where, RuleLanguage language) {
  bool zh = language == RuleLanguage::kChinese;
  std::string out;
  for (const RulePart& part : where) {
    if (!out.empty()) out += " › ";
    Title word = part_word(part.kind);
    if (part.title.zh.empty()) {
      out += fmt::format("{} {}", zh ? word.zh : word.en, part.id);
    } else if (zh) {
      out += fmt::format("{}「{}」({})", word.zh, part.title.zh, part.id);
    } else {
      out += fmt::format("{} \"{}\" ({})", word.en, part.title.en, part.id);
    }
  }
  if (!out.empty()) return out;
  return zh ? "规则包" : "pack";
}

// Changes of the pack itself stand under the file that says them.
std::string heading_of(const RuleChange& change, RuleLanguage language) {
  const Place& place = change.new_place ? *change.new_place : *change.old_place;
  if (!change.where.empty()) return heading(change.where, language);
  if (place.file != "calendar.yaml") return heading({}, language);
  return language == RuleLanguage::kChinese ? "工作日历" : "calendar";
}

const char* kind_word(RuleChange::Kind kind) {
  switch (kind) {
    case RuleChange::Kind::kAdded:
      return "added";
    case RuleChange::Kind::kRemoved:
      return "removed";
    case RuleChange::Kind::kChanged:
      return "changed";
  }
  return "changed";
}

Json place_json(const std::optional<Place>& place) {
  return place ? Json(place_text(*place)) : Json();
}

}  // namespace

std::string changes_text(const std::vector<RuleChange>& changes, RuleLanguage language) {
  std::string out;
  std::string before;
  for (const RuleChange& change : changes) {
    std::string head = heading_of(change, language);
    if (head != before) out += head + "\n";
    before = head;
    const Place& place = change.new_place ? *change.new_place : *change.old_place;
    const std::string& text = language == RuleLanguage::kChinese ? change.text.zh : change.text.en;
    out += fmt::format("  {}  [{}]\n", text, place_text(place));
  }
  return out;
}

Json changes_json(const std::vector<RuleChange>& changes) {
  Json list = Json::array();
  for (const RuleChange& change : changes) {
    Json where = Json::array();
    for (const RulePart& part : change.where) {
      Json one = Json::object().set("kind", part.kind).set("id", part.id);
      where.push(one.set("title", part.title.zh.empty() ? Json() : title_json(part.title)));
    }
    Json json = Json::object();
    json.set("where", std::move(where)).set("change", kind_word(change.kind));
    json.set("key", change.key.empty() ? Json() : Json(change.key));
    json.set("before", change.before).set("after", change.after);
    json.set("text", title_json(change.text));
    json.set("old", place_json(change.old_place)).set("new", place_json(change.new_place));
    list.push(std::move(json));
  }
  return list;
}

}  // namespace plumbline
