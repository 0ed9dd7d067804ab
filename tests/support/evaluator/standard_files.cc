// SPDX-License-Identifier: Apache-2.0
#include "tests/evaluator/standard_files.h"

#include <algorithm>
#include <filesystem>

#include "base/check.h"
#include "base/file.h"
#include "base/limits.h"

namespace plumbline::testing {

std::string evaluator_data() {
  return std::string(PLUMBLINE_SOURCE_DIR) + "/tests/evaluator/data/";
}

Bytes file_text(const std::string& path) {
  return read_file(path, limits::kMaxPackBytes).value();
}

PackFiles sample_pack() {
  PackFiles files;
  for (const char* name : kAgentPackFiles) {
    files[name] = file_text(evaluator_data() + "pack/" + name);
  }
  return files;
}

PackFiles sample_pack_with_counties() {
  PackFiles files = sample_pack();
  Bytes& pack = files["pack.yaml"];
  std::size_t at = pack.find("  - {id: outlet");
  CHECK(at != Bytes::npos, "the sample pack has a level of outlets");
  pack.insert(at, "  - {id: county, title: {zh: 县, en: County}}\n");
  return files;
}

std::vector<std::string> fixtures(const std::string& ending, const std::string& folder) {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(evaluator_data() + folder)) {
    std::string name = entry.path().filename().string();
    if (name.ends_with(ending)) out.push_back(name);
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace plumbline::testing
