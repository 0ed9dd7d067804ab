// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "evaluator/standard_reader.h"

namespace plumbline {
namespace {

constexpr std::size_t kMaxCodeChars = 64;

// As the code of a finding: registry/fact_kinds.h, the form of an id.
bool is_code(const std::string& code) {
  return !code.empty() && code.size() <= kMaxCodeChars &&
         std::all_of(code.begin(), code.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '_' || c == '-';
         });
}

Veto read_veto(const YamlNode& node, std::set<std::string>& taken, const StandardContext& context) {
  MapReader map(node, "a veto", context.problems);
  Veto out;
  out.id = read_id(map, "id", taken, context);
  if (auto title = read_title(map, "title")) out.title = *std::move(title);
  if (auto code = map.required_text("finding")) {
    out.finding = *code;
    if (!is_code(*code)) {
      context.problems.add(node.find("finding")->place,
                           fmt::format("\"finding\" is {}, which no finding can have as its code: "
                                       "1 to {} of A-Z a-z 0-9 . _ -",
                                       describe(*node.find("finding")), kMaxCodeChars));
    }
  }
  out.basis = read_basis(map);
  map.finish();
  return out;
}

class CapReader {
 public:
  CapReader(const YamlNode& node, const Standard& standard, const StandardContext& context)
      : node_(node),
        standard_(standard),
        context_(context),
        map_(node, "a cap", context.problems) {}

  Cap read(std::set<std::string>& taken) {
    out_.id = read_id(map_, "id", taken, context_);
    if (auto title = read_title(map_, "title")) out_.title = *std::move(title);
    read_grade();
    const Indicator* indicator =
        find_scored_indicator(map_, standard_, context_, out_.indicator_index);
    out_.below = map_.optional_decimal("below");
    out_.above = map_.optional_decimal("above");
    const bool has_below = node_.find("below") != nullptr;
    if (has_below == (node_.find("above") != nullptr)) {
      map_.problem(fmt::format("cap \"{}\" must have either \"below\" or \"above\", it has {}",
                               out_.id, has_below ? "both" : "neither"));
    }
    for (const char* key : {"below", "above"}) {
      const std::optional<Decimal>& bound =
          key == std::string_view("below") ? out_.below : out_.above;
      if (bound) check_figure_bound(*bound, key, node_.find(key)->place, indicator, context_);
    }
    out_.basis = read_basis(map_);
    map_.finish();
    return std::move(out_);
  }

 private:
  void read_grade() {
    auto id = map_.required_text("grade");
    if (!id || standard_.grades.empty()) return;
    std::vector<std::string> ids;
    for (const Grade& grade : standard_.grades) ids.push_back(grade.id);
    auto found = std::find(ids.begin(), ids.end(), *id);
    const Place& place = node_.find("grade")->place;
    if (found == ids.end()) {
      context_.problems.add(place, fmt::format("there is no grade \"{}\"", *id),
                            did_you_mean(*id, ids));
      return;
    }
    out_.grade_index = static_cast<std::size_t>(found - ids.begin());
    if (out_.grade_index > 0) return;
    context_.problems.add(place, fmt::format("\"{}\" is the best grade, so the cap would take "
                                             "nothing away",
                                             *id));
  }

  const YamlNode& node_;
  const Standard& standard_;
  const StandardContext& context_;
  MapReader map_;
  Cap out_;
};

}  // namespace

void read_vetoes(const YamlNode& node, Standard& out, const StandardContext& context) {
  if (context.pack != nullptr && !out.level.empty() && !context.pack->levels.empty() &&
      out.level != context.pack->levels.back().id) {
    context.problems.add(node.place,
                         fmt::format("a veto rests on a finding about an outlet, and this "
                                     "standard scores the level \"{}\"",
                                     out.level));
  }
  std::set<std::string> taken;
  for (const YamlNode& item : read_list(node, "\"vetoes\"", context)) {
    out.vetoes.push_back(read_veto(item, taken, context));
  }
}

void read_caps(const YamlNode& node, Standard& out, const StandardContext& context) {
  std::set<std::string> taken;
  for (const YamlNode& item : read_list(node, "\"caps\"", context)) {
    out.caps.push_back(CapReader(item, out, context).read(taken));
  }
}

}  // namespace plumbline
