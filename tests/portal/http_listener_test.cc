// SPDX-License-Identifier: Apache-2.0
// The portal's and the metrics' listener on loopback, asked by a real HTTP client.
#include "dashboards/portal/http_listener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include "base/limits.h"
#include "dashboards/portal/metrics_listener.h"

namespace plumbline {
namespace {

using ::testing::HasSubstr;
const NetAddress kAnyPort{"127.0.0.1", 0};

httplib::Result get(const HttpServer& server, const std::string& path) {
  return httplib::Client(server.address().host, server.address().port).Get(path);
}

class PortalTest : public ::testing::Test {
 protected:
  PortalTest() {
    PortalSources sources;
    sources.not_ready = [this] { return reasons_; };
    sources.checkpoint = [this] { return published_; };
    server_ = HttpServer::bind(kAnyPort, HttpExposure::kLoopback, "http").value();
    server_->answer_with(portal_handler(sources).value());
    server_->start();
  }

  std::vector<NotReady> reasons_;
  std::optional<PublishedCheckpoint> published_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(PortalTest, IsAlive) {
  auto answer = get(*server_, "/healthz");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "alive\n");
}

TEST_F(PortalTest, IsReadyWithoutReasonsAgainst) {
  auto answer = get(*server_, "/readyz");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, R"({"ready":true})");
}

TEST_F(PortalTest, TellsEveryReasonWhyItIsNotReady) {
  reasons_ = {{"storage", "the disk is full"}, {"evaluator", "it stands at entry 3 of 9"}};
  auto answer = get(*server_, "/readyz");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->get_header_value("Content-Type"), "application/problem+json");
  Json body = Json::parse(answer->body).value();
  EXPECT_EQ(body.integer_at("status").value(), 503);
  EXPECT_THAT(body.string_at("detail").value(), HasSubstr("the disk is full"));
  const Json::Array& reasons = body.find("reasons")->as_array();
  ASSERT_EQ(reasons.size(), 2u);
  EXPECT_EQ(reasons[1].string_at("part").value(), "evaluator");
  EXPECT_EQ(reasons[1].string_at("sentence").value(), "it stands at entry 3 of 9");
}

TEST_F(PortalTest, ShowsThePublishedCheckpoint) {
  EXPECT_EQ(get(*server_, "/api/v1/ledger/checkpoint")->status, 503);
  published_ = {"plumbline/1\n5\nroot\n\n— signature\n", LedgerSize(5), "root"};
  auto answer = get(*server_, "/api/v1/ledger/checkpoint");
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, published_->text);
  EXPECT_THAT(answer->get_header_value("Content-Type"), HasSubstr("text/plain"));
}

TEST_F(PortalTest, AnUnknownPathIsAProblem) {
  auto answer = get(*server_, "/nothing");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 404);
  EXPECT_EQ(answer->get_header_value("Content-Type"), "application/problem+json");
  EXPECT_EQ(Json::parse(answer->body)->string_at("type").value(), "about:blank");
}

TEST_F(PortalTest, OtherMethodsAndLargeBodiesAreProblems) {
  httplib::Client client(server_->address().host, server_->address().port);
  auto posted = client.Post("/healthz", "x", "text/plain");
  ASSERT_TRUE(posted);
  EXPECT_EQ(posted->status, 405);
  auto large =
      client.Post("/healthz", std::string(limits::kMaxHttpBodyBytes + 1, 'x'), "text/plain");
  EXPECT_TRUE(!large || large->status >= 400);
}

TEST_F(PortalTest, ALongHeaderIsRefused) {
  httplib::Client client(server_->address().host, server_->address().port);
  auto answer = client.Get("/healthz", {{"X-Long", std::string(100'000, 'x')}});
  EXPECT_TRUE(!answer || answer->status >= 400);
  EXPECT_EQ(get(*server_, "/healthz")->status, 200);
}

TEST_F(PortalTest, APortInUseIsTold) {
  auto second = HttpServer::bind(server_->address(), HttpExposure::kLoopback, "http");
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code(), Code::kExists);
  EXPECT_THAT(second.error().sentence(), HasSubstr(server_->address().text()));
}

TEST_F(PortalTest, AfterStoppingNobodyAnswers) {
  server_->stop();
  EXPECT_FALSE(get(*server_, "/healthz"));
  server_->stop();
}

TEST(HttpServerTest, TakesLoopbackOnlyUnlessBehindAProxy) {
  NetAddress everywhere{"0.0.0.0", 0};
  auto refused = HttpServer::bind(everywhere, HttpExposure::kLoopback, "http");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), Code::kDenied);
  EXPECT_THAT(refused.error().sentence(), HasSubstr("--behind-proxy"));
  EXPECT_TRUE(HttpServer::bind(everywhere, HttpExposure::kBehindProxy, "http").ok());
  EXPECT_TRUE(HttpServer::bind({"127.0.0.2", 0}, HttpExposure::kLoopback, "http").ok());
}

TEST(HttpServerTest, AnAddressOfAnotherMachineIsTold) {
  auto bound = HttpServer::bind({"192.0.2.1", 8080}, HttpExposure::kBehindProxy, "http");
  ASSERT_FALSE(bound.ok());
  EXPECT_THAT(bound.error().sentence(), HasSubstr("192.0.2.1:8080"));
}

TEST(HttpServerTest, AHandlerThatThrowsIsAProblem) {
  auto server = HttpServer::bind(kAnyPort, HttpExposure::kLoopback, "http").value();
  server->answer_with([](const HttpRequest&) -> HttpAnswer { throw std::runtime_error("secret"); });
  server->start();
  auto answer = get(*server, "/broken");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 500);
  EXPECT_THAT(answer->body, ::testing::Not(HasSubstr("secret")));
}

class EchoServer : public ::testing::Test {
 protected:
  EchoServer() {
    server_ = HttpServer::bind(kAnyPort, HttpExposure::kLoopback, "http").value();
    server_->answer_with([](const HttpRequest& request) {
      return HttpAnswer{200, "text/plain", request.path + " " + request.body};
    });
    server_->start();
    client_ = std::make_unique<httplib::Client>("127.0.0.1", server_->address().port);
    client_->set_keep_alive(true);
    client_->set_url_encode(false);
  }
  std::unique_ptr<HttpServer> server_;
  std::unique_ptr<httplib::Client> client_;
};

TEST_F(EchoServer, BodiesAreReadOfEveryMethod) {
  EXPECT_EQ(client_->Post("/a", "body", "text/plain")->body, "/a body");
  EXPECT_EQ(client_->Delete("/a", "body", "text/plain")->body, "/a body");
  EXPECT_EQ(client_->Delete("/a%2Fb")->body, "/a%2Fb ");
  EXPECT_EQ(client_->Put("/a", "a=b", "application/x-www-form-urlencoded")->body, "/a a=b");
}

TEST_F(EchoServer, ALongAddressIsNoTrouble) {
  const std::string path = "/" + std::string(8000, 'x');
  EXPECT_EQ(client_->Post(path, "b", "text/plain")->body, path + " b");
  EXPECT_EQ(client_->Get(path)->body, path + " ");
}

// Packed bodies that become large: the library has no limit for them.
TEST_F(EchoServer, ABodyThatUnpacksToMuchIsRefusedAndTheConnectionGoesOn) {
  client_->set_compress(true);
  const std::string zeros(8u << 20, '0');
  auto large = client_->Post("/a", zeros, "text/plain");
  ASSERT_TRUE(large);
  EXPECT_EQ(large->status, 413);
  auto small = client_->Post("/a", std::string(1000, '1'), "text/plain");
  ASSERT_TRUE(small);
  EXPECT_EQ(small->body.size(), 1003u);
}

TEST_F(EchoServer, FormsOfSeveralPartsAreRefused) {
  httplib::MultipartFormDataItems items = {{"a", "text", "", ""}};
  auto refused = client_->Post("/a", items);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 400);
  EXPECT_EQ(client_->Get("/b")->body, "/b ");
}

TEST(MetricsListenerTest, ShowsTheRegistry) {
  auto registry = std::make_shared<prometheus::Registry>();
  auto& family = prometheus::BuildCounter().Name("plumbline_test_total").Register(*registry);
  prometheus::Counter& counter = family.Add({{"kind", "a"}});
  auto server = bind_metrics(kAnyPort, HttpExposure::kLoopback, registry).value();
  server->start();
  counter.Increment(3);
  auto answer = get(*server, "/metrics");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_THAT(answer->body, HasSubstr("plumbline_test_total{kind=\"a\"} 3"));
  EXPECT_THAT(answer->get_header_value("Content-Type"), HasSubstr("version=0.0.4"));
  EXPECT_EQ(get(*server, "/healthz")->status, 404);
}

}  // namespace
}  // namespace plumbline
