// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_PACKS_BOSTON_PACK_H_
#define PLUMBLINE_TESTS_SUPPORT_PACKS_BOSTON_PACK_H_

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "base/file.h"
#include "packs/pack.h"

// The pack rules/boston-311 for tests. PLUMBLINE_SOURCE_DIR is the project's root.
namespace plumbline::testing_support {

inline const std::string kBostonFolder = std::string(PLUMBLINE_SOURCE_DIR) + "/rules/boston-311";

// Its three frame files; standards are left out.
inline PackFiles boston_frame_files() {
  PackFiles out;
  for (const char* path : kAgentPackFiles) {
    auto bytes = read_file(kBostonFolder + "/" + path, 1 << 20);
    EXPECT_TRUE(bytes.ok()) << path;
    if (bytes.ok()) out[path] = *bytes;
  }
  return out;
}

inline const Pack& boston_pack() {
  static const Pack pack = [] {
    Problems problems;
    auto parsed = parse_pack(boston_frame_files(), problems);
    EXPECT_TRUE(parsed.has_value()) << problems.text();
    return parsed.value_or(Pack());
  }();
  return pack;
}

// What `gzip -dc` prints for the file.
inline std::string gunzip(const std::string& path) {
  std::string out;
  FILE* pipe = popen(("gzip -dc '" + path + "'").c_str(), "r");
  EXPECT_NE(pipe, nullptr);
  if (pipe == nullptr) return out;
  char buffer[65536];
  while (std::size_t got = std::fread(buffer, 1, sizeof buffer, pipe)) out.append(buffer, got);
  EXPECT_EQ(pclose(pipe), 0) << path;
  return out;
}

}  // namespace plumbline::testing_support

#endif  // PLUMBLINE_TESTS_SUPPORT_PACKS_BOSTON_PACK_H_
