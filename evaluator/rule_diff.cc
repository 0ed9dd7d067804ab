// SPDX-License-Identifier: Apache-2.0
#include "evaluator/rule_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "evaluator/rule_diff_words.h"
#include "evaluator/rule_lookup.h"
#include "evaluator/rule_words.h"
#include "packs/yaml.h"

namespace plumbline {
namespace {

using Change = RuleChange::Kind;

// Which key of which part holds parts of its own: a map by their ids, or a list by one of their
// keys. The order of steps and levels has a meaning.
struct PartsKey {
  std::string_view of;
  std::string_view key;
  std::string_view kind;
  std::string_view id;
  bool ordered = false;
};
constexpr std::array kPartsKeys = {PartsKey{"standard", "indicators", "indicator", ""},
                                   PartsKey{"standard", "blocks", "block", "id"},
                                   PartsKey{"standard", "grades", "grade", "id"},
                                   PartsKey{"standard", "vetoes", "veto", "id"},
                                   PartsKey{"standard", "caps", "cap", "id"},
                                   PartsKey{"grade", "requires", "condition", "block"},
                                   PartsKey{"events", "types", "type", ""},
                                   PartsKey{"type", "steps", "step", "id", true},
                                   PartsKey{"type", "fields", "field", ""},
                                   PartsKey{"pack", "levels", "level", "id", true},
                                   PartsKey{"calendar", "offsets", "offset", "from"}};

// A part as it stands in one of the packs, and the block of a criterion.
struct Found {
  std::string id;
  const YamlNode* node = nullptr;
  const YamlNode* block = nullptr;
};
using FoundList = std::vector<Found>;

const std::string& scalar_at(const YamlNode& node, std::string_view key) {
  static const std::string none;
  const YamlNode* value = node.find(key);
  return value == nullptr ? none : value->scalar;
}

Title title_of(const YamlNode& node) {
  const YamlNode* title = node.find("title");
  if (title == nullptr) return {};
  return {scalar_at(*title, "zh"), scalar_at(*title, "en")};
}

const Found* find_found(const FoundList& list, const std::string& id) {
  auto found = std::find_if(list.begin(), list.end(), [&](const Found& f) { return f.id == id; });
  return found == list.end() ? nullptr : &*found;
}

// A part may stand alone where a list has only one.
FoundList parts_of(const YamlNode* value, const PartsKey& spec) {
  FoundList out;
  if (value == nullptr) return out;
  if (spec.id.empty()) {
    for (const auto& [key, item] : value->entries) out.push_back({key.scalar, &item, nullptr});
  } else if (value->is_map()) {
    out.push_back({scalar_at(*value, spec.id), value, nullptr});
  } else {
    for (const YamlNode& item : value->items) {
      const YamlNode* id = item.find(spec.id);
      out.push_back({id == nullptr ? "" : canonical("from", *id), &item, nullptr});
    }
  }
  return out;
}

FoundList criteria_of(const YamlNode* blocks) {
  FoundList out;
  if (blocks == nullptr) return out;
  for (const YamlNode& block : blocks->items) {
    const YamlNode* criteria = block.find("criteria");
    if (criteria == nullptr) continue;
    for (const YamlNode& item : criteria->items)
      out.push_back({scalar_at(item, "id"), &item, &block});
  }
  return out;
}

std::string ids_in_order(const FoundList& list, const FoundList& other) {
  std::string ids;
  for (const Found& part : list) {
    if (find_found(other, part.id) != nullptr) ids += (ids.empty() ? "" : ", ") + part.id;
  }
  return ids;
}

class Differ {
 public:
  Differ(const ReadRules& before, const ReadRules& after) : before_(before), after_(after) {}

  std::vector<RuleChange> all() {
    file("pack.yaml", "pack");
    file("events.yaml", "events");
    file("calendar.yaml", "calendar");
    folder("standards/", "standard");
    folder("targets/", "target");
    return std::move(changes_);
  }

 private:
  static std::optional<YamlNode> read(const PackFiles& files, const std::string& path) {
    auto bytes = files.find(path);
    if (bytes == files.end()) return std::nullopt;
    Problems none;
    return parse_yaml(path, bytes->second, none);
  }

  void file(const std::string& path, std::string_view kind) {
    std::optional<YamlNode> a = read(before_.files, path);
    std::optional<YamlNode> b = read(after_.files, path);
    if (a && b) body(kind, "", *a, *b);
  }

  static std::map<std::string, YamlNode> nodes_in(const PackFiles& files,
                                                  const std::string& folder) {
    std::map<std::string, YamlNode> out;
    for (const auto& [path, bytes] : files) {
      if (!path.starts_with(folder)) continue;
      if (std::optional<YamlNode> node = read(files, path)) {
        std::string id = scalar_at(*node, "id");
        out.emplace(std::move(id), std::move(*node));
      }
    }
    return out;
  }

  void folder(const std::string& name, std::string_view kind) {
    std::map<std::string, YamlNode> a = nodes_in(before_.files, name);
    std::map<std::string, YamlNode> b = nodes_in(after_.files, name);
    FoundList olds;
    FoundList news;
    for (const auto& [id, node] : a) olds.push_back({id, &node, nullptr});
    for (const auto& [id, node] : b) news.push_back({id, &node, nullptr});
    parts(kind, olds, news);
  }

  // What is new or changed in the order of the new pack, then what is gone.
  void parts(std::string_view kind, const FoundList& olds, const FoundList& news) {
    for (const Found& now : news) {
      const Found* was = find_found(olds, now.id);
      enter(kind, now);
      if (was == nullptr) {
        came_or_went(Change::kAdded, now);
      } else {
        if (kind == "criterion") criterion(*was, now);
        body(kind, "", *was->node, *now.node);
      }
      where_.pop_back();
    }
    for (const Found& was : olds) {
      if (find_found(news, was.id) != nullptr) continue;
      enter(kind, was);
      came_or_went(Change::kRemoved, was);
      where_.pop_back();
    }
  }

  void enter(std::string_view kind, const Found& part) {
    where_.push_back({std::string(kind), part.id, title_of(*part.node)});
  }

  void came_or_went(Change kind, const Found& part) {
    bool is_new = kind == Change::kAdded;
    Title text = is_new ? Title{"新增", "added"} : Title{"取消", "removed"};
    Title what = summary(is_new ? after_ : before_, *part.node);
    if (!what.zh.empty()) {
      text.zh += is_new ? "：" + what.zh : fmt::format("（原为：{}）", what.zh);
      text.en += is_new ? ": " + what.en : fmt::format(" (was: {})", what.en);
    }
    add(kind, "", is_new ? nullptr : part.node, is_new ? part.node : nullptr, std::move(text));
  }

  // What a whole criterion, cap or target says in a few words; else nothing.
  Title summary(const ReadRules& pack, const YamlNode& node) const {
    const RulePart& part = where_.back();
    if (part.kind == "criterion") {
      FoundCriterion in = compiled_criterion(pack);
      Title rule = criterion_text(*in.criterion, *in.indicator);
      std::string weight = format_decimal_short(in.criterion->weight);
      return {fmt::format("权重 {}，{}", weight, rule.zh),
              fmt::format("weight {}, {}", weight, rule.en)};
    }
    if (part.kind == "target") {
      Title goal = goal_words(pack);
      return {fmt::format("{}，{} 前完成", goal.zh, scalar_at(node, "deadline")),
              fmt::format("{} by {}", goal.en, scalar_at(node, "deadline"))};
    }
    if (part.kind == "offset") return value_words("offset", *node.find("offset"));
    return {};
  }

  FoundCriterion compiled_criterion(const ReadRules& pack) const {
    FoundCriterion out = find_criterion(*compiled_standard(pack), where_.back().id);
    CHECK(out.criterion != nullptr, "a criterion of a file is compiled");
    return out;
  }

  const Standard* compiled_standard(const ReadRules& pack) const {
    const Standard* standard = find_standard(pack.rules, where_.front().id);
    CHECK(standard != nullptr, "a standard of a file is compiled");
    return standard;
  }

  // The figure that a bound of the innermost part is of; nullptr where it is of none.
  const Indicator* figure_of(const ReadRules& pack) const {
    if (where_.empty()) return nullptr;
    if (where_.back().kind == "criterion") return compiled_criterion(pack).indicator;
    if (where_.back().kind != "cap") return nullptr;
    const Standard* standard = compiled_standard(pack);
    for (const Cap& cap : standard->caps) {
      if (cap.id == where_.back().id) return &standard->indicators[cap.indicator_index];
    }
    return nullptr;
  }

  Title goal_words(const ReadRules& pack) const {
    const Target* target = find_target(pack.rules, where_.back().id);
    CHECK(target != nullptr, "a target of a file is compiled");
    return goal_text(*target);
  }

  // The parts of a criterion that only its meaning as a whole can tell: how points are made, from
  // which figure it is attained, to which block it belongs.
  void criterion(const Found& was, const Found& now) {
    FoundCriterion a = compiled_criterion(before_);
    FoundCriterion b = compiled_criterion(after_);
    if (scalar_at(*was.block, "id") != scalar_at(*now.block, "id")) {
      Title from = title_of(*was.block);
      Title to = title_of(*now.block);
      changed("block", *was.node, *now.node,
              {fmt::format("「{}」", from.zh), fmt::format("\"{}\"", from.en)},
              {fmt::format("「{}」", to.zh), fmt::format("\"{}\"", to.en)});
    }
    bool both_linear = was.node->find("linear") && now.node->find("linear");
    bool both_bands = was.node->find("bands") && now.node->find("bands");
    bool same_bands = both_bands && canonical("bands", *was.node->find("bands")) ==
                                        canonical("bands", *now.node->find("bands"));
    if (!both_linear && !same_bands) {
      changed("scoring", *was.node, *now.node, quoted(scoring_words(a)), quoted(scoring_words(b)));
    }
    const YamlNode* old_met = was.node->find("met_at");
    const YamlNode* new_met = now.node->find("met_at");
    if ((old_met != nullptr || new_met != nullptr) && a.criterion->met_at != b.criterion->met_at) {
      changed("met_at", old_met ? *old_met : *was.node, new_met ? *new_met : *now.node,
              bound_text(*a.indicator, a.criterion->met_at),
              bound_text(*b.indicator, b.criterion->met_at));
    }
  }

  static Title quoted(const Title& text) {
    return {fmt::format("「{}」", text.zh), fmt::format("\"{}\"", text.en)};
  }

  // Without what the indicator adds for few cases, which is a change of its own.
  static Title scoring_words(const FoundCriterion& in) {
    Indicator plain = *in.indicator;
    plain.min_sample = 1;
    plain.window_days = plain.fallback_days = 0;
    plain.sources.clear();
    return criterion_text(*in.criterion, plain);
  }

  // True where another rule of this file says what changed under the key.
  static bool is_told_elsewhere(std::string_view kind, std::string_view key) {
    if (kind == "block") return key == "criteria";
    if (kind == "criterion") return key == "bands" || key == "met_at";
    return key == "format";
  }

  // All keys of a part, or of a map within it that stands under `prefix`.
  void body(std::string_view kind, const std::string& prefix, const YamlNode& a,
            const YamlNode& b) {
    for (const auto& [key, now] : b.entries) {
      value(kind, prefix + key.scalar, a.find(key.scalar), &now, a, b);
    }
    for (const auto& [key, was] : a.entries) {
      if (b.find(key.scalar) == nullptr) value(kind, prefix + key.scalar, &was, nullptr, a, b);
    }
  }

  void value(std::string_view kind, const std::string& key, const YamlNode* was,
             const YamlNode* now, const YamlNode& a, const YamlNode& b) {
    if (is_told_elsewhere(kind, key)) return;
    if (kind == "criterion" && key == "linear" && (was == nullptr || now == nullptr)) return;
    if (kind == "indicator" && key == "unit") return unit(was, now, a, b);
    if (kind == "target" && key == "goal") return goal(*was, *now);
    for (const PartsKey& spec : kPartsKeys) {
      if (spec.of != kind || spec.key != key) continue;
      FoundList olds = parts_of(was, spec);
      FoundList news = parts_of(now, spec);
      if (spec.ordered) order(key, olds, news, was, now);
      parts(spec.kind, olds, news);
      if (key == "blocks") parts("criterion", criteria_of(was), criteria_of(now));
      return;
    }
    if (was != nullptr && now != nullptr && was->is_map() && now->is_map()) {
      return body(kind, key + ".", *was, *now);
    }
    plain(kind, key, was, now);
  }

  // A value that is no part: set against its default where it is absent.
  void plain(std::string_view kind, const std::string& key, const YamlNode* was,
             const YamlNode* now) {
    YamlNode implied;
    implied.type = YamlNode::Type::kScalar;
    implied.scalar = default_of(kind, key);
    const YamlNode* a = was == nullptr && !implied.scalar.empty() ? &implied : was;
    const YamlNode* b = now == nullptr && !implied.scalar.empty() ? &implied : now;
    if (a != nullptr && b != nullptr && canonical(key, *a) == canonical(key, *b)) return;
    if (is_set(key) && (a == nullptr || b == nullptr)) {
      YamlNode none;
      none.type = YamlNode::Type::kList;
      return items(key, a == nullptr ? none : *a, b == nullptr ? none : *b, was, now);
    }
    if (a != nullptr && b != nullptr && a->is_list() && b->is_list()) {
      return items(key, *a, *b, was, now);
    }
    Title name = key_word(kind, key);
    if (a != nullptr && b != nullptr) {
      Title from = words(before_, key, *a);
      Title to = words(after_, key, *b);
      return add_value(key, a, b, was, now, changed_text(name, from, to));
    }
    if (a == nullptr) {
      Title to = words(after_, key, *b);
      return add_value(
          key, a, b, was, now,
          {fmt::format("新增{}：{}", name.zh, to.zh), fmt::format("{} added: {}", name.en, to.en)});
    }
    Title from = words(before_, key, *a);
    add_value(key, a, b, was, now,
              {fmt::format("取消{}（原为 {}）", name.zh, from.zh),
               fmt::format("{} removed (was {})", name.en, from.en)});
  }

  void add_value(const std::string& key, const YamlNode* a, const YamlNode* b, const YamlNode* was,
                 const YamlNode* now, Title text) {
    Change kind = a == nullptr   ? Change::kAdded
                  : b == nullptr ? Change::kRemoved
                                 : Change::kChanged;
    add(kind, key, was, now, std::move(text));
    RuleChange& change = changes_.back();
    change.before = a == nullptr ? "" : flow_text(*a);
    change.after = b == nullptr ? "" : flow_text(*b);
  }

  // Lists that mean the same when they are absent and when they are empty.
  static bool is_set(std::string_view key) {
    return key == "by" || key == "required_in" || key == "requires" || key == "dated" ||
           key.starts_with("work_days.");
  }

  // A list of words: which came and which went. Where one of them is absent, its node is nullptr.
  void items(const std::string& key, const YamlNode& was, const YamlNode& now,
             const YamlNode* old_node, const YamlNode* new_node) {
    auto missing_in = [&](const YamlNode& list, const YamlNode& other) {
      std::set<std::string> known;
      for (const YamlNode& item : other.items) known.insert(canonical(key, item));
      YamlNode out;
      out.type = YamlNode::Type::kList;
      for (const YamlNode& item : list.items) {
        if (!known.contains(canonical(key, item))) out.items.push_back(item);
      }
      return out;
    };
    YamlNode gone = missing_in(was, now);
    YamlNode come = missing_in(now, was);
    Title name = key_word(where_.empty() ? "" : where_.back().kind, key);
    Title text{name.zh, name.en + ":"};
    if (!come.items.empty()) {
      Title list = value_words(key, come);
      text.zh += "增加 " + list.zh;
      text.en += " added " + list.en;
    }
    if (!gone.items.empty()) {
      Title list = value_words(key, gone);
      text.zh += (come.items.empty() ? "减少 " : "，减少 ") + list.zh;
      text.en += (come.items.empty() ? " removed " : ", removed ") + list.en;
    }
    if (come.items.empty() && gone.items.empty()) return;
    add_value(key, &was, &now, old_node, new_node, std::move(text));
  }

  void order(const std::string& key, const FoundList& olds, const FoundList& news,
             const YamlNode* was, const YamlNode* now) {
    std::string before = ids_in_order(olds, news);
    std::string after = ids_in_order(news, olds);
    if (before == after) return;
    Title of = key_word(where_.empty() ? "pack" : where_.back().kind, key);
    add(Change::kChanged, key, was, now,
        changed_text({of.zh + "顺序", "order of " + of.en}, {before, before}, {after, after}));
    changes_.back().before = before;
    changes_.back().after = after;
  }

  void unit(const YamlNode* was, const YamlNode* now, const YamlNode& a, const YamlNode& b) {
    auto words_of = [&](const ReadRules& pack) {
      return unit_text(find_indicator(*compiled_standard(pack), where_.back().id)->unit);
    };
    Title from = words_of(before_);
    Title to = words_of(after_);
    if (from != to) changed("unit", was ? *was : a, now ? *now : b, from, to);
  }

  void goal(const YamlNode& was, const YamlNode& now) {
    Title from = goal_words(before_);
    Title to = goal_words(after_);
    if (from != to) changed("goal", was, now, from, to);
  }

  Title words(const ReadRules& pack, std::string_view key, const YamlNode& value) const {
    bool is_bound =
        key == "linear.zero" || key == "linear.full" || key == "below" || key == "above";
    const Indicator* figure = is_bound ? figure_of(pack) : nullptr;
    auto number = parse_decimal(value.scalar);
    if (figure != nullptr && number.ok()) return bound_text(*figure, *number);
    if (!where_.empty() && where_.front().kind == "standard" && value.is_scalar()) {
      if (Title title = title_of_named(*compiled_standard(pack), key, value.scalar);
          !title.zh.empty()) {
        return quoted(title);
      }
    }
    return value_words(key, value);
  }

  // What the text names within its standard: an indicator, a grade.
  static Title title_of_named(const Standard& standard, std::string_view key,
                              const std::string& id) {
    auto in = [&](const auto& list) -> Title {
      for (const auto& one : list) {
        if (one.id == id) return one.title;
      }
      return {};
    };
    if (key == "indicator" || key == "ratio.of" || key == "ratio.over") {
      return in(standard.indicators);
    }
    return key == "grade" ? in(standard.grades) : Title{};
  }

  void changed(const std::string& key, const YamlNode& was, const YamlNode& now, const Title& from,
               const Title& to) {
    Title name = key_word(where_.empty() ? "" : where_.back().kind, key);
    add(Change::kChanged, key, &was, &now, changed_text(name, from, to));
    changes_.back().before = from.en;
    changes_.back().after = to.en;
  }

  void add(Change kind, std::string_view key, const YamlNode* was, const YamlNode* now,
           Title text) {
    RuleChange change;
    change.where = where_;
    change.kind = kind;
    change.key = key;
    change.text = std::move(text);
    if (was != nullptr) change.old_place = was->place;
    if (now != nullptr) change.new_place = now->place;
    changes_.push_back(std::move(change));
  }

  const ReadRules& before_;
  const ReadRules& after_;
  std::vector<RulePart> where_;
  std::vector<RuleChange> changes_;
};

}  // namespace

std::vector<RuleChange> rule_changes(const ReadRules& before, const ReadRules& after) {
  return Differ(before, after).all();
}

}  // namespace plumbline
