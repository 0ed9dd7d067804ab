// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PACKS_PATTERN_H_
#define PLUMBLINE_PACKS_PATTERN_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace plumbline {

// The patterns of fields: a subset of ECMAScript's regular expressions that means the same in
// every locale and takes time in proportion to text × pattern, whatever either holds.
//   x . [abc] [a-z] [^...] \d \w \s \x (escaped)    one character (code point)
//   ab a|b (a)                                      sequence, choice, group
//   a* a+ a? a{2} a{2,} a{2,5}                      repetition
// A pattern is matched against the whole text; ^ at its beginning and $ at its end are allowed and
// change nothing. Repetition goes to kMaxRepeat, the whole to kMaxStates.
class Pattern {
 public:
  static constexpr int kMaxRepeat = 64;
  static constexpr std::size_t kMaxStates = 2048;
  static constexpr std::size_t kMaxBytes = 256;
  static constexpr int kMaxDepth = 16;

  // kInvalid naming what is wrong and the character (from 1) at which it stands.
  static Result<Pattern> compile(std::string_view text);

  // `text` is valid UTF-8.
  bool matches(std::string_view text) const;

 private:
  friend class PatternCompiler;

  struct Range {
    char32_t first;
    char32_t last;
  };
  // A state of a nondeterministic automaton (K. Thompson 1968): reads one character of `ranges`
  // and goes to `next`, or, where `is_split`, goes to `next` and `other` without reading.
  struct State {
    bool is_split = false;
    bool negated = false;
    std::vector<Range> ranges;
    int next = -1;
    int other = -1;
    bool reads(char32_t c) const;
  };

  void add_state(int index, std::vector<char>& marked, std::vector<int>& states) const;

  std::vector<State> states_;
  int start_ = 0;
  int accept_ = 0;
};

}  // namespace plumbline

#endif  // PLUMBLINE_PACKS_PATTERN_H_
