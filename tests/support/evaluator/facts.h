// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_EVALUATOR_FACTS_H_
#define PLUMBLINE_TESTS_SUPPORT_EVALUATOR_FACTS_H_

#include <map>
#include <string>
#include <string_view>

#include "evaluator/target.h"
#include "model/fact.h"

// Facts and targets of the tests.
namespace plumbline::testing {

using Attributes = std::map<std::string, std::string>;

Date date(std::string_view text);

// Empty dates are open ends.
Fact fact(std::string kind, std::string id, std::string_view from, std::string_view until,
          Attributes attributes);
Fact county(std::string id, std::string_view from = "2000-01-01", std::string_view until = "",
            std::string merged_into = "");
// An institution of county level. With a date of confirmation it has a document too.
Fact institution(std::string id, std::string place, std::string_view from,
                 std::string confirmed = "", std::string_view until = "");
Fact status(std::string id, std::string holder, std::string_view from, std::string_view until = "");

// Counties with a confirmed institution, more than half of them, by the end of 2025.
Target coverage_target();
// Holders of the status "provincial", at least two.
Target count_target();

}  // namespace plumbline::testing

#endif  // PLUMBLINE_TESTS_SUPPORT_EVALUATOR_FACTS_H_
