// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_DASHBOARDS_PORTAL_ROUTE_H_
#define PLUMBLINE_DASHBOARDS_PORTAL_ROUTE_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "base/json.h"
#include "base/result.h"
#include "dashboards/portal/http_message.h"
#include "store/accounts.h"

// What a route of the portal is. The routes themselves: routes.h.
namespace plumbline {

class ScopedData;
class SessionDesk;
struct PortalSources;

// What a route shows, which decides who may reach it with which unit.
enum class ScopeKind {
  kPublic,    // anyone, signed in or not
  kSignedIn,  // nothing of a unit that is named; what lies in the account's own scope
  kNetwork,   // the network as a whole
  kCity,      // the city of "{city}" in the pattern
  kCounty,    // the county of "{county}"
  kOutlet,    // the outlet of "{outlet}"
  kLedger,    // the ledger as a whole
};

class Roles {
 public:
  constexpr Roles(std::initializer_list<Role> roles) {
    for (Role role : roles) bits_ |= 1u << static_cast<unsigned>(role);
  }
  constexpr bool contains(Role role) const {
    return (bits_ >> static_cast<unsigned>(role) & 1u) != 0;
  }
  constexpr bool empty() const { return bits_ == 0; }

 private:
  unsigned bits_ = 0;
};

// Who may use a route. There is no default: a route without a policy does not compile.
class Policy {
 public:
  Policy() = delete;
  consteval Policy(ScopeKind kind, Roles roles) : kind_(kind), roles_(roles) {}
  static consteval Policy open() { return {ScopeKind::kPublic, Roles{}}; }

  constexpr ScopeKind kind() const { return kind_; }
  constexpr Roles roles() const { return roles_; }

 private:
  ScopeKind kind_;
  Roles roles_;
};

// What a request says beside its route. All of it is checked for its form.
struct RouteArguments {
  std::map<std::string, std::string, std::less<>> path;   // "city" -> "320100"
  std::map<std::string, std::string, std::less<>> query;  // only what the route names

  const std::string& at(std::string_view name) const;         // of the path; it is there
  const std::string& parameter(std::string_view name) const;  // of the query; "" when absent
  // Likewise, of an "offset", a "limit" or "cases"; `otherwise` when absent.
  std::uint64_t number(std::string_view name, std::uint64_t otherwise) const;
};

// Shows what belongs to no unit.
using PublicHandler = HttpAnswer (*)(const PortalSources& sources);
// Shows what belongs to no unit, of what the request asks for.
using PublicQuery = Result<Json> (*)(const PortalSources& sources, const RouteArguments& arguments);
// Signs in and out, and says who is signed in.
using SessionHandler = HttpAnswer (*)(SessionDesk& desk, const HttpRequest& request);
// Shows data. It sees nothing but what lies in the account's scope.
using DataHandler = Result<Json> (*)(ScopedData& data, const RouteArguments& arguments);

struct Route {
  HttpMethod method;
  std::string_view pattern;  // "/api/v1/cities/{city}"
  Policy policy;
  std::string_view parameters;  // of the query, separated by spaces
  std::variant<PublicHandler, PublicQuery, SessionHandler, DataHandler> handler;
};

consteval bool names_unit(std::string_view pattern, ScopeKind kind) {
  const bool city = pattern.find("{city}") != std::string_view::npos;
  const bool county = pattern.find("{county}") != std::string_view::npos;
  const bool outlet = pattern.find("{outlet}") != std::string_view::npos;
  return city == (kind == ScopeKind::kCity) && county == (kind == ScopeKind::kCounty) &&
         outlet == (kind == ScopeKind::kOutlet);
}

// True when each route has roles unless it is public, shows data only by a policy that is not,
// names in its pattern the unit that its policy is about, and stands in the table once.
template <typename Table>
consteval bool routes_are_sound(const Table& routes) {
  for (std::size_t i = 0; i < routes.size(); ++i) {
    const Route& route = routes[i];
    const bool open = route.policy.kind() == ScopeKind::kPublic;
    if (route.pattern.empty() || route.pattern.front() != '/') return false;
    if (open != route.policy.roles().empty()) return false;
    if (open && std::holds_alternative<DataHandler>(route.handler)) return false;
    if (!open && std::holds_alternative<PublicHandler>(route.handler)) return false;
    if (!open && std::holds_alternative<PublicQuery>(route.handler)) return false;
    if (route.method == HttpMethod::kOther) return false;
    if (!names_unit(route.pattern, route.policy.kind())) return false;
    for (std::size_t j = 0; j < i; ++j) {
      if (routes[j].pattern == route.pattern && routes[j].method == route.method) return false;
    }
  }
  return true;
}

}  // namespace plumbline

#endif  // PLUMBLINE_DASHBOARDS_PORTAL_ROUTE_H_
