// SPDX-License-Identifier: Apache-2.0
// The description of the API against the table of routes and against real answers.
#include "dashboards/portal/openapi.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "dashboards/portal/routes.h"
#include "tests/support/portal/scene.h"
#include "tests/support/portal/schema.h"

namespace plumbline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::PortalScene;
using testing::schema_problems;

const Json& document() {
  static const Json kDocument = Json::parse(openapi_text()).value();
  return kDocument;
}

std::string name_of(HttpMethod method) {
  if (method == HttpMethod::kGet) return "get";
  return method == HttpMethod::kPost ? "post" : "delete";
}

const Json* operation(std::string_view pattern, const std::string& method) {
  const Json* path = document().find("paths")->find(pattern);
  return path == nullptr ? nullptr : path->find(method);
}

TEST(OpenApi, DescribesEveryRouteAndNoOther) {
  std::set<std::string> routes;
  for (const Route& route : kRoutes) {
    routes.insert(name_of(route.method) + " " + std::string(route.pattern));
  }
  std::set<std::string> described;
  for (const auto& [path, methods] : document().find("paths")->as_object()) {
    for (const auto& [method, about] : methods.as_object()) described.insert(method + " " + path);
  }
  EXPECT_EQ(routes, described);
}

TEST(OpenApi, NamesParametersAndWhetherASessionIsNeeded) {
  for (const Route& route : kRoutes) {
    const Json* about = operation(route.pattern, name_of(route.method));
    ASSERT_NE(about, nullptr) << route.pattern;
    std::string query;
    if (const Json* parameters = about->find("parameters")) {
      for (const Json& parameter : parameters->as_array()) {
        const std::string name = parameter.string_at("name").value();
        const std::string in = parameter.string_at("in").value();
        if (in == "query") query += (query.empty() ? "" : " ") + name;
        if (in == "path") {
          EXPECT_NE(route.pattern.find("{" + name + "}"), std::string_view::npos);
        }
      }
    }
    EXPECT_EQ(query, route.parameters) << route.pattern;
    const bool open = route.policy.kind() == ScopeKind::kPublic;
    EXPECT_EQ(about->find("security") != nullptr, open) << route.pattern;
  }
}

class OpenApiAnswers : public ::testing::Test {
 protected:
  OpenApiAnswers() { scene_.checkpoint = {"note", LedgerSize(7), "root"}; }

  // The answer to `path` against the schema that the document has for its status.
  void expect_described(const std::string& pattern, const std::string& path,
                        const std::string& cookie) {
    const auto answer = scene_.get(path, cookie);
    const Json* about = operation(pattern, "get");
    ASSERT_NE(about, nullptr) << pattern;
    const Json* response = about->find("responses")->find(std::to_string(answer.status));
    ASSERT_NE(response, nullptr) << path << " answers " << answer.status << answer.body;
    const auto& content = response->find("content")->as_object();
    const auto& [type, schema] = *content.begin();
    EXPECT_EQ(answer.header("Content-Type").substr(0, type.size()), type) << path;
    if (type == "text/plain") return;
    EXPECT_THAT(schema_problems(document(), *schema.find("schema"), answer.json()), IsEmpty())
        << path;
  }

  PortalScene scene_;
};

TEST_F(OpenApiAnswers, AreAsDescribed) {
  const std::string cookie = scene_.cookie_of(Role::kProvince, "ALL");
  const std::string one_case = "/cases/consultation/canary320102x1-case";
  const std::vector<std::pair<std::string, std::string>> asked = {
      {"/healthz", "/healthz"},
      {"/readyz", "/readyz"},
      {"/api/v1/openapi.json", "/api/v1/openapi.json"},
      {"/api/v1/ledger/checkpoint", "/api/v1/ledger/checkpoint"},
      {"/api/v1/ledger/checkpoints", "/api/v1/ledger/checkpoints"},
      {"/api/v1/ledger/proof/inclusion", "/api/v1/ledger/proof/inclusion?index=3"},
      {"/api/v1/ledger/proof/inclusion", "/api/v1/ledger/proof/inclusion?index=3&size=9"},
      {"/api/v1/ledger/proof/inclusion", "/api/v1/ledger/proof/inclusion"},
      {"/api/v1/ledger/proof/consistency", "/api/v1/ledger/proof/consistency?first=3&second=5"},
      {"/api/v1/ledger/proof/consistency", "/api/v1/ledger/proof/consistency?first=03"},
      {"/api/v1/demo-accounts", "/api/v1/demo-accounts"},
      {"/api/v1/session", "/api/v1/session"},
      {"/api/v1/standing", "/api/v1/standing"},
      {"/api/v1/rules", "/api/v1/rules"},
      {"/api/v1/overview", "/api/v1/overview"},
      {"/api/v1/overview", "/api/v1/overview?period=2026-10"},
      {"/api/v1/overview", "/api/v1/overview?period=1999"},
      {"/api/v1/overview", "/api/v1/overview?period=latest"},
      {"/api/v1/targets", "/api/v1/targets"},
      {"/api/v1/targets/{target}", "/api/v1/targets/t1"},
      {"/api/v1/targets/{target}", "/api/v1/targets/t2"},
      {"/api/v1/cities/{city}", "/api/v1/cities/320100"},
      {"/api/v1/counties/{county}", "/api/v1/counties/320104"},
      {"/api/v1/outlets/{outlet}", "/api/v1/outlets/o320102-1"},
      {"/api/v1/outlets/{outlet}/cases", "/api/v1/outlets/o320102-1/cases"},
      {"/api/v1/outlets/{outlet}/cases/{type}/{subject}", "/api/v1/outlets/o320102-1" + one_case},
      {"/api/v1/outlets/{outlet}/explanation", "/api/v1/outlets/o320102-1/explanation"},
      {"/api/v1/outlets/{outlet}/presence", "/api/v1/outlets/o320102-1/presence"},
      {"/api/v1/outlets/{outlet}/presence", "/api/v1/outlets/o320102-2/presence"},
      {"/api/v1/presence", "/api/v1/presence"},
      {"/api/v1/outlets/{outlet}/streams", "/api/v1/outlets/o320102-1/streams"},
      {"/api/v1/outlets/{outlet}/streams", "/api/v1/outlets/o320102-2/streams"},
      {"/api/v1/streams", "/api/v1/streams"},
      {"/api/v1/streams", "/api/v1/streams?state=look&limit=500"},
      {"/api/v1/streams", "/api/v1/streams?state=closed"},
      {"/api/v1/streams", "/api/v1/streams?limit=501"},
      {"/api/v1/ledger", "/api/v1/ledger"},
  };
  for (const auto& [pattern, path] : asked) {
    expect_described(pattern, path, cookie);
    expect_described(pattern, path, scene_.cookie_of(Role::kOutlet, "o320206-2"));
  }
}

TEST_F(OpenApiAnswers, OfAnEmptyNetworkToo) {
  auto empty = std::make_shared<RegistryView>();
  empty->genesis = scene_.registry->genesis;
  scene_.registry = empty;
  const std::string cookie = scene_.cookie_of(Role::kProvince, "ALL");
  expect_described("/api/v1/overview", "/api/v1/overview", cookie);
  expect_described("/api/v1/targets/{target}", "/api/v1/targets/t1", cookie);
}

TEST(SchemaProblems, TellWhatContradicts) {
  const Json schema = Json::parse(R"({"type":"object","required":["a"],
      "additionalProperties":false,"properties":{"a":{"type":["integer","null"],"minimum":0},
      "b":{"oneOf":[{"type":"null"},{"type":"array","items":{"enum":["x"]}}]}}})")
                          .value();
  auto problems = [&](const char* text) {
    return schema_problems(document(), schema, Json::parse(text).value());
  };
  EXPECT_THAT(problems(R"({"a":1,"b":["x"]})"), IsEmpty());
  EXPECT_THAT(problems(R"({"a":null,"b":null})"), IsEmpty());
  EXPECT_THAT(problems("[]"), ElementsAre("$ is [], not \"object\""));
  EXPECT_THAT(problems("{}"), ElementsAre("$ lacks \"a\""));
  EXPECT_THAT(problems(R"({"a":-1})"), ElementsAre("$.a is below the minimum"));
  EXPECT_EQ(problems(R"({"a":1,"b":["y"]})").size(), 1u);
  EXPECT_THAT(problems(R"({"a":1,"c":1})"),
              ElementsAre("$ has a member \"c\" that is not described"));
}

}  // namespace
}  // namespace plumbline
