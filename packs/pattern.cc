// SPDX-License-Identifier: Apache-2.0
#include "packs/pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "base/utf8.h"

namespace plumbline {

// Parses a pattern into a tree, then lays the tree out as states: a repetition copies its part.
class PatternCompiler {
 public:
  explicit PatternCompiler(std::string_view text) {
    while (!text.empty()) chars_.push_back(take_utf8(text));
  }

  Result<Pattern> compile() {
    if (peek() == U'^') ++at_;
    ASSIGN_OR_RETURN(NodePtr tree, choice(0));
    if (peek() == U'$' && at_ + 1 == chars_.size()) ++at_;
    if (at_ < chars_.size()) return wrong(fmt::format("\"{}\" stands alone", shown(at_)));
    Pattern out;
    out.states_.emplace_back();  // the accepting state reads nothing and leads nowhere
    std::optional<int> start = lay_out(*tree, 0, out.states_);
    if (!start) return wrong(fmt::format("more than {} states", Pattern::kMaxStates));
    out.start_ = *start;
    return out;
  }

 private:
  struct Node;
  using NodePtr = std::unique_ptr<Node>;
  struct Node {
    enum class Type { kCharacter, kSequence, kChoice, kRepeat };
    Type type = Type::kSequence;
    Pattern::State character;
    std::vector<NodePtr> parts;
    int least = 1;
    int most = 1;  // -1 = without end
  };

  static NodePtr make(Node::Type type) {
    auto node = std::make_unique<Node>();
    node->type = type;
    return node;
  }

  std::optional<char32_t> peek() const {
    return at_ < chars_.size() ? std::optional(chars_[at_]) : std::nullopt;
  }
  bool take(char32_t c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  std::string shown(std::size_t at) const {
    return chars_[at] < 0x80 ? std::string(1, static_cast<char>(chars_[at])) : "a character";
  }
  Error wrong(std::string_view what) const {
    return Error(Code::kInvalid, fmt::format("{} at character {}", what, at_ + 1));
  }

  Result<NodePtr> choice(int depth) {
    if (depth > Pattern::kMaxDepth) return wrong("too many groups in each other");
    NodePtr node = make(Node::Type::kChoice);
    do {
      ASSIGN_OR_RETURN(NodePtr part, sequence(depth));
      node->parts.push_back(std::move(part));
    } while (take(U'|'));
    return node;
  }

  Result<NodePtr> sequence(int depth) {
    NodePtr node = make(Node::Type::kSequence);
    while (peek() && *peek() != U'|' && *peek() != U')') {
      if (*peek() == U'$' && at_ + 1 == chars_.size() && depth == 0) break;
      ASSIGN_OR_RETURN(NodePtr part, repeated(depth));
      node->parts.push_back(std::move(part));
    }
    return node;
  }

  Result<NodePtr> repeated(int depth) {
    ASSIGN_OR_RETURN(NodePtr part, single(depth));
    NodePtr node = make(Node::Type::kRepeat);
    if (take(U'*')) {
      node->least = 0;
      node->most = -1;
    } else if (take(U'+')) {
      node->most = -1;
    } else if (take(U'?')) {
      node->least = 0;
    } else if (take(U'{')) {
      RETURN_IF_ERROR(counts(*node));
    } else {
      return part;
    }
    node->parts.push_back(std::move(part));
    return node;
  }

  Status counts(Node& node) {
    ASSIGN_OR_RETURN(node.least, number());
    node.most = node.least;
    if (take(U',')) {
      node.most = -1;
      if (peek() != U'}') {
        ASSIGN_OR_RETURN(node.most, number());
        if (node.most < node.least) return wrong("a repetition that ends before it begins");
      }
    }
    if (!take(U'}')) return wrong("a repetition that is not closed");
    return {};
  }

  Result<int> number() {
    int value = -1;
    while (peek() && *peek() >= U'0' && *peek() <= U'9' && value <= Pattern::kMaxRepeat) {
      value = std::max(value, 0) * 10 + static_cast<int>(*peek() - U'0');
      ++at_;
    }
    if (value >= 0 && value <= Pattern::kMaxRepeat) return value;
    return wrong(fmt::format("a repetition without a number from 0 to {}", Pattern::kMaxRepeat));
  }

  Result<NodePtr> single(int depth) {
    char32_t c = chars_[at_];
    if (c == U'(') return group(depth);
    if (std::u32string_view(U"*+?{}]^$").find(c) != std::u32string_view::npos) {
      return wrong(fmt::format("\"{}\" stands alone", shown(at_)));
    }
    ++at_;
    NodePtr node = make(Node::Type::kCharacter);
    Pattern::State& state = node->character;
    if (c == U'.') {
      state.negated = true;
      state.ranges = {{U'\n', U'\n'}, {U'\r', U'\r'}};
    } else if (c == U'[') {
      RETURN_IF_ERROR(character_class(state));
    } else if (c == U'\\') {
      RETURN_IF_ERROR(escape(state.ranges));
    } else {
      state.ranges = {{c, c}};
    }
    return node;
  }

  Result<NodePtr> group(int depth) {
    ++at_;
    if (peek() == U'?') return wrong("\"(?\" is not supported");
    ASSIGN_OR_RETURN(NodePtr node, choice(depth + 1));
    if (!take(U')')) return wrong("a group that is not closed");
    return node;
  }

  Status character_class(Pattern::State& state) {
    state.negated = take(U'^');
    while (peek() != U']') {
      if (!peek()) return wrong("a set that is not closed");
      char32_t first = chars_[at_++];
      if (first == U'\\') {
        RETURN_IF_ERROR(escape(state.ranges));
        continue;
      }
      char32_t last = first;
      if (peek() == U'-' && at_ + 1 < chars_.size() && chars_[at_ + 1] != U']') {
        last = chars_[at_ + 1];
        if (last < first || last == U'\\') return wrong("a range that ends before it begins");
        at_ += 2;
      }
      state.ranges.push_back({first, last});
    }
    ++at_;
    if (state.ranges.empty()) return wrong("an empty set");
    return {};
  }

  Status escape(std::vector<Pattern::Range>& ranges) {
    if (!peek()) return wrong("a backslash at the end");
    char32_t c = chars_[at_++];
    auto add = [&](std::initializer_list<Pattern::Range> more) {
      ranges.insert(ranges.end(), more);
    };
    bool is_word = (c >= U'0' && c <= U'9') || (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z');
    if (c == U'd') {
      add({{U'0', U'9'}});
    } else if (c == U'w') {
      add({{U'0', U'9'}, {U'A', U'Z'}, {U'_', U'_'}, {U'a', U'z'}});
    } else if (c == U's') {
      add({{U'\t', U'\r'}, {U' ', U' '}, {0xa0, 0xa0}, {0x3000, 0x3000}});
    } else if (is_word) {
      return wrong(fmt::format("\"\\{}\" is not supported", shown(at_ - 1)));
    } else {
      add({{c, c}});
    }
    return {};
  }

  // Adds states for `node` that lead to `next`; the first of them, or nullopt over kMaxStates.
  // Repeated empty groups add no state and still cost time, so the calls are counted as well.
  std::optional<int> lay_out(const Node& node, int next, std::vector<Pattern::State>& states) {
    if (++calls_ > kMaxCalls) return std::nullopt;
    switch (node.type) {
      case Node::Type::kCharacter: {
        Pattern::State state = node.character;
        state.next = next;
        return push(std::move(state), states);
      }
      case Node::Type::kSequence: {
        std::optional<int> begin = next;
        for (auto part = node.parts.rbegin(); part != node.parts.rend() && begin; ++part) {
          begin = lay_out(**part, *begin, states);
        }
        return begin;
      }
      case Node::Type::kChoice: {
        std::optional<int> begin = lay_out(*node.parts.front(), next, states);
        for (std::size_t i = 1; i < node.parts.size() && begin; ++i) {
          auto other = lay_out(*node.parts[i], next, states);
          begin = other ? push(split(*begin, *other), states) : std::nullopt;
        }
        return begin;
      }
      case Node::Type::kRepeat:
        return lay_out_repeat(node, next, states);
    }
    return std::nullopt;
  }

  std::optional<int> lay_out_repeat(const Node& node, int next,
                                    std::vector<Pattern::State>& states) {
    const Node& part = *node.parts.front();
    std::optional<int> begin = next;
    if (node.most < 0) {
      auto loop = push(split(-1, next), states);
      auto inside = loop ? lay_out(part, *loop, states) : std::nullopt;
      if (!inside) return std::nullopt;
      states[static_cast<std::size_t>(*loop)].next = *inside;
      begin = loop;
    }
    for (int i = node.least; i < node.most && begin; ++i) {
      auto inside = lay_out(part, *begin, states);
      begin = inside ? push(split(*inside, next), states) : std::nullopt;
    }
    for (int i = 0; i < node.least && begin; ++i) begin = lay_out(part, *begin, states);
    return begin;
  }

  static Pattern::State split(int next, int other) {
    Pattern::State state;
    state.is_split = true;
    state.next = next;
    state.other = other;
    return state;
  }

  static std::optional<int> push(Pattern::State state, std::vector<Pattern::State>& states) {
    if (states.size() >= Pattern::kMaxStates) return std::nullopt;
    states.push_back(std::move(state));
    return static_cast<int>(states.size() - 1);
  }

  static constexpr std::size_t kMaxCalls = 16 * Pattern::kMaxStates;

  std::u32string chars_;
  std::size_t at_ = 0;
  std::size_t calls_ = 0;
};

Result<Pattern> Pattern::compile(std::string_view text) {
  if (text.size() > kMaxBytes) {
    return Error(Code::kInvalid, fmt::format("a pattern has at most {} bytes", kMaxBytes));
  }
  if (utf8_error_at(text)) return Error(Code::kInvalid, "a pattern must be UTF-8");
  return PatternCompiler(text).compile();
}

bool Pattern::State::reads(char32_t c) const {
  bool inside = std::any_of(ranges.begin(), ranges.end(), [c](const Range& range) {
    return range.first <= c && c <= range.last;
  });
  return inside != negated;
}

void Pattern::add_state(int index, std::vector<char>& marked, std::vector<int>& states) const {
  std::vector<int> waiting = {index};
  while (!waiting.empty()) {
    int at = waiting.back();
    waiting.pop_back();
    if (at < 0 || marked[static_cast<std::size_t>(at)]) continue;
    marked[static_cast<std::size_t>(at)] = 1;
    const State& state = states_[static_cast<std::size_t>(at)];
    if (state.is_split) {
      waiting.push_back(state.next);
      waiting.push_back(state.other);
    } else {
      states.push_back(at);
    }
  }
}

bool Pattern::matches(std::string_view text) const {
  std::vector<char> marked(states_.size());
  std::vector<int> current;
  add_state(start_, marked, current);
  while (!text.empty() && !current.empty()) {
    char32_t c = take_utf8(text);
    std::vector<int> following;
    std::fill(marked.begin(), marked.end(), 0);
    for (int at : current) {
      const State& state = states_[static_cast<std::size_t>(at)];
      if (at != accept_ && state.reads(c)) add_state(state.next, marked, following);
    }
    current = std::move(following);
  }
  return text.empty() && std::find(current.begin(), current.end(), accept_) != current.end();
}

}  // namespace plumbline
