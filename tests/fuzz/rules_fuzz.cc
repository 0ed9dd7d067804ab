// SPDX-License-Identifier: Apache-2.0
// One file of a rule pack is any bytes: the first byte says which. The answer is a rule set or
// problems at places that exist; nothing takes long, and nothing is passed over. The other files
// are those of tests/fuzz/data/pack, which are as small as can be: reading them is most of the
// work.
#include "base/file.h"
#include "evaluator/standard.h"
#include "packs/mapping.h"
#include "tests/fuzz/fuzz.h"

namespace plumbline {
namespace {

const PackFiles& good_files() {
  static const PackFiles files = load_pack_files("tests/fuzz/data/pack").value();
  return files;
}

void check_places(const Problems& problems) {
  for (const Problem& problem : problems.sorted()) {
    CHECK(problem.place.line >= 1 && problem.place.column >= 1, "a problem has a place");
  }
}

void read_mapping(BytesView input) {
  static const Pack pack = [] {
    Problems none;
    return *parse_pack(good_files(), none);
  }();
  Problems problems;
  auto mapping = parse_mapping("import.yaml", input, pack, problems);
  CHECK(mapping.has_value() == problems.empty(), "a mapping is usable or has a problem");
  check_places(problems);
}

}  // namespace

void fuzz(BytesView input) {
  // A standard of its own is read without the good one beside it.
  static const char* const kPaths[] = {"pack.yaml",        "events.yaml",      "calendar.yaml",
                                       "standards/s.yaml", "standards/s.yaml", "targets/any.yaml"};
  std::size_t which = take_byte(input) % (std::size(kPaths) + 1);
  if (which == std::size(kPaths)) return read_mapping(input);
  Problems problems;
  PackFiles files = good_files();
  files[kPaths[which]] = Bytes(input);
  auto rules = compile_rules(files, problems);
  CHECK((rules != nullptr) == problems.empty(), "a pack is usable or has a problem");
  check_places(problems);
}

}  // namespace plumbline
