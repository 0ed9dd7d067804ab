// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_EVALUATOR_STANDARD_FILES_H_
#define PLUMBLINE_TESTS_EVALUATOR_STANDARD_FILES_H_

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/limits.h"
#include "evaluator/standard.h"

// Rule files of the tests, under tests/evaluator/data.
namespace plumbline::testing {

inline std::string evaluator_data() {
  return std::string(PLUMBLINE_SOURCE_DIR) + "/tests/evaluator/data/";
}

inline Bytes file_text(const std::string& path) {
  return read_file(path, limits::kMaxPackBytes).value();
}

// pack.yaml, events.yaml and calendar.yaml of the sample pack.
inline PackFiles sample_pack() {
  PackFiles files;
  for (const char* name : kAgentPackFiles) {
    files[name] = file_text(evaluator_data() + "pack/" + name);
  }
  return files;
}

// The names under data/standards that end with `ending`, sorted.
inline std::vector<std::string> fixtures(const std::string& ending) {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(evaluator_data() + "standards")) {
    std::string name = entry.path().filename().string();
    if (name.ends_with(ending)) out.push_back(name);
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace plumbline::testing

#endif  // PLUMBLINE_TESTS_EVALUATOR_STANDARD_FILES_H_
