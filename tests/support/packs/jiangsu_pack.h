// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_PACKS_JIANGSU_PACK_H_
#define PLUMBLINE_TESTS_SUPPORT_PACKS_JIANGSU_PACK_H_

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "base/file.h"
#include "packs/csv.h"
#include "packs/pack.h"

// The pack rules/jiangsu-2025 for tests. PLUMBLINE_SOURCE_DIR is the project's root.
namespace plumbline::testing_support {

inline const std::string kJiangsuFolder = std::string(PLUMBLINE_SOURCE_DIR) + "/rules/jiangsu-2025";

inline PackFiles jiangsu_files() {
  auto files = load_pack_files(kJiangsuFolder);
  EXPECT_TRUE(files.ok());
  return files.ok() ? *files : PackFiles();
}

// The rows of a file in data/, each as column -> cell.
inline std::vector<std::map<std::string, std::string>> jiangsu_data(const std::string& file) {
  std::vector<std::map<std::string, std::string>> out;
  auto bytes = read_file(kJiangsuFolder + "/data/" + file, 1 << 20);
  EXPECT_TRUE(bytes.ok());
  if (!bytes.ok()) return out;
  CsvReader reader(*bytes);
  std::vector<std::string> header;
  while (true) {
    auto row = reader.next();
    EXPECT_TRUE(row.ok()) << "line " << reader.line();
    if (!row.ok() || !row->has_value()) return out;
    if (header.empty()) {
      header = (*row)->cells;
      continue;
    }
    out.emplace_back();
    for (std::size_t i = 0; i < header.size(); ++i) out.back()[header[i]] = (*row)->cells[i];
  }
}

inline std::vector<std::map<std::string, std::string>> jiangsu_divisions() {
  return jiangsu_data("divisions.csv");
}

}  // namespace plumbline::testing_support

#endif  // PLUMBLINE_TESTS_SUPPORT_PACKS_JIANGSU_PACK_H_
