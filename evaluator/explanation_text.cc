// SPDX-License-Identifier: Apache-2.0
#include "evaluator/explanation_text.h"

#include <fmt/format.h>

#include <string_view>

namespace plumbline {
namespace {

const Json& member(const Json& json, std::string_view key) {
  static const Json kNull;
  const Json* value = json.is_object() ? json.find(key) : nullptr;
  return value == nullptr ? kNull : *value;
}

const Json::Array& list(const Json& json, std::string_view key) {
  static const Json::Array kNone;
  const Json& value = member(json, key);
  return value.is_array() ? value.as_array() : kNone;
}

// Text of a member, digits of an integer, a dash for null or absence.
std::string plain(const Json& json, std::string_view key) {
  const Json& value = member(json, key);
  if (value.is_string()) return value.as_string();
  return value.is_integer() ? std::to_string(value.as_integer()) : "—";
}

class Writer {
 public:
  explicit Writer(Language language) : zh_(language == Language::kChinese) {}

  std::string all(const Json& explanation) {
    head(explanation);
    acting(explanation);
    lines(explanation);
    missing(explanation);
    improvement(member(explanation, "improvement"));
    return std::move(out_);
  }

 private:
  // One of two sentences.
  std::string_view say(std::string_view zh, std::string_view en) const { return zh_ ? zh : en; }

  // The text of a {"zh","en"}, "" for anything else.
  std::string words(const Json& title) const {
    const Json& text = member(title, zh_ ? "zh" : "en");
    return text.is_string() ? text.as_string() : "";
  }
  std::string words(const Json& json, std::string_view key) const {
    return words(member(json, key));
  }

  void put(int depth, std::string_view text) {
    out_.append(static_cast<std::size_t>(depth) * 2, ' ').append(text).push_back('\n');
  }

  void head(const Json& json) {
    std::string name = words(json, "unit_title");
    std::string unit = plain(json, "unit");
    const Json& period = member(json, "period");
    const Json& ended = member(period, "ended");
    const bool is_over = ended.is_bool() && ended.as_bool();
    put(0, name.empty() ? unit : fmt::format(fmt::runtime(say("{}（{}）", "{} ({})")), name, unit));
    put(0, fmt::format(fmt::runtime(say("{}，{}（{}）", "{}, {} ({})")),
                       words(member(json, "standard"), "title"), plain(period, "id"),
                       is_over ? say("已结束", "ended") : say("进行中", "running")));
    put(0, fmt::format(fmt::runtime(say("计算至 {}，存证账本前 {} 条",
                                        "as of {}, the first {} "
                                        "entries of the ledger")),
                       plain(json, "as_of"), plain(json, "size")));
    put(0, "");
    const Json& grade = member(json, "grade");
    put(0, fmt::format(fmt::runtime(say("得分 {}，等次 {}；{}", "Score {}, grade {}; {}")),
                       plain(json, "score"),
                       grade.is_null() ? std::string(say("无", "none")) : words(grade, "title"),
                       verdict_word(plain(json, "verdict"))));
    if (!member(json, "error").is_null()) put(1, plain(json, "error"));
  }

  std::string_view verdict_word(const std::string& id) const {
    if (id == "met") return say("达标", "attained");
    if (id == "not_met") return say("未达标", "not attained");
    if (id == "insufficient_data") return say("数据不足", "insufficient data");
    if (id == "not_reported") return say("未报送", "not reported");
    return say("不适用", "not applicable");
  }

  void acting(const Json& json) {
    for (const char* key : {"vetoes", "caps"}) {
      for (const Json& one : list(json, key)) {
        put(1, words(one, "text"));
        put(2, fmt::format(fmt::runtime(say("依据：{}", "basis: {}")), plain(one, "basis")));
      }
    }
    const Json& by_score = member(json, "grade_by_score");
    if (by_score == member(json, "grade") || by_score.is_null()) return;
    put(1, fmt::format(fmt::runtime(say("仅按得分为「{}」", "by the score alone: {}")),
                       words(by_score, "title")));
  }

  void lines(const Json& json) {
    put(0, "");
    put(0, say("得分由来", "How the score comes about"));
    std::string block;
    for (const Json& line : list(json, "lines")) {
      if (plain(line, "block") != block) put(1, words(line, "block_title"));
      block = plain(line, "block");
      one_line(line);
    }
    put(1, fmt::format(fmt::runtime(say("合计 {} 分", "Sum {} points")), plain(json, "sum")));
  }

  void one_line(const Json& line) {
    std::string sample = words(line, "sample_text");
    put(2, fmt::format("{}  {} / {}  {}", words(line, "title"), plain(line, "points"),
                       plain(line, "weight_used"), verdict_word(plain(line, "verdict"))));
    put(3,
        fmt::format(fmt::runtime(say("{}：{}（{}）；达标线 {}", "{}: {} ({}); attained with {}")),
                    words(line, "indicator_title"), words(line, "figure_text"), sample,
                    words(line, "threshold_text")));
    put(3, fmt::format(fmt::runtime(say("规则：{}", "rule: {}")), words(line, "rule_text")));
    if (!member(line, "redistributed_text").is_null()) put(3, words(line, "redistributed_text"));
    cases(member(line, "cases"));
  }

  void cases(const Json& json) {
    const Json::Array& shown = list(json, "cases");
    if (shown.empty()) return;
    const bool against = plain(json, "kind") == "against";
    put(3, fmt::format(fmt::runtime(against ? say("对它不利的 {} 件，列出最近 {} 件：",
                                                  "against it: {}, the newest {}:")
                                            : say("计入的 {} 件，列出最近 {} 件：",
                                                  "counted: {}, the newest {}:")),
                       plain(json, "total"), shown.size()));
    for (const Json& one : shown) {
      std::string places;
      for (const Json& at : list(one, "positions")) {
        places += fmt::format("{}{}/{}", places.empty() ? "" : ", ", plain(at, "entry"),
                              plain(at, "sequence"));
      }
      put(4, fmt::format(fmt::runtime(say("{} {}：{} [账本 {}]", "{} {}: {} [ledger {}]")),
                         words(one, "title"), plain(one, "subject"), words(one, "why"), places));
    }
  }

  void missing(const Json& json) {
    std::string weight = plain(json, "weight_without_data");
    if (weight == "0.00" || weight == "—") return;
    put(0, "");
    put(0, say("数据不足的指标", "Missing data"));
    if (member(json, "score").is_null()) {
      return put(1, say("没有一项指标可以计分", "no criterion can be scored"));
    }
    put(1, fmt::format(
               fmt::runtime(say("{} 分的指标数据不足，分值已按比例调整到其他指标",
                                "criteria of {} points have too little data; their points went to "
                                "the others in proportion")),
               weight));
  }

  void improvement(const Json& json) {
    put(0, "");
    put(0, say("怎样提分", "What would raise it"));
    if (json.is_null()) return put(1, say("无法计算", "cannot be computed"));
    put(1, words(json, "text"));
    put(1, words(json, "note"));
    for (const Json& held : list(json, "held")) put(2, words(held));
    for (const char* key : {"pair", "cheapest"}) {
      if (!member(json, key).is_null()) put(2, words(member(json, key), "text"));
    }
    const Json& next = member(json, "next_grade_text");
    for (const Json& cap : list(json, "caps")) {
      put(1, words(cap, "title"));
      for (const Json& move : list(cap, "moves")) one_move(move, next);
    }
    for (const Json& criterion : list(json, "criteria")) {
      const Json& complete = member(criterion, "complete");
      if (complete.is_bool() && complete.as_bool()) continue;
      put(1, fmt::format("{}  {} / {}", words(criterion, "title"), plain(criterion, "points"),
                         plain(criterion, "weight_used")));
      if (!member(criterion, "note").is_null()) put(2, words(criterion, "note"));
      for (const Json& move : list(criterion, "moves")) one_move(move, next);
    }
  }

  void one_move(const Json& move, const Json& next) {
    std::string way = words(move, "way_text");
    std::string said;
    auto add = [&](std::string_view what, const Json& reach) {
      if (reach.is_null()) return;
      said += fmt::format(fmt::runtime(say("{}{} {}", "{}{}: {}")),
                          said.empty() ? "" : say("；", "; "), what, words(reach, "text"));
    };
    add(say("多得分", "more points"), member(move, "points"));
    add(say("达标", "attained"), member(move, "met"));
    add(say("满分", "all points"), member(move, "full"));
    if (!next.is_null()) {
      add(words(next), member(move, "next_grade"));
    }
    put(2, fmt::format(fmt::runtime(say("{}：{}", "{} - {}")), way, said));
  }

  const bool zh_;
  std::string out_;
};

}  // namespace

std::string explanation_text(const Json& explanation, Language language) {
  return Writer(language).all(explanation);
}

}  // namespace plumbline
