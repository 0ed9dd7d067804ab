// SPDX-License-Identifier: Apache-2.0
#include "tests/support/evaluator/target_pack.h"

#include <utility>

#include "tests/support/evaluator/facts.h"

namespace plumbline::testing {

PackFiles target_pack(const std::vector<Replace>& change) {
  PackFiles files = small_pack(change);
  files["targets/cities.yaml"] = R"(format: plumbline/target/v1
id: cities
title: {zh: 市级覆盖率, en: Cities with an institution}
measure: coverage
counts: institution
where: {level: city}
distinct: place
requires: [document, confirmed]
dated: [confirmed]
units: {kind: division, where: {level: city}}
goal: {above: 0.5}
start: 2015-01-01
deadline: 2015-03-31
known_by: 2015-04-10
headline: strict
owner: {zh: 省局, en: The office}
basis: proposal of this test
basis_kind: proposal
)";
  return files;
}

Fact city(std::string id) {
  return fact("division", std::move(id), "2000-01-01", "", {{"level", "city"}, {"name_zh", "市"}});
}

Fact city_institution(std::string id, std::string place, std::string_view day) {
  return fact("institution", std::move(id), day, "",
              {{"level", "city"},
               {"name_zh", "机构"},
               {"place", std::move(place)},
               {"document", "d1"},
               {"confirmed", std::string(day)}});
}

}  // namespace plumbline::testing
