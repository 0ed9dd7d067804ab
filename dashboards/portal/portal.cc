// SPDX-License-Identifier: Apache-2.0
#include "dashboards/portal/portal.h"

#include "dashboards/portal/routes.h"

namespace plumbline {
namespace {

constexpr const char* kJson = "application/json";
constexpr const char* kPageSecurity =
    "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'";
constexpr const char* kDataSecurity = "default-src 'none'; frame-ancestors 'none'";

void secure(HttpAnswer& answer, const char* content_policy) {
  answer.headers.emplace_back("Content-Security-Policy", content_policy);
  answer.headers.emplace_back("X-Content-Type-Options", "nosniff");
  answer.headers.emplace_back("Referrer-Policy", "no-referrer");
}

HttpAnswer not_ready() {
  return http_problem(503, "not_ready", "The first results are not there yet.");
}

// The unit that a policy of this kind is about.
Status admit(const ScopedData& data, ScopeKind kind, const RouteArguments& arguments) {
  switch (kind) {
    case ScopeKind::kNetwork:
    case ScopeKind::kLedger:
      return data.admit(ScopeLevel::kNetwork, "ALL");
    case ScopeKind::kCity:
      return data.admit(ScopeLevel::kCity, arguments.at("city"));
    case ScopeKind::kCounty:
      return data.admit(ScopeLevel::kCounty, arguments.at("county"));
    case ScopeKind::kOutlet:
      return data.admit(ScopeLevel::kOutlet, arguments.at("outlet"));
    case ScopeKind::kPublic:
    case ScopeKind::kSignedIn:
      return {};
  }
  return Error(Code::kInternal, "a kind of scope that nobody knows");
}

}  // namespace

Portal::Portal(PortalSources sources)
    : sources_(std::move(sources)), desk_(sources_), room_(sources_) {}

Result<std::unique_ptr<Portal>> Portal::make(PortalSources sources) {
  const std::string folder = sources.web_folder;
  std::unique_ptr<Portal> portal(new Portal(std::move(sources)));
  if (!folder.empty()) {
    ASSIGN_OR_RETURN(portal->files_, StaticFiles::load(folder));
  }
  return portal;
}

HttpAnswer Portal::answer(const HttpRequest& request) {
  const RouteMatch match = find_route(kRoutes, request);
  const bool api = request.path == "/api" || request.path.starts_with("/api/");
  const bool page = match.route == nullptr && !match.other_method && !api &&
                    request.method == HttpMethod::kGet && files_.has_value();
  HttpAnswer answer = page ? files_->answer(request) : serve(match, request);
  if (!page) answer.headers.emplace_back("Cache-Control", "no-store");
  secure(answer, page ? kPageSecurity : kDataSecurity);
  return answer;
}

HttpAnswer Portal::serve(const RouteMatch& match, const HttpRequest& request) {
  if (match.route == nullptr) {
    return match.other_method
               ? http_problem(405, "invalid", "This address does not take that method.")
               : http_problem(404, "not_found", "There is nothing at this address.");
  }
  const Route& route = *match.route;
  if (route.method != HttpMethod::kGet && request.header("x-plumbline") != "1") {
    return http_problem(403, "forbidden",
                        "A request that changes something needs the header "
                        "X-Plumbline: 1.");
  }
  std::optional<Account> account;
  if (route.policy.kind() != ScopeKind::kPublic) {
    auto signed_in = desk_.account_of(request);
    if (!signed_in.ok()) return http_problem(signed_in.error());
    if (!signed_in->has_value()) {
      return http_problem(401, "unauthenticated", "Nobody is signed in.");
    }
    account = **signed_in;
    if (!route.policy.roles().contains(account->role)) {
      return http_problem(403, "forbidden", "This account has another task.");
    }
  }
  if (const auto* show = std::get_if<PublicHandler>(&route.handler)) return (*show)(sources_);
  if (const auto* show = std::get_if<PublicQuery>(&route.handler)) {
    auto arguments = read_arguments(match, request);
    if (!arguments.ok()) return http_problem(arguments.error());
    Result<Json> shown = (*show)(sources_, *arguments);
    return shown.ok() ? HttpAnswer{200, kJson, shown->text()} : http_problem(shown.error());
  }
  if (const auto* show = std::get_if<SessionHandler>(&route.handler)) {
    return (*show)(desk_, request);
  }
  return serve_data(match, *account, request, std::get<DataHandler>(route.handler));
}

HttpAnswer Portal::serve_data(const RouteMatch& match, const Account& account,
                              const HttpRequest& request, DataHandler handler) {
  auto arguments = read_arguments(match, request);
  if (!arguments.ok()) return http_problem(arguments.error());
  auto data = ScopedData::open(room_, account.scope);
  if (!data.ok()) return http_problem(data.error());
  if (*data == nullptr || !(*data)->has_rules()) return not_ready();
  Status admitted = admit(**data, match.route->policy.kind(), *arguments);
  if (!admitted.ok()) return http_problem(admitted.error());
  Result<Json> shown = handler(**data, *arguments);
  if (!shown.ok()) return http_problem(shown.error());
  shown->set("standing", (*data)->standing());
  return {200, kJson, shown->text()};
}

}  // namespace plumbline
