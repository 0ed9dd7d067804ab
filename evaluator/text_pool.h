// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_TEXT_POOL_H_
#define PLUMBLINE_EVALUATOR_TEXT_POOL_H_

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "evaluator/subject_table.h"

namespace plumbline {

// Texts as numbers: equal texts have one number. A value; used by one thread at a time.
class TextPool {
 public:
  std::int64_t number(std::string_view text) {
    std::uint32_t number = table_.number(text);
    if (number == texts_.size()) texts_.emplace_back(text);
    return number;
  }
  // `number` must be one that was given since the last clear().
  const std::string& text(std::int64_t number) const {
    return texts_[static_cast<std::size_t>(number)];
  }
  std::size_t size() const { return texts_.size(); }
  void clear() {
    table_.clear();
    texts_.clear();
  }

 private:
  SubjectTable table_;
  std::deque<std::string> texts_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_TEXT_POOL_H_
