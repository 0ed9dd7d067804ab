// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_EXPLANATION_TEXT_H_
#define PLUMBLINE_EVALUATOR_EXPLANATION_TEXT_H_

#include <string>

#include "base/json.h"

namespace plumbline {

enum class Language { kChinese, kEnglish };

// An explanation (evaluator/explanation.h) as lines of text for people, ending in a newline: what
// acts on the grade first, then the lines and their sum, missing data, and what would raise it.
// Pure.
std::string explanation_text(const Json& explanation, Language language);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_EXPLANATION_TEXT_H_
