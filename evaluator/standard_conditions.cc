// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "evaluator/standard_reader.h"

namespace plumbline {
namespace {

// Points have at most two decimals.
constexpr std::int64_t kPointStep = Decimal::kOne / 100;

// What the block can give at most; nullopt where a weight could not be read.
std::optional<Decimal> weight_of(const Block& block) {
  Decimal sum;
  for (const Criterion& criterion : block.criteria) {
    if (criterion.weight.units <= 0) return std::nullopt;
    sum.units += criterion.weight.units;
  }
  return sum;
}

class ConditionReader {
 public:
  ConditionReader(const YamlNode& node, const Standard& standard, const StandardContext& context)
      : node_(node),
        standard_(standard),
        context_(context),
        map_(node, "a condition of a grade", context.problems) {}

  // nullopt when block or points could not be read.
  std::optional<GradeCondition> read() {
    const bool has_block = read_block();
    std::optional<Decimal> least = map_.required_decimal("at_least");
    out_.basis = read_basis(map_);
    map_.finish();
    if (least) {
      out_.at_least = *least;
      if (least->units <= 0 || least->units % kPointStep != 0) {
        add("at_least", "\"at_least\" must be above 0, with at most two decimals");
        return std::nullopt;
      }
    }
    if (!has_block || !least) return std::nullopt;
    const Block& block = standard_.blocks[out_.block_index];
    std::optional<Decimal> most = weight_of(block);
    if (most && *least > *most) {
      add("at_least",
          fmt::format("\"at_least\" is {}, but the block \"{}\" has {} points in all",
                      format_decimal_short(*least), block.id, format_decimal_short(*most)));
    }
    return std::move(out_);
  }

 private:
  void add(std::string_view key, std::string sentence, std::string suggestion = "") {
    context_.problems.add(node_.find(key)->place, std::move(sentence), std::move(suggestion));
  }

  bool read_block() {
    std::optional<std::string> id = map_.required_text("block");
    if (!id || standard_.blocks.empty()) return false;
    std::vector<std::string> ids;
    for (const Block& block : standard_.blocks) ids.push_back(block.id);
    auto found = std::find(ids.begin(), ids.end(), *id);
    if (found == ids.end()) {
      add("block", fmt::format("there is no block \"{}\"", *id), did_you_mean(*id, ids));
      return false;
    }
    out_.block_index = static_cast<std::size_t>(found - ids.begin());
    return true;
  }

  const YamlNode& node_;
  const Standard& standard_;
  const StandardContext& context_;
  MapReader map_;
  GradeCondition out_;
};

// Points of the block that the grade asks for; nothing asked is 0.
Decimal asked_of(const Grade& grade, std::size_t block) {
  for (const GradeCondition& condition : grade.conditions) {
    if (condition.block_index == block) return condition.at_least;
  }
  return {};
}

}  // namespace

void read_grade_conditions(const YamlNode& node, const Standard& standard,
                           const StandardContext& context, std::vector<Grade>& grades) {
  bool better_is_known = false;  // what the grade before asks for could be read
  for (std::size_t g = 0; g < grades.size(); ++g) {
    const bool compares = std::exchange(better_is_known, true);
    const YamlNode* asked = node.items[g].find("requires");
    if (asked == nullptr) continue;
    if (g + 1 == grades.size()) {
      context.problems.add(asked->place,
                           "the last grade has no \"requires\", so that every score has a grade");
      return;
    }
    const std::vector<YamlNode> single = {*asked};
    for (const YamlNode& item :
         asked->is_map() ? single : read_list(*asked, "\"requires\"", context)) {
      std::optional<GradeCondition> condition = ConditionReader(item, standard, context).read();
      better_is_known = better_is_known && condition.has_value();
      if (!condition) continue;
      const std::string& block = standard.blocks[condition->block_index].id;
      if (asked_of(grades[g], condition->block_index).units > 0) {
        context.problems.add(
            item.place, fmt::format("the grade \"{}\" asks for points of the block \"{}\" twice",
                                    grades[g].id, block));
      } else if (compares &&
                 condition->at_least > asked_of(grades[g - 1], condition->block_index)) {
        context.problems.add(
            item.find("at_least")->place,
            fmt::format("the grade \"{}\" asks for more of the block \"{}\" than the better grade "
                        "\"{}\"",
                        grades[g].id, block, grades[g - 1].id));
      }
      grades[g].conditions.push_back(*std::move(condition));
    }
    better_is_known = better_is_known && !grades[g].conditions.empty();
  }
}

}  // namespace plumbline
