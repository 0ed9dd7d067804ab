// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_EXPRESSION_WORDS_H_
#define PLUMBLINE_EVALUATOR_EXPRESSION_WORDS_H_

#include <string_view>

#include "packs/pack.h"

namespace plumbline {

// An expression over a case of the type in words, by the titles of its steps and fields:
// 「办结」的时间不晚于「办结期限」. `text` must compile; one that does not is given back as it is.
Title expression_words(std::string_view text, const TypeSpec& type);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_EXPRESSION_WORDS_H_
