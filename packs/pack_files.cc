// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/crypto.h"
#include "base/file.h"
#include "base/limits.h"
#include "packs/pack_parts.h"

namespace plumbline {
namespace {

bool belongs_to_rules(std::string_view path) {
  if (path.starts_with("data/") || path.starts_with("import/")) return false;
  if (path == "simulation.yaml" || path == "integrity.yaml" || path.ends_with(".md")) return false;
  return !path.starts_with('.') && path.find("/.") == std::string_view::npos;
}

}  // namespace

Result<PackFiles> load_own_files(const std::string& folder) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    return Error(Code::kNotFound, fmt::format("there is no pack folder {}", folder));
  }
  ASSIGN_OR_RETURN(std::vector<std::string> paths, list_files(folder));
  PackFiles files;
  std::size_t bytes = 0;
  for (const std::string& path : paths) {
    if (!belongs_to_rules(path)) continue;
    if (files.size() == limits::kMaxPackFiles) {
      return Error(Code::kExhausted, fmt::format("the pack {} has more than {} rule files", folder,
                                                 limits::kMaxPackFiles));
    }
    ASSIGN_OR_RETURN(Bytes content, read_file(folder + "/" + path, limits::kMaxPackBytes));
    bytes += content.size();
    if (bytes > limits::kMaxPackBytes) {
      return Error(Code::kExhausted, fmt::format("the rule files of the pack {} have more than {} "
                                                 "bytes",
                                                 folder, limits::kMaxPackBytes));
    }
    files.emplace(path, std::move(content));
  }
  return files;
}

Hash rule_hash(const PackFiles& files) {
  std::vector<std::string> lines;
  for (const auto& [path, content] : files) {
    lines.push_back(fmt::format("{}  {}\n", sha256(content).hex(), path));
  }
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const std::string& line : lines) text += line;
  return sha256(text);
}

}  // namespace plumbline
