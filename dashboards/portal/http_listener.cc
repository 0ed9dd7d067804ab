// SPDX-License-Identifier: Apache-2.0
#include "dashboards/portal/http_listener.h"

namespace plumbline {
namespace {

constexpr const char* kText = "text/plain; charset=utf-8";
constexpr const char* kJson = "application/json";

HttpAnswer readiness(const std::vector<NotReady>& reasons) {
  if (reasons.empty()) {
    Json ready = Json::object();
    ready.set("ready", true);
    return {200, kJson, ready.text()};
  }
  Json list = Json::array();
  for (const NotReady& reason : reasons) {
    Json item = Json::object();
    item.set("part", reason.part).set("sentence", reason.sentence);
    list.push(std::move(item));
  }
  Json more = Json::object();
  more.set("ready", false).set("reasons", std::move(list));
  return http_problem(503, "The server is not ready: " + reasons.front().sentence, std::move(more));
}

HttpAnswer checkpoint_text(const std::optional<std::string>& note) {
  if (note.has_value()) return {200, kText, *note};
  return http_problem(503, "No checkpoint has been signed yet.");
}

}  // namespace

Result<std::unique_ptr<HttpServer>> bind_portal(const NetAddress& address, HttpExposure exposure,
                                                PortalSources sources) {
  ASSIGN_OR_RETURN(auto server, HttpServer::bind(address, exposure, "http"));
  server->get("/healthz", [] { return HttpAnswer{200, kText, "alive\n"}; });
  server->get("/readyz", [ask = sources.not_ready] { return readiness(ask()); });
  server->get("/api/v1/ledger/checkpoint",
              [ask = sources.checkpoint] { return checkpoint_text(ask()); });
  return server;
}

}  // namespace plumbline
