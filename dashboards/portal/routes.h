// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_DASHBOARDS_PORTAL_ROUTES_H_
#define PLUMBLINE_DASHBOARDS_PORTAL_ROUTES_H_

#include <array>

#include "dashboards/portal/handlers.h"
#include "dashboards/portal/route.h"

// Everything that the portal serves but the files of the front end. A route without a policy does
// not compile, and nothing is served that is not in this table.
namespace plumbline {

inline constexpr Roles kAnyRole{Role::kProvince, Role::kCity,    Role::kCounty,
                                Role::kOutlet,   Role::kAuditor, Role::kOperator};
inline constexpr Roles kWholeNetwork{Role::kProvince, Role::kAuditor};
inline constexpr Roles kFromCityUp{Role::kProvince, Role::kAuditor, Role::kCity};
inline constexpr Roles kFromCountyUp{Role::kProvince, Role::kAuditor, Role::kCity, Role::kCounty};
inline constexpr Roles kFromOutletUp{Role::kProvince, Role::kAuditor, Role::kCity, Role::kCounty,
                                     Role::kOutlet};

inline constexpr auto kRoutes = std::to_array<Route>({
    {HttpMethod::kGet, "/healthz", Policy::open(), "", &show_health},
    {HttpMethod::kGet, "/readyz", Policy::open(), "", &show_readiness},
    {HttpMethod::kGet, "/api/v1/openapi.json", Policy::open(), "", &show_openapi},
    {HttpMethod::kGet, "/api/v1/ledger/checkpoint", Policy::open(), "", &show_checkpoint},
    {HttpMethod::kGet, "/api/v1/ledger/checkpoints", Policy::open(), "", &show_checkpoints},
    {HttpMethod::kGet, "/api/v1/ledger/proof/inclusion", Policy::open(), "index size",
     &show_inclusion},
    {HttpMethod::kGet, "/api/v1/ledger/proof/consistency", Policy::open(), "first second",
     &show_consistency},
    {HttpMethod::kGet, "/api/v1/demo-accounts", Policy::open(), "", &show_demo_accounts},
    {HttpMethod::kPost, "/api/v1/session", Policy::open(), "", &sign_in},
    {HttpMethod::kDelete, "/api/v1/session", Policy::open(), "", &sign_out},
    {HttpMethod::kGet, "/api/v1/session", Policy(ScopeKind::kSignedIn, kAnyRole), "",
     &show_session},
    {HttpMethod::kGet, "/api/v1/standing", Policy(ScopeKind::kSignedIn, kAnyRole), "",
     &show_standing},
    {HttpMethod::kGet, "/api/v1/rules", Policy(ScopeKind::kSignedIn, kAnyRole), "", &show_rules},
    {HttpMethod::kGet, "/api/v1/overview", Policy(ScopeKind::kNetwork, kWholeNetwork), "period",
     &show_overview},
    {HttpMethod::kGet, "/api/v1/targets", Policy(ScopeKind::kNetwork, kWholeNetwork), "",
     &show_targets},
    {HttpMethod::kGet, "/api/v1/targets/{target}", Policy(ScopeKind::kNetwork, kWholeNetwork), "",
     &show_target},
    {HttpMethod::kGet, "/api/v1/cities/{city}", Policy(ScopeKind::kCity, kFromCityUp), "period",
     &show_city},
    {HttpMethod::kGet, "/api/v1/counties/{county}", Policy(ScopeKind::kCounty, kFromCountyUp),
     "period", &show_county},
    {HttpMethod::kGet, "/api/v1/outlets/{outlet}", Policy(ScopeKind::kOutlet, kFromOutletUp),
     "period standard", &show_outlet},
    {HttpMethod::kGet, "/api/v1/outlets/{outlet}/cases", Policy(ScopeKind::kOutlet, kFromOutletUp),
     "period standard criterion type state offset limit", &show_cases},
    {HttpMethod::kGet, "/api/v1/outlets/{outlet}/cases/{type}/{subject}",
     Policy(ScopeKind::kOutlet, kFromOutletUp), "", &show_case},
    {HttpMethod::kGet, "/api/v1/outlets/{outlet}/explanation",
     Policy(ScopeKind::kOutlet, kFromOutletUp), "period standard cases", &show_explanation},
    {HttpMethod::kGet, "/api/v1/outlets/{outlet}/presence",
     Policy(ScopeKind::kOutlet, kFromOutletUp), "", &show_outlet_presence},
    {HttpMethod::kGet, "/api/v1/presence", Policy(ScopeKind::kSignedIn, kAnyRole), "",
     &show_presence},
    {HttpMethod::kGet, "/api/v1/outlets/{outlet}/streams",
     Policy(ScopeKind::kOutlet, kFromOutletUp), "", &show_outlet_streams},
    {HttpMethod::kGet, "/api/v1/streams", Policy(ScopeKind::kSignedIn, kAnyRole),
     "state offset limit", &show_streams},
    {HttpMethod::kGet, "/api/v1/ledger", Policy(ScopeKind::kLedger, kWholeNetwork), "",
     &show_ledger},
});

static_assert(routes_are_sound(kRoutes), "a route contradicts its policy: see route.h");

}  // namespace plumbline

#endif  // PLUMBLINE_DASHBOARDS_PORTAL_ROUTES_H_
