// SPDX-License-Identifier: Apache-2.0
#include "evaluator/improvement_json.h"

#include <fmt/format.h>

#include "evaluator/improvement_words.h"
#include "evaluator/rules_json.h"

namespace plumbline {
namespace {

Json points_json(const std::optional<Decimal>& points) {
  return points ? Json(format_decimal(*points, 2)) : Json();
}

const char* way_name(Way way) {
  switch (way) {
    case Way::kAdditional:
      return "additional";
    case Way::kTurned:
      return "turned";
    case Way::kGone:
      return "gone";
  }
  return "additional";
}

const char* reach_name(Reach::Kind kind) {
  switch (kind) {
    case Reach::Kind::kAlready:
      return "already";
    case Reach::Kind::kCases:
      return "cases";
    case Reach::Kind::kTooLate:
      return "too_late";
    case Reach::Kind::kNotReachable:
      return "not_reachable";
  }
  return "not_reachable";
}

bool has_number(const Reach& reach) {
  return reach.kind == Reach::Kind::kCases || reach.kind == Reach::Kind::kTooLate;
}

Json reach_json(const Standard& standard, const Reach& reach) {
  Json json = Json::object();
  json.set("kind", reach_name(reach.kind)).set("text", title_json(reach_text(reach)));
  json.set("cases", has_number(reach) ? Json(reach.cases) : Json());
  json.set("points", points_json(reach.points)).set("score", points_json(reach.score));
  return json.set("grade", grade_json(standard, reach.grade));
}

Title then(const Title& deed, const Title& outcome) {
  return {fmt::format("{} → {}", deed.zh, outcome.zh), fmt::format("{} → {}", deed.en, outcome.en)};
}

// The deed in words with its number: the least for the next grade, or else for the line.
Json deed_json(const Standard& standard, const Aim& aim, const Move& move) {
  for (const Reach* reach : {&move.next_grade, &move.met, &move.full, &move.points}) {
    if (!has_number(*reach)) continue;
    return title_json(deed_text(standard, aim, move, reach->cases));
  }
  return nullptr;
}

Json moves_json(const Standard& standard, const Aim& aim, const Moves& moves) {
  Json list = Json::array();
  for (const Move& move : moves) {
    const Indicator& indicator = standard.indicators[move.indicator];
    Json json = Json::object();
    json.set("way", way_name(move.way)).set("indicator", indicator.id);
    json.set("indicator_title", title_json(indicator.title)).set("open", move.open);
    json.set("way_text", title_json(way_text(standard, aim, move)));
    json.set("text", deed_json(standard, aim, move));
    if (!aim.cap) {
      json.set("points", reach_json(standard, move.points));
      json.set("full", reach_json(standard, move.full));
    }
    json.set("met", reach_json(standard, move.met));
    json.set("next_grade", reach_json(standard, move.next_grade));
    list.push(std::move(json));
  }
  return list;
}

Json criterion_json(const Standard& standard, const Improvement& improvement, std::size_t b,
                    std::size_t c) {
  const Criterion& criterion = standard.blocks[b].criteria[c];
  const CriterionLine& line = improvement.now.card.blocks[b][c];
  Json json = Json::object();
  json.set("block", standard.blocks[b].id).set("criterion", criterion.id);
  json.set("title", title_json(criterion.title));
  json.set("verdict", verdict_name(line.verdict)).set("points", points_json(line.points));
  json.set("weight_used", points_json(line.weight_used));
  const bool counts_cases = !improvement.criteria[b][c].empty();
  const bool complete = line.points && *line.points == line.weight_used;
  json.set("complete", complete);
  json.set("note", nullptr);
  if (!counts_cases && !complete) {
    json.set("note", title_json({"取决于每件的数值或已发生的件，无法用增加件数回答",
                                 "hangs on the value of each case or on what has happened "
                                 "already: no number of more cases answers it"}));
  }
  Aim aim = aim_of_criterion(standard, b, c);
  return json.set("moves", moves_json(standard, aim, improvement.criteria[b][c]));
}

Json caps_json(const Standard& standard, const Improvement& improvement) {
  Json list = Json::array();
  for (std::size_t i = 0; i < improvement.held.caps.size(); ++i) {
    const std::size_t c = improvement.held.caps[i];
    Json json = Json::object();
    json.set("cap", standard.caps[c].id).set("title", title_json(standard.caps[c].title));
    json.set("moves", moves_json(standard, aim_of_cap(standard, c), improvement.caps[i]));
    list.push(std::move(json));
  }
  return list;
}

// One move for the next grade, with all that is needed to say it.
struct Cheapest {
  Title title;
  Aim aim;
  const Move* move = nullptr;
};

// The fewest cases that can still come and alone lift the grade, the first of equals.
Cheapest cheapest_of(const Standard& standard, const Improvement& improvement) {
  Cheapest best;
  auto take = [&](const Title& title, const Aim& aim, const Moves& moves) {
    for (const Move& move : moves) {
      if (move.next_grade.kind != Reach::Kind::kCases) continue;
      if (best.move != nullptr && best.move->next_grade.cases <= move.next_grade.cases) continue;
      best = {title, aim, &move};
    }
  };
  for (std::size_t b = 0; b < improvement.criteria.size(); ++b) {
    for (std::size_t c = 0; c < improvement.criteria[b].size(); ++c) {
      take(standard.blocks[b].criteria[c].title, aim_of_criterion(standard, b, c),
           improvement.criteria[b][c]);
    }
  }
  for (std::size_t i = 0; i < improvement.caps.size(); ++i) {
    const std::size_t c = improvement.held.caps[i];
    take(standard.caps[c].title, aim_of_cap(standard, c), improvement.caps[i]);
  }
  return best;
}

Title of_line(const Title& line, const Title& deed) {
  return {fmt::format("「{}」{}", line.zh, deed.zh), fmt::format("{}: {}", line.en, deed.en)};
}

Json cheapest_json(const Standard& standard, const Improvement& improvement) {
  const Cheapest best = cheapest_of(standard, improvement);
  if (best.move == nullptr) return nullptr;
  const Reach& reach = best.move->next_grade;
  Title deed = of_line(best.title, deed_text(standard, best.aim, *best.move, reach.cases));
  Json json = Json::object();
  json.set("cases", reach.cases).set("score", points_json(reach.score));
  json.set("grade", grade_json(standard, reach.grade));
  return json.set("text", title_json(then(deed, outcome_text(standard, reach.score, reach.grade))));
}

const Move& move_of(const Improvement& improvement, const Pair::Part& part) {
  for (const Move& move : improvement.criteria[part.block][part.criterion]) {
    if (move.way == part.way && move.indicator == part.indicator) return move;
  }
  return improvement.criteria[part.block][part.criterion].front();
}

Title part_text(const Standard& standard, const Improvement& improvement, const Pair::Part& part) {
  return of_line(standard.blocks[part.block].criteria[part.criterion].title,
                 deed_text(standard, aim_of_criterion(standard, part.block, part.criterion),
                           move_of(improvement, part), part.cases));
}

Json part_json(const Standard& standard, const Improvement& improvement, const Pair::Part& part) {
  Json json = Json::object();
  json.set("criterion", standard.blocks[part.block].criteria[part.criterion].id);
  json.set("indicator", standard.indicators[part.indicator].id);
  json.set("way", way_name(part.way)).set("cases", part.cases);
  return json.set("text", title_json(part_text(standard, improvement, part)));
}

Json pair_json(const Standard& standard, const Improvement& improvement) {
  if (!improvement.pair) return nullptr;
  const Pair& pair = *improvement.pair;
  Title first = part_text(standard, improvement, pair.first);
  Title second = part_text(standard, improvement, pair.second);
  Title both = {fmt::format("{}，并且{}", first.zh, second.zh),
                fmt::format("{}; and {}", first.en, second.en)};
  Json json = Json::object();
  json.set("first", part_json(standard, improvement, pair.first));
  json.set("second", part_json(standard, improvement, pair.second));
  json.set("cases", pair.first.cases + pair.second.cases);
  json.set("score", points_json(pair.score)).set("grade", grade_json(standard, pair.grade));
  return json.set("text", title_json(then(both, outcome_text(standard, pair.score, pair.grade))));
}

// How the numbers are to be read.
Title note(PeriodState state) {
  if (state == PeriodState::kEnded) {
    return {"本期已结束，只有仍在办的件还能改变结果；“原需”是当时需要的件数，其他数据不变",
            "The period has ended: only cases that are still open can change the result. What it "
            "would have taken is said with all other data as they are."};
  }
  return {
      "各数字是至少需要的件数，其他数据不变，由评分程序重新计分得出；同一件对其他指标的影响未计",
      "Each number is the least, found by scoring again with all other data as they are; what "
      "the same case would give to other criteria is left out."};
}

// One sentence: what the least deed for the next grade is, or that there is none.
Title headline(const Standard& standard, const Improvement& improvement, const Json& cheapest,
               const Json& pair) {
  if (standard.grades.empty()) return {"本标准不评等次", "This standard gives no grades."};
  if (!improvement.next_grade) {
    const Title& top = standard.grades.front().title;
    return {fmt::format("已是最高等次「{}」", top.zh),
            fmt::format("This is the highest grade, {}.", top.en)};
  }
  if (!improvement.held.vetoes.empty()) {
    return {"一票否决生效期间，增加或办结多少件都不能改变等次",
            "While a veto stands no number of cases changes the grade."};
  }
  const Title to = next_grade_text(standard, improvement);
  if (!pair.is_null()) {
    return {fmt::format("{}，两项指标合起来最省", to.zh),
            fmt::format("{}: two criteria together take the fewest cases.", to.en)};
  }
  if (!cheapest.is_null()) {
    return {fmt::format("{}，最省的一项如下", to.zh),
            fmt::format("{}: this takes the fewest cases.", to.en)};
  }
  return {fmt::format("{}：本期不可及，靠任何一项指标，或两项合计不超过 {} 件，都做不到", to.zh,
                      kMaxPairCases),
          fmt::format("{}: not reachable this period, neither by one criterion nor by two with at "
                      "most {} cases together.",
                      to.en, kMaxPairCases)};
}

}  // namespace

Json grade_json(const Standard& standard, std::optional<std::size_t> grade) {
  if (!grade) return nullptr;
  const Grade& of = standard.grades[*grade];
  return Json::object().set("id", of.id).set("title", title_json(of.title));
}

Json improvement_json(const Standard& standard, const Improvement& improvement, PeriodState state) {
  Json held = Json::array();
  for (const Title& text : held_texts(standard, improvement)) held.push(title_json(text));
  Json criteria = Json::array();
  for (std::size_t b = 0; b < improvement.criteria.size(); ++b) {
    for (std::size_t c = 0; c < improvement.criteria[b].size(); ++c) {
      criteria.push(criterion_json(standard, improvement, b, c));
    }
  }
  Json cheapest = cheapest_json(standard, improvement);
  Json pair = pair_json(standard, improvement);
  Json json = Json::object();
  json.set("next_grade", grade_json(standard, improvement.next_grade));
  json.set("next_grade_text",
           improvement.next_grade ? title_json(next_grade_text(standard, improvement)) : Json());
  json.set("note", title_json(note(state)));
  json.set("text", title_json(headline(standard, improvement, cheapest, pair)));
  json.set("held", std::move(held)).set("criteria", std::move(criteria));
  json.set("caps", caps_json(standard, improvement));
  return json.set("cheapest", std::move(cheapest)).set("pair", std::move(pair));
}

}  // namespace plumbline
