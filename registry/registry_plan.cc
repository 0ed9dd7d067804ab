// SPDX-License-Identifier: Apache-2.0
#include "registry/registry_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/limits.h"
#include "packs/outside_text.h"
#include "registry/office.h"

namespace plumbline {
namespace {

using How = RegistryPlan::Change::How;
using List = RegistryPlan::List;

constexpr std::size_t kMaxPlaces = 16;
const std::string kDivision = "division";
const std::string kOutlet = "outlet";

void check_name(std::vector<AttributeProblem>& problems, std::string attribute,
                const std::string& text) {
  for (std::string& wrong : check_text(text)) {
    problems.push_back({attribute, std::move(wrong)});
  }
}

// What is known once the input is recorded.
class Knowledge {
 public:
  Knowledge(const RegistryState& state, const RegistryInput& input) : state_(state) {
    for (const OutletAdded& outlet : input.outlets) outlets_.insert(outlet.outlet.text());
    for (const Fact& fact : input.facts) facts_.insert_or_assign({fact.kind, fact.id}, &fact);
    for (const FactBook::Version* version : state.facts.known(kDivision)) {
      levels_.insert(version->fact.attribute("level"));
    }
    for (const Fact& fact : input.facts) {
      if (fact.kind == kDivision) levels_.insert(fact.attribute("level"));
    }
  }

  // The fact as it will stand; nullptr when it is not known, or withdrawn.
  const Fact* find(const std::string& kind, const std::string& id) const {
    if (auto handed = facts_.find({kind, id}); handed != facts_.end()) {
      return handed->second->attribute("withdrawn").empty() ? handed->second : nullptr;
    }
    const FactBook::Version* version = state_.facts.find(kind, id);
    return version == nullptr ? nullptr : &version->fact;
  }

  bool has(const std::string& kind, const std::string& id) const {
    if (kind != kOutlet) return find(kind, id) != nullptr;
    if (outlets_.contains(id)) return true;
    auto outlet = OutletId::parse(id);
    return outlet.ok() && state_.outlets.contains(*outlet);
  }

  bool level_has_divisions(const std::string& level) const { return levels_.contains(level); }

 private:
  const RegistryState& state_;
  std::set<std::string> outlets_;
  std::map<std::pair<std::string, std::string>, const Fact*> facts_;
  std::set<std::string> levels_;
};

class Planner {
 public:
  Planner(const RegistryState& state, const RegistryInput& input)
      : state_(state), input_(input), known_(state, input) {}

  RegistryPlan plan() {
    for (std::size_t i = 0; i < input_.outlets.size(); ++i) plan_outlet(i);
    for (std::size_t i = 0; i < input_.facts.size(); ++i) plan_fact(i);
    return std::move(plan_);
  }

 private:
  void wrong(List list, std::size_t at, std::string attribute, std::string sentence) {
    plan_.problems.push_back({list, at, {std::move(attribute), std::move(sentence)}});
  }

  void plan_outlet(std::size_t at) {
    const OutletAdded& outlet = input_.outlets[at];
    const std::string& id = outlet.outlet.text();
    for (AttributeProblem& problem : check_outlet(outlet)) {
      plan_.problems.push_back({List::kOutlets, at, std::move(problem)});
    }
    if (!seen_.emplace(kOutlet, id).second) {
      return wrong(List::kOutlets, at, "id", fmt::format("the outlet \"{}\" stands twice", id));
    }
    check_places(at);
    auto known = state_.outlets.find(outlet.outlet);
    if (known == state_.outlets.end()) {
      plan_.outlets.push_back(outlet);
      plan_.changes.push_back({How::kAdded, kOutlet, id, {}});
    } else if (std::string differs = difference(known->second, outlet); !differs.empty()) {
      wrong(List::kOutlets, at, "id",
            fmt::format("the outlet \"{}\" is known with another {}; what is recorded of an "
                        "outlet does not change",
                        id, differs));
    } else {
      ++plan_.unchanged;
    }
  }

  static std::string difference(const OutletAdded& a, const OutletAdded& b) {
    std::vector<std::string> differs;
    if (a.code != b.code) differs.push_back("code");
    if (a.name_zh != b.name_zh) differs.push_back("name_zh");
    if (a.name_en != b.name_en) differs.push_back("name_en");
    if (a.places != b.places) differs.push_back("place");
    return fmt::format("{}", fmt::join(differs, ", "));
  }

  void check_places(std::size_t at) {
    const auto& places = input_.outlets[at].places;
    for (const auto& [level, code] : places) {
      if (!known_.level_has_divisions(level)) continue;
      const std::string column = "place:" + level;
      const Fact* division = known_.find(kDivision, code);
      if (division == nullptr) {
        wrong(List::kOutlets, at, column, not_known(kDivision, "", code));
        continue;
      }
      if (division->attribute("level") != level) {
        wrong(List::kOutlets, at, column,
              fmt::format("the division \"{}\" is of the level \"{}\", not \"{}\"", code,
                          outside_text(division->attribute("level")), level));
      }
      const Fact* parent = known_.find(kDivision, division->attribute("parent"));
      if (parent == nullptr) continue;
      auto other = places.find(parent->attribute("level"));
      if (other != places.end() && other->second != parent->id) {
        wrong(List::kOutlets, at, column,
              fmt::format("the division \"{}\" lies in \"{}\", not in \"{}\"", code, parent->id,
                          outside_text(other->second)));
      }
    }
  }

  static std::string not_known(const std::string& kind, const std::string& or_kind,
                               const std::string& id) {
    return fmt::format("the {}{} \"{}\" is not known here", kind,
                       or_kind.empty() ? "" : " or " + or_kind, outside_text(id));
  }

  void plan_fact(std::size_t at) {
    const Fact& fact = input_.facts[at];
    for (AttributeProblem& problem : check_fact(fact)) {
      plan_.problems.push_back({List::kFacts, at, std::move(problem)});
    }
    if (!seen_.emplace(fact.kind, fact.id).second) {
      return wrong(List::kFacts, at, "id",
                   fmt::format("the {} \"{}\" stands twice", outside_text(fact.kind),
                               outside_text(fact.id)));
    }
    const bool withdrawn = !fact.attribute("withdrawn").empty();
    if (!withdrawn) check_references(at);
    const auto& history = state_.facts.history(fact.kind, fact.id);
    if (history.empty() && withdrawn) {
      return wrong(List::kFacts, at, "withdrawn",
                   not_known(fact.kind, "", fact.id) + ", so that it cannot be withdrawn");
    }
    if (!history.empty() && history.back().fact == fact) {
      ++plan_.unchanged;
      return;
    }
    plan_.facts.push_back(fact);
    bool added = history.empty() || !history.back().fact.attribute("withdrawn").empty();
    How how = withdrawn ? How::kWithdrawn : added ? How::kAdded : How::kChanged;
    RegistryPlan::Change change{how, fact.kind, fact.id, {}};
    if (how == How::kChanged) change.differs = difference(history.back().fact, fact);
    plan_.changes.push_back(std::move(change));
  }

  void check_references(std::size_t at) {
    const Fact& fact = input_.facts[at];
    const FactKind* kind = fact_kind(fact.kind);
    if (kind == nullptr) return;
    for (const AttributeSpec& spec : kind->attributes) {
      const std::string& id = fact.attribute(spec.name);
      if (id.empty() || spec.refers_to.empty()) continue;
      if (spec.refers_to == fact.kind && id == fact.id) {
        wrong(List::kFacts, at, spec.name,
              fmt::format("the {} \"{}\" refers to itself", fact.kind, outside_text(id)));
      } else if (!known_.has(spec.refers_to, id) &&
                 (spec.or_refers_to.empty() || !known_.has(spec.or_refers_to, id))) {
        wrong(List::kFacts, at, spec.name, not_known(spec.refers_to, spec.or_refers_to, id));
      }
    }
  }

  static std::vector<std::string> difference(const Fact& a, const Fact& b) {
    std::set<std::string> differs;
    if (a.from != b.from) differs.insert("from");
    if (a.until != b.until) differs.insert("until");
    for (const auto& [name, value] : a.attributes) {
      if (b.attribute(name) != value) differs.insert(name);
    }
    for (const auto& [name, value] : b.attributes) {
      if (a.attribute(name) != value) differs.insert(name);
    }
    return {differs.begin(), differs.end()};
  }

  const RegistryState& state_;
  const RegistryInput& input_;
  const Knowledge known_;
  std::set<std::pair<std::string, std::string>> seen_;
  RegistryPlan plan_;
};

}  // namespace

std::size_t RegistryPlan::count(Change::How how, List list) const {
  return static_cast<std::size_t>(
      std::count_if(changes.begin(), changes.end(), [&](const Change& change) {
        return change.how == how && (change.kind == kOutlet) == (list == List::kOutlets);
      }));
}

std::string_view RegistryPlan::how_name(Change::How how) {
  switch (how) {
    case How::kAdded:
      return "added";
    case How::kChanged:
      return "changed";
    case How::kWithdrawn:
      return "withdrawn";
  }
  return "";
}

std::string RegistryPlan::problem_text(const RegistryInput& input) const {
  std::string text;
  std::size_t listed = std::min(problems.size(), limits::kMaxReportedErrors);
  for (std::size_t i = 0; i < listed; ++i) {
    const Wrong& wrong = problems[i];
    bool is_outlet = wrong.list == List::kOutlets;
    const std::string kind = is_outlet ? kOutlet : outside_text(input.facts[wrong.at].kind);
    const std::string id =
        is_outlet ? input.outlets[wrong.at].outlet.text() : outside_text(input.facts[wrong.at].id);
    text += fmt::format("{}{} \"{}\", {}", i == 0 ? "" : "\n", kind, id, wrong.problem.text());
  }
  if (listed < problems.size()) {
    text += fmt::format("\n{} more problems are not listed", problems.size() - listed);
  }
  return text;
}

RegistryPlan plan_registry(const RegistryState& state, const RegistryInput& input) {
  return Planner(state, input).plan();
}

std::vector<AttributeProblem> check_outlet(const OutletAdded& outlet) {
  std::vector<AttributeProblem> problems;
  if (outlet.outlet.empty()) problems.push_back({"id", "the id of the outlet is missing"});
  check_name(problems, "code", outlet.code);
  check_name(problems, "name_zh", outlet.name_zh);
  check_name(problems, "name_en", outlet.name_en);
  if (outlet.name_zh.empty() && outlet.name_en.empty()) {
    problems.push_back({"name_zh", "the outlet needs a name, in Chinese or in English"});
  }
  if (outlet.places.size() > kMaxPlaces) {
    problems.push_back({"place", fmt::format("an outlet stands in {} places, at most {} are "
                                             "allowed",
                                             outlet.places.size(), kMaxPlaces)});
  }
  for (const auto& [level, code] : outlet.places) {
    // A level is a key of the record's JSON, where only plain ASCII is allowed.
    if (auto id = OutletId::parse(level); !id.ok()) {
      problems.push_back(
          {"place", fmt::format("\"{}\" is not the id of a level", outside_text(level))});
      continue;
    }
    check_name(problems, "place:" + level, code);
    if (code.empty()) problems.push_back({"place:" + level, "the place is empty"});
  }
  return problems;
}

}  // namespace plumbline
