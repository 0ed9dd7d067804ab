// SPDX-License-Identifier: Apache-2.0
// Walks every route with every role and with units of its own, beside it, above it, unknown and
// malformed. In each county a canary stands in names of outlets, ids of facts and subjects of
// cases: no answer may hold a canary from outside the account's scope.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "dashboards/portal/routes.h"
#include "tests/support/portal/scene.h"

namespace plumbline {
namespace {

using testing::PortalScene;

struct Person {
  Role role;
  Scope scope;
};

const std::vector<Person>& people() {
  static const std::vector<Person> kPeople = {
      {Role::kProvince, {ScopeLevel::kNetwork, "ALL"}},
      {Role::kAuditor, {ScopeLevel::kNetwork, "ALL"}},
      {Role::kOperator, {ScopeLevel::kNetwork, "ALL"}},
      {Role::kCity, {ScopeLevel::kCity, "320100"}},
      {Role::kCounty, {ScopeLevel::kCounty, "320102"}},
      {Role::kOutlet, {ScopeLevel::kOutlet, "o320102-1"}},
      // A unit that there is not, or not any more.
      {Role::kCity, {ScopeLevel::kCity, "320900"}},
      {Role::kOutlet, {ScopeLevel::kOutlet, "gone"}},
  };
  return kPeople;
}

struct Unit {
  const char* text;
  enum class Kind { kThere, kUnknown, kMalformed } kind;
};

std::vector<Unit> units_of(ScopeKind kind) {
  using enum Unit::Kind;
  switch (kind) {
    case ScopeKind::kCity:
      return {{"320100", kThere},   {"320200", kThere},    {"320900", kUnknown},
              {"320102", kUnknown}, {"3%201", kMalformed}, {"a%00b", kMalformed},
              {"%E5", kMalformed},  {"%4", kMalformed}};
    case ScopeKind::kCounty:
      return {{"320102", kThere},       {"320104", kThere},   {"320205", kThere},
              {"320199", kUnknown},     {"320100", kUnknown}, {"..%2F..", kMalformed},
              {"320102'--", kMalformed}};
    case ScopeKind::kOutlet:
      return {{"o320102-1", kThere}, {"o320102-2", kThere},   {"o320104-1", kThere},
              {"o320206-2", kThere}, {"o999999-1", kUnknown}, {"O320102-1", kMalformed},
              {"%20", kMalformed}};
    default:
      return {{"", kThere}};
  }
}

ScopeLevel level_of(ScopeKind kind) {
  switch (kind) {
    case ScopeKind::kCity:
      return ScopeLevel::kCity;
    case ScopeKind::kCounty:
      return ScopeLevel::kCounty;
    case ScopeKind::kOutlet:
      return ScopeLevel::kOutlet;
    default:
      return ScopeLevel::kNetwork;
  }
}

// Written out here once more, so that the walk does not ask the tree that it tests.
bool inside(const Scope& scope, ScopeLevel level, const std::string& unit) {
  if (scope.level == ScopeLevel::kNetwork) return true;
  if (level == scope.level) return unit == scope.unit;
  const std::string county = level == ScopeLevel::kOutlet ? unit.substr(1, 6) : unit;
  if (level < scope.level) return false;
  return scope.level == ScopeLevel::kCity ? county.substr(0, 4) + "00" == scope.unit
                                          : county == scope.unit;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

std::string path_of(const Route& route, const std::string& unit) {
  std::string path(route.pattern);
  if (route.parameters.starts_with("index")) path += "?index=0";
  if (route.parameters.starts_with("first")) path += "?first=0";
  for (const char* name : {"{city}", "{county}", "{outlet}"}) path = replaced(path, name, unit);
  path = replaced(path, "{target}", "t1");
  path = replaced(path, "{type}", "consultation");
  const std::string outlet = unit.size() > 8 ? unit : "o320102-1";
  const std::string county = outlet.substr(1, 6);
  return replaced(path, "{subject}",
                  PortalScene::outlet_canary(county, outlet.back() - '0') + "-case");
}

int expected(const Route& route, const Person& person, const Unit& unit) {
  if (route.policy.kind() == ScopeKind::kPublic) return 200;
  if (!route.policy.roles().contains(person.role)) return 403;
  if (unit.kind == Unit::Kind::kMalformed) return 400;
  if (route.policy.kind() == ScopeKind::kSignedIn) return 200;
  if (unit.kind == Unit::Kind::kUnknown) return 404;
  return inside(person.scope, level_of(route.policy.kind()), unit.text) ? 200 : 404;
}

class ScopeWalk : public ::testing::Test {
 protected:
  ScopeWalk() { scene_.checkpoint = {"note", LedgerSize(7), "root"}; }

  static void expect_no_foreign_canary(const std::string& body, const Scope& scope,
                                       const std::string& where) {
    const std::vector<std::string> own = PortalScene::canaries_of(scope);
    for (const std::string& canary : PortalScene::all_canaries()) {
      if (std::find(own.begin(), own.end(), canary) != own.end()) continue;
      // The refused address itself may be named.
      EXPECT_EQ(body.find(canary), std::string::npos) << where << " shows " << canary;
    }
  }

  PortalScene scene_;
};

TEST_F(ScopeWalk, EveryRouteRoleAndUnit) {
  int asked = 0;
  for (const Person& person : people()) {
    const std::string cookie = scene_.cookie_of(person.role, person.scope.unit);
    for (const Route& route : kRoutes) {
      if (route.method != HttpMethod::kGet) continue;
      for (const Unit& unit : units_of(route.policy.kind())) {
        const std::string path = path_of(route, unit.text);
        const std::string where =
            std::string(role_name(person.role)) + " of " + person.scope.unit + " at " + path;
        const auto answer = scene_.get(path, cookie);
        EXPECT_EQ(answer.status, expected(route, person, unit)) << where << ": " << answer.body;
        expect_no_foreign_canary(answer.body, person.scope, where);
        EXPECT_EQ(answer.header("Cache-Control"), "no-store") << where;
        ++asked;
      }
    }
  }
  EXPECT_GT(asked, 250);
}

TEST_F(ScopeWalk, NobodySeesNothingWithoutASession) {
  for (const Route& route : kRoutes) {
    if (route.method != HttpMethod::kGet) continue;
    const bool open = route.policy.kind() == ScopeKind::kPublic;
    for (const Unit& unit : units_of(route.policy.kind())) {
      const auto answer = scene_.get(path_of(route, unit.text));
      EXPECT_EQ(answer.status, open ? 200 : 401) << route.pattern;
      expect_no_foreign_canary(answer.body, {ScopeLevel::kOutlet, "nobody"},
                               std::string(route.pattern));
    }
  }
}

// Outside the scope and not there at all: the same words but for the unit that was asked for.
TEST_F(ScopeWalk, OutsideAndUnknownCannotBeToldApart) {
  const std::string cookie = scene_.cookie_of(Role::kCounty, "320102");
  const auto outside = scene_.get("/api/v1/counties/320104", cookie);
  const auto unknown = scene_.get("/api/v1/counties/320199", cookie);
  EXPECT_EQ(outside.status, 404);
  EXPECT_EQ(replaced(outside.body, "320104", "X"), replaced(unknown.body, "320199", "X"));
  EXPECT_EQ(outside.code(), "not_found");
  const auto case_outside =
      scene_.get("/api/v1/outlets/o320104-1/cases?type=consultation&limit=1", cookie);
  const auto case_unknown =
      scene_.get("/api/v1/outlets/o320199-1/cases?type=consultation&limit=1", cookie);
  EXPECT_EQ(replaced(case_outside.body, "o320104-1", "X"),
            replaced(case_unknown.body, "o320199-1", "X"));
}

// The canaries are where the walk looks for them: whoever sees everything sees them all.
TEST_F(ScopeWalk, TheCanariesAreThere) {
  const std::string cookie = scene_.cookie_of(Role::kProvince, "ALL");
  std::string all;
  for (const Route& route : kRoutes) {
    if (route.method != HttpMethod::kGet) continue;
    for (const std::string& county : PortalScene::counties()) {
      std::vector<std::string> units = {county};
      if (route.policy.kind() == ScopeKind::kCity) units = {county.substr(0, 4) + "00"};
      if (route.policy.kind() == ScopeKind::kOutlet) {
        units = {PortalScene::outlet_id(county, 1), PortalScene::outlet_id(county, 2)};
      }
      for (const std::string& unit : units) all += scene_.get(path_of(route, unit), cookie).body;
    }
  }
  for (const std::string& canary : PortalScene::all_canaries()) {
    if (canary == PortalScene::county_canary("320104")) continue;  // has no institution
    EXPECT_NE(all.find(canary), std::string::npos) << canary;
  }
  for (const std::string& county : PortalScene::counties()) {
    EXPECT_NE(all.find(PortalScene::outlet_canary(county, 1) + "-case"), std::string::npos);
    EXPECT_NE(all.find(PortalScene::outlet_canary(county, 2) + "-finding"), std::string::npos);
  }
}

// What a city sees on its own page is every canary of its counties.
TEST_F(ScopeWalk, ACitySeesItsCounties) {
  const std::string cookie = scene_.cookie_of(Role::kCity, "320200");
  const std::string body = scene_.get("/api/v1/cities/320200", cookie).body;
  EXPECT_NE(body.find(PortalScene::county_canary("320205")), std::string::npos);
  EXPECT_NE(body.find(PortalScene::outlet_canary("320206", 2)), std::string::npos);
}

}  // namespace
}  // namespace plumbline
