// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <utility>

#include "evaluator/standard_reader.h"

namespace plumbline {
namespace {

constexpr std::string_view kStandards = "standards/";

bool is_standard(std::string_view path) {
  return path.starts_with(kStandards) && path.ends_with(".yaml") &&
         path.find('/', kStandards.size()) == std::string_view::npos;
}

// Files that the pack allows and nothing reads. A rule that somebody wrote and nobody applies must
// not go unnoticed.
void refuse_unread(const PackFiles& files, Problems& problems) {
  for (const auto& [path, bytes] : files) {
    Place place{path, 1, 1};
    if (path.starts_with("targets/") || path.starts_with("tests/")) {
      problems.add(place, "the folder " + path.substr(0, path.find('/') + 1) +
                              " is not supported yet; the file would have no effect");
    } else if (path.starts_with(kStandards) && !is_standard(path)) {
      problems.add(place, "a standard is a file standards/<name>.yaml; this one would not be read");
    }
  }
}

}  // namespace

std::shared_ptr<const RuleSet> compile_rules(const PackFiles& files, Problems& problems) {
  refuse_unread(files, problems);
  auto rules = std::make_shared<RuleSet>();
  if (std::optional<Pack> pack = parse_pack(files, problems)) {
    rules->pack = std::make_shared<const Pack>(*std::move(pack));
  }
  StandardContext context{rules->pack.get(), problems};
  std::map<std::string, std::string> file_of_id;
  for (const auto& [path, bytes] : files) {
    if (!is_standard(path)) continue;
    std::optional<YamlNode> root = parse_yaml(path, bytes, problems);
    if (!root) continue;
    Standard standard = read_standard(*root, context);
    auto [other, is_new] = file_of_id.emplace(standard.id, path);
    if (!is_new && !standard.id.empty()) {
      problems.add(root->find("id")->place,
                   "the id \"" + standard.id + "\" is that of the standard in " + other->second);
    }
    rules->standards.push_back(std::move(standard));
  }
  if (!problems.empty()) return nullptr;
  CHECK(rules->pack != nullptr, "a pack that cannot be read leaves a problem");
  std::sort(rules->standards.begin(), rules->standards.end(),
            [](const Standard& a, const Standard& b) { return a.id < b.id; });
  return rules;
}

}  // namespace plumbline
