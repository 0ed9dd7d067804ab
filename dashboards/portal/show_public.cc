// SPDX-License-Identifier: Apache-2.0
// What anyone may see: health, readiness, checkpoint, the description of the API, signing in.
#include "dashboards/portal/handlers.h"
#include "dashboards/portal/openapi.h"
#include "dashboards/portal/session_desk.h"
#include "dashboards/portal/sources.h"

namespace plumbline {
namespace {

constexpr const char* kText = "text/plain; charset=utf-8";
constexpr const char* kJson = "application/json";

}  // namespace

HttpAnswer show_health(const PortalSources&) {
  return {200, kText, "alive\n"};
}

HttpAnswer show_readiness(const PortalSources& sources) {
  const std::vector<NotReady> reasons = sources.not_ready();
  if (reasons.empty()) return {200, kJson, Json::object().set("ready", true).text()};
  Json list = Json::array();
  for (const NotReady& reason : reasons) {
    list.push(Json::object().set("part", reason.part).set("sentence", reason.sentence));
  }
  Json more = Json::object();
  more.set("ready", false).set("reasons", std::move(list));
  return http_problem(503, "not_ready", "The server is not ready: " + reasons.front().sentence,
                      std::move(more));
}

HttpAnswer show_openapi(const PortalSources&) {
  return {200, kJson, std::string(openapi_text())};
}

HttpAnswer show_checkpoint(const PortalSources& sources) {
  if (auto published = sources.checkpoint()) return {200, kText, published->text};
  return http_problem(503, "not_ready", "No checkpoint has been signed yet.");
}

HttpAnswer show_demo_accounts(SessionDesk& desk, const HttpRequest&) {
  return desk.demo_accounts();
}

HttpAnswer sign_in(SessionDesk& desk, const HttpRequest& request) {
  return desk.sign_in(request);
}

HttpAnswer sign_out(SessionDesk& desk, const HttpRequest& request) {
  return desk.sign_out(request);
}

HttpAnswer show_session(SessionDesk& desk, const HttpRequest& request) {
  return desk.describe(request);
}

}  // namespace plumbline
