// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_IMPROVEMENT_WORDS_H_
#define PLUMBLINE_EVALUATOR_IMPROVEMENT_WORDS_H_

#include <optional>
#include <vector>

#include "evaluator/improvement.h"
#include "evaluator/lever.h"

// What would move a score, in words for those who answer for an outlet. Pure.
namespace plumbline {

// "40 more cases that comply", "close 3 of the 5 open cases that stand against it".
Title deed_text(const Standard& standard, const Aim& aim, const Move& move, std::int64_t cases);

// The same without a number: "more cases that comply", "closing open cases that stand against it".
Title way_text(const Standard& standard, const Aim& aim, const Move& move);

// What an answer says in a few words: "3 cases", "already", "not reachable this period".
Title reach_text(const Reach& reach);

// What the scoring gives then: "62.00 points, grade Good".
Title outcome_text(const Standard& standard, std::optional<Decimal> score,
                   std::optional<std::size_t> grade);

// What is sought beside the lines: "To Good"; "A grade" where there is none now.
Title next_grade_text(const Standard& standard, const Improvement& improvement);

// What stands before the next grade, the score itself too: one sentence each, vetoes first, then
// caps, conditions, missing data and the points that are short.
std::vector<Title> held_texts(const Standard& standard, const Improvement& improvement);

// The aim of a criterion, of a cap.
Aim aim_of_criterion(const Standard& standard, std::size_t block, std::size_t criterion);
Aim aim_of_cap(const Standard& standard, std::size_t cap);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_IMPROVEMENT_WORDS_H_
