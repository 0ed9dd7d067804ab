// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PACKS_PROBLEM_H_
#define PLUMBLINE_PACKS_PROBLEM_H_

#include <cstddef>
#include <string>
#include <vector>

namespace plumbline {

// Where something stands in a file; lines and columns count from 1, columns count bytes.
struct Place {
  std::string file;
  int line = 0;
  int column = 0;
  bool operator==(const Place&) const = default;
};

// One thing that is wrong in a rule file: where, what was found, what was expected, and, where one
// is near, what was probably meant.
struct Problem {
  Place place;
  std::string sentence;
  std::string suggestion;  // the word that was probably meant; may be empty
  // "standards/service.yaml:12:7: unknown key "wieght" in a criterion (did you mean "weight"?)"
  std::string text() const;
};

// Collects all problems of all files, sorted by place when read; at most
// limits::kMaxReportedErrors are kept and the rest counted.
class Problems {
 public:
  void add(Place place, std::string sentence, std::string suggestion = "");
  bool empty() const { return problems_.empty(); }
  // How many were added, also those that are not kept.
  std::size_t count() const { return problems_.size() + left_out_; }
  std::vector<Problem> sorted() const;
  // One problem a line.
  std::string text() const;

 private:
  std::vector<Problem> problems_;
  std::size_t left_out_ = 0;
};

// The candidate that is nearest to `word` by edit distance, or "" when none is near enough.
std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace plumbline

#endif  // PLUMBLINE_PACKS_PROBLEM_H_
