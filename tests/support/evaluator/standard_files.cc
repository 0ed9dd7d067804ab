// SPDX-License-Identifier: Apache-2.0
#include "tests/evaluator/standard_files.h"

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "base/limits.h"

namespace plumbline::testing {

std::string evaluator_data() {
  return std::string(PLUMBLINE_SOURCE_DIR) + "/tests/evaluator/data/";
}

Bytes file_text(const std::string& path) { return read_file(path, limits::kMaxPackBytes).value(); }

PackFiles sample_pack() {
  PackFiles files;
  for (const char* name : kAgentPackFiles) {
    files[name] = file_text(evaluator_data() + "pack/" + name);
  }
  return files;
}

std::vector<std::string> fixtures(const std::string& ending) {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(evaluator_data() + "standards")) {
    std::string name = entry.path().filename().string();
    if (name.ends_with(ending)) out.push_back(name);
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace plumbline::testing
