// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_EVALUATOR_STANDARD_FILES_H_
#define PLUMBLINE_TESTS_EVALUATOR_STANDARD_FILES_H_

#include <string>
#include <vector>

#include "evaluator/standard.h"

// Rule files of the tests, under tests/evaluator/data.
namespace plumbline::testing {

// The folder, with a slash at its end.
std::string evaluator_data();

// A file that must be there.
Bytes file_text(const std::string& path);

// pack.yaml, events.yaml and calendar.yaml of the sample pack.
PackFiles sample_pack();
// The same with a level "county" between network and outlet.
PackFiles sample_pack_with_counties();

// The names under data/<folder> that end with `ending`, sorted.
std::vector<std::string> fixtures(const std::string& ending,
                                  const std::string& folder = "standards");

}  // namespace plumbline::testing

#endif  // PLUMBLINE_TESTS_EVALUATOR_STANDARD_FILES_H_
