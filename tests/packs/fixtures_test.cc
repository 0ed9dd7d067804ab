// SPDX-License-Identifier: Apache-2.0
// Every fixture data/<part>/<name>.bad.yaml is read by the part's parser, and the problems must be
// those of <name>.bad.txt: file, line, column, sentence and suggestion, all at once.
#include <gtest/gtest.h>

#include <cctype>

#include "base/file.h"
#include "packs/mapping.h"
#include "packs/pack_parts.h"
#include "packs/yaml.h"
#include "tests/support/packs/boston_pack.h"

namespace plumbline {
namespace {

using testing_support::boston_frame_files;
using testing_support::boston_pack;

const std::string kData = std::string(PLUMBLINE_SOURCE_DIR) + "/tests/packs/data/";

Bytes read(const std::string& path) {
  auto bytes = read_file(path, 8 << 20);
  EXPECT_TRUE(bytes.ok()) << path;
  return bytes.ok() ? *bytes : "";
}

// True when the part's parser gave a value.
bool parse_as(const std::string& part, const std::string& file, const Bytes& text,
              Problems& problems) {
  if (part == "yaml") return parse_yaml(file, text, problems).has_value();
  if (part == "events") return parse_events(file, text, problems).has_value();
  if (part == "calendar") return parse_calendar(file, text, problems).has_value();
  if (part == "mapping") return parse_mapping(file, text, boston_pack(), problems).has_value();
  PackFiles files = boston_frame_files();
  files["pack.yaml"] = text;
  return parse_pack(files, problems).has_value();
}

std::vector<std::string> fixtures() {
  std::vector<std::string> out;
  auto files = list_files(kData);
  EXPECT_TRUE(files.ok());
  for (const std::string& path : *files) {
    if (path.ends_with(".bad.yaml")) out.push_back(path);
  }
  return out;
}

class BadFixture : public testing::TestWithParam<std::string> {};

TEST_P(BadFixture, ReportsAllItsProblemsAtTheirPlaces) {
  const std::string& path = GetParam();
  std::size_t slash = path.find('/');
  std::string part = path.substr(0, slash);
  std::string file = path.substr(slash + 1);
  Problems problems;
  bool usable = parse_as(part, file, read(kData + path), problems);
  if (part != "yaml") {
    EXPECT_FALSE(usable);
  }
  EXPECT_FALSE(problems.empty());
  std::string stem = path.substr(0, path.size() - std::string(".yaml").size());
  EXPECT_EQ(problems.text(), read(kData + stem + ".txt"));
}

INSTANTIATE_TEST_SUITE_P(Files, BadFixture, testing::ValuesIn(fixtures()), [](const auto& test) {
  std::string name = test.param;
  for (char& c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return name;
});

}  // namespace
}  // namespace plumbline
