// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_EVALUATOR_TARGET_PACK_H_
#define PLUMBLINE_TESTS_SUPPORT_EVALUATOR_TARGET_PACK_H_

#include <string>
#include <vector>

#include "model/fact.h"
#include "packs/pack.h"
#include "tests/support/evaluator/small_ledger.h"

// The small pack with the target "cities": more than half of the cities have a confirmed
// institution on 2015-03-31, as known by 2015-04-10.
namespace plumbline::testing {

PackFiles target_pack(const std::vector<Replace>& change = {});

Fact city(std::string id);
// Founded and confirmed on `day`.
Fact city_institution(std::string id, std::string place, std::string_view day);

}  // namespace plumbline::testing

#endif  // PLUMBLINE_TESTS_SUPPORT_EVALUATOR_TARGET_PACK_H_
