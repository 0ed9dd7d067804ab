// SPDX-License-Identifier: Apache-2.0
#include "evaluator/rule_mutants.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "packs/yaml.h"

namespace plumbline {
namespace {

using Edit = RuleMutant::Edit;

const std::set<std::string_view> kNumbers = {
    "zero",  "full",     "up_to",    "share",      "min",  "met_at",    "below",
    "above", "at_least", "quantile", "min_sample", "days", "otherwise", "max_weight_without_data"};
const std::set<std::string_view> kExpressions = {"where", "numerator", "value", "dated_by"};
const std::set<std::string_view> kDays = {"deadline", "known_by", "start"};
const std::set<std::string_view> kFirstAndLastDays = {"from", "until"};
const std::set<std::string_view> kDurations = {"max_future", "limit"};

struct Swap {
  std::string_view from;
  std::string_view to;
};
// The longer one stands before its beginning.
constexpr std::array kOperators = {
    Swap{"<=", "<"},  Swap{">=", ">"}, Swap{"==", "!="}, Swap{"!=", "=="}, Swap{"&&", "||"},
    Swap{"||", "&&"}, Swap{"<", "<="}, Swap{">", ">="},  Swap{"!", ""},    Swap{"+", "-"},
    Swap{"-", "+"},   Swap{"*", "/"},  Swap{"/", "*"}};
constexpr std::array kSwappedKeys = {Swap{"above", "at_least"}, Swap{"at_least", "above"}};
constexpr std::array kSwappedCaps = {Swap{"above", "below"}, Swap{"below", "above"}};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

class Mutator {
 public:
  explicit Mutator(BytesView text) : text_(text) {
    lines_.push_back(0);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') lines_.push_back(i + 1);
    }
  }

  std::vector<RuleMutant> all(const YamlNode& root) {
    visit(root, "");
    shift_weights();
    std::stable_sort(mutants_.begin(), mutants_.end(), [](const auto& a, const auto& b) {
      return std::pair(a.place.line, a.place.column) < std::pair(b.place.line, b.place.column);
    });
    return std::move(mutants_);
  }

 private:
  std::size_t offset_of(const YamlNode& node) const {
    std::size_t quote = node.quoted ? 1 : 0;
    return lines_[static_cast<std::size_t>(node.place.line - 1)] +
           static_cast<std::size_t>(node.place.column - 1) + quote;
  }

  // A scalar that its file spells otherwise (folded, escaped) is left alone.
  bool stands_as_read(const YamlNode& node) const {
    return text_.substr(offset_of(node), node.scalar.size()) == node.scalar;
  }

  Place place_at(std::size_t offset, const YamlNode& node) const {
    Place place = node.place;
    place.column += static_cast<int>(offset - offset_of(node)) + (node.quoted ? 1 : 0);
    return place;
  }

  void add(const YamlNode& node, std::string_view key, const std::string& to) {
    mutants_.push_back({node.place,
                        fmt::format("{}: {} -> {}", key, node.scalar, to),
                        {{offset_of(node), node.scalar.size(), to}}});
  }

  void visit(const YamlNode& node, std::string_view parent) {
    for (const YamlNode& item : node.items) visit(item, parent);
    for (const auto& [key, value] : node.entries) {
      const std::string& name = key.scalar;
      // A condition on attributes and the levels of an indicator are no thresholds.
      if (name == "title" || name == "units" || (value.is_map() && name == "where")) continue;
      if (value.is_scalar() && stands_as_read(value)) scalar(parent, name, value);
      if (value.is_scalar()) swap_key(parent, key);
      visit(value, name);
    }
  }

  void scalar(std::string_view parent, const std::string& key, const YamlNode& node) {
    if (key == "weight") weights_.push_back(&node);
    if (kNumbers.contains(key) || parent == "classes") shift_number(key, node);
    if (kExpressions.contains(key)) change_expression(key, node);
    if (kDays.contains(key)) shift_day(key, node);
    if (kFirstAndLastDays.contains(key)) shift_year(key, node);
    if (key == "bound") add(node, key, node.scalar == "lower" ? "upper" : "lower");
    if (kDurations.contains(key) && is_digit(node.scalar.front())) {
      add(node, key, std::to_string(std::stoll(node.scalar) + 1) + node.scalar.back());
      add(node, key, std::to_string(std::stoll(node.scalar) - 1) + node.scalar.back());
    }
  }

  void swap_key(std::string_view parent, const YamlNode& key) {
    auto swap = [&](const auto& swaps) {
      for (const Swap& words : swaps) {
        if (key.scalar != words.from) continue;
        mutants_.push_back({key.place,
                            fmt::format("{} -> {}", words.from, words.to),
                            {{offset_of(key), key.scalar.size(), std::string(words.to)}}});
      }
    };
    if (parent == "goal") swap(kSwappedKeys);
    if (parent == "caps") swap(kSwappedCaps);
  }

  void shift_number(const std::string& key, const YamlNode& node) {
    auto value = parse_decimal(node.scalar);
    if (!value.ok()) return;
    bool whole = node.scalar.find('.') == std::string::npos;
    // Bounds of shares may be whole: 1 is shifted to 0.99.
    bool of_one = whole && (key == "share" || value->units == Decimal::kOne);
    std::int64_t step = Decimal::kOne;
    if (!whole || of_one) step = Decimal::kOne / (key == "quantile" ? 10 : 100);
    if (key == "min_sample" || key == "days") step = Decimal::kOne;
    for (std::int64_t by : {step, -step}) {
      add(node, key, format_decimal_short(Decimal{value->units + by}));
    }
  }

  void shift_day(const std::string& key, const YamlNode& node) {
    auto day = parse_date(node.scalar);
    if (!day.ok()) return;
    // A trajectory has a point a month, so a day of its start would be no change.
    std::int64_t step = key == "start" ? 31 : 1;
    for (std::int64_t by : {step, -step}) {
      add(node, key, format_date(date_from_days(days_from_date(*day) + by)));
    }
  }

  void shift_year(const std::string& key, const YamlNode& node) {
    auto day = parse_date(node.scalar);
    if (!day.ok()) return;
    for (int by : {1, -1}) {
      Date other = *day;
      other.year += by;
      if (is_valid_date(other)) add(node, key, format_date(other));
    }
  }

  void change_expression(const std::string& key, const YamlNode& node) {
    const std::string& text = node.scalar;
    for (std::size_t i = 0; i < text.size();) {
      std::size_t length = 1;
      if (text[i] == '"' || text[i] == '\'') {
        std::size_t end = text.find(text[i], i + 1);
        length = end == std::string::npos ? text.size() - i : end + 1 - i;
      } else if (is_word(text[i])) {
        while (i + length < text.size() && (is_word(text[i + length]) || text[i + length] == '.')) {
          ++length;
        }
        if (is_digit(text[i])) shift_literal(key, node, i, length);
      } else {
        length = swap_operator(key, node, i);
      }
      i += length;
    }
  }

  void shift_literal(const std::string& key, const YamlNode& node, std::size_t at,
                     std::size_t length) {
    auto value = parse_decimal(node.scalar.substr(at, length));
    if (!value.ok()) return;
    bool whole = node.scalar.substr(at, length).find('.') == std::string::npos;
    std::int64_t step = whole ? Decimal::kOne : Decimal::kOne / 100;
    for (std::int64_t by : {step, -step}) {
      change(key, node, at, length, format_decimal_short(Decimal{value->units + by}));
    }
  }

  std::size_t swap_operator(const std::string& key, const YamlNode& node, std::size_t at) {
    for (const Swap& swap : kOperators) {
      if (node.scalar.compare(at, swap.from.size(), swap.from) != 0) continue;
      change(key, node, at, swap.from.size(), std::string(swap.to));
      return swap.from.size();
    }
    return 1;
  }

  void change(const std::string& key, const YamlNode& node, std::size_t at, std::size_t length,
              std::string to) {
    std::size_t offset = offset_of(node) + at;
    std::string what = fmt::format("{}: {} -> {}", key, node.scalar.substr(at, length),
                                   to.empty() ? "nothing" : to);
    mutants_.push_back(
        {place_at(offset, node), std::move(what), {{offset, length, std::move(to)}}});
  }

  void shift_weights() {
    for (std::size_t i = 0; weights_.size() > 1 && i < weights_.size(); ++i) {
      const YamlNode& gains = *weights_[i];
      const YamlNode& loses = *weights_[(i + 1) % weights_.size()];
      auto from = parse_decimal(gains.scalar);
      auto other = parse_decimal(loses.scalar);
      if (!from.ok() || !other.ok()) continue;
      std::int64_t by = other->units > Decimal::kOne ? Decimal::kOne : Decimal::kOne / 2;
      std::string more = format_decimal_short(Decimal{from->units + by});
      std::string less = format_decimal_short(Decimal{other->units - by});
      RuleMutant mutant{gains.place,
                        fmt::format("weight: {} -> {}, at line {} {} -> {}", gains.scalar, more,
                                    loses.place.line, loses.scalar, less),
                        {{offset_of(gains), gains.scalar.size(), more},
                         {offset_of(loses), loses.scalar.size(), less}}};
      std::sort(mutant.edits.begin(), mutant.edits.end(),
                [](const Edit& a, const Edit& b) { return a.offset < b.offset; });
      mutants_.push_back(std::move(mutant));
    }
  }

  BytesView text_;
  std::vector<std::size_t> lines_;  // where each begins
  std::vector<const YamlNode*> weights_;
  std::vector<RuleMutant> mutants_;
};

}  // namespace

std::vector<RuleMutant> rule_mutants(const PackFiles& files) {
  std::vector<RuleMutant> mutants;
  for (const auto& [path, bytes] : files) {
    bool holds_rules =
        path == "pack.yaml" || path.starts_with("standards/") || path.starts_with("targets/");
    if (!holds_rules) continue;
    Problems problems;
    std::optional<YamlNode> root = parse_yaml(path, bytes, problems);
    if (!root) continue;
    for (RuleMutant& mutant : Mutator(bytes).all(*root)) mutants.push_back(std::move(mutant));
  }
  return mutants;
}

PackFiles mutated(const PackFiles& files, const RuleMutant& mutant) {
  PackFiles changed = files;
  Bytes& text = changed.at(mutant.place.file);
  for (auto edit = mutant.edits.rbegin(); edit != mutant.edits.rend(); ++edit) {
    text.replace(edit->offset, edit->length, edit->text);
  }
  return changed;
}

MutantFate fate_of(const PackFiles& files, const RuleMutant& mutant,
                   const std::vector<RuleTest>& tests) {
  Problems problems;
  std::shared_ptr<const RuleSet> rules = compile_rules(mutated(files, mutant), problems);
  if (rules == nullptr) return MutantFate::kRefused;
  for (const RuleTest& test : tests) {
    if (!run_rule_test(*rules, test).empty()) return MutantFate::kNoticed;
  }
  return MutantFate::kSurvived;
}

}  // namespace plumbline
