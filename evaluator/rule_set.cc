// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "evaluator/standard_reader.h"
#include "evaluator/target_reader.h"

namespace plumbline {
namespace {

constexpr std::string_view kStandards = "standards/";
constexpr std::string_view kTargets = "targets/";

// folder/<name>.yaml
bool is_in(std::string_view folder, std::string_view path) {
  return path.starts_with(folder) && path.ends_with(".yaml") &&
         path.find('/', folder.size()) == std::string_view::npos;
}

// Files that the pack allows and nothing reads. A rule that somebody wrote and nobody applies must
// not go unnoticed.
void refuse_unread(const PackFiles& files, Problems& problems) {
  for (const auto& [path, bytes] : files) {
    Place place{path, 1, 1};
    if (path.starts_with(kStandards) && !is_in(kStandards, path)) {
      problems.add(place, "a standard is a file standards/<name>.yaml; this one would not be read");
    } else if (path.starts_with(kTargets) && !is_in(kTargets, path)) {
      problems.add(place, "a target is a file targets/<name>.yaml; this one would not be read");
    }
  }
}

// All files of a folder, each read to one value with an id of its own; sorted by id.
template <typename Value, typename Read>
std::vector<Value> read_folder(const PackFiles& files, std::string_view folder,
                               std::string_view what, const StandardContext& context, Read read) {
  std::vector<Value> values;
  std::map<std::string, std::string> file_of_id;
  for (const auto& [path, bytes] : files) {
    if (!is_in(folder, path)) continue;
    std::optional<YamlNode> root = parse_yaml(path, bytes, context.problems);
    if (!root) continue;
    Value value = read(*root, context);
    auto [other, is_new] = file_of_id.emplace(value.id, path);
    if (!is_new && !value.id.empty()) {
      context.problems.add(
          root->find("id")->place,
          fmt::format("the id \"{}\" is that of the {} in {}", value.id, what, other->second));
    }
    values.push_back(std::move(value));
  }
  std::sort(values.begin(), values.end(),
            [](const Value& a, const Value& b) { return a.id < b.id; });
  return values;
}

}  // namespace

std::shared_ptr<const RuleSet> compile_rules(const PackFiles& files, Problems& problems) {
  refuse_unread(files, problems);
  auto rules = std::make_shared<RuleSet>();
  if (std::optional<Pack> pack = parse_pack(files, problems)) {
    rules->pack = std::make_shared<const Pack>(*std::move(pack));
  }
  StandardContext context{rules->pack.get(), problems};
  rules->standards = read_folder<Standard>(files, kStandards, "standard", context, read_standard);
  rules->targets = read_folder<Target>(files, kTargets, "target", context, read_target);
  if (!problems.empty()) return nullptr;
  CHECK(rules->pack != nullptr, "a pack that cannot be read leaves a problem");
  return rules;
}

}  // namespace plumbline
