// SPDX-License-Identifier: Apache-2.0
// One file of a rule pack is any bytes: the first byte says which. The answer is a rule set or
// problems at places that exist; nothing takes long, and nothing is passed over.
#include "base/file.h"
#include "evaluator/standard.h"
#include "packs/mapping.h"
#include "tests/fuzz/fuzz.h"

namespace plumbline {
namespace {

const PackFiles& good_files() {
  static const PackFiles files = load_pack_files("tests/evaluator/data/small").value();
  return files;
}

}  // namespace

void fuzz(BytesView input) {
  static const char* const kPaths[] = {"pack.yaml",
                                       "events.yaml",
                                       "calendar.yaml",
                                       "standards/service.yaml",
                                       "standards/other.yaml",
                                       "targets/any.yaml"};
  std::size_t which = take_byte(input) % (std::size(kPaths) + 1);
  Problems problems;
  if (which == std::size(kPaths)) {
    static const auto kRules = [] {
      Problems none;
      return compile_rules(good_files(), none);
    }();
    auto mapping = parse_mapping("import.yaml", input, *kRules->pack, problems);
    CHECK(mapping.has_value() == problems.empty(), "a mapping is usable or has a problem");
    return;
  }
  PackFiles files = good_files();
  files[kPaths[which]] = Bytes(input);
  auto rules = compile_rules(files, problems);
  CHECK((rules != nullptr) == problems.empty(), "a pack is usable or has a problem");
  for (const Problem& problem : problems.sorted()) {
    CHECK(problem.place.line >= 1 && problem.place.column >= 1, "a problem has a place");
  }
}

}  // namespace plumbline
