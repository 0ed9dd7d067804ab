// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_DASHBOARDS_PORTAL_HANDLERS_H_
#define PLUMBLINE_DASHBOARDS_PORTAL_HANDLERS_H_

#include "dashboards/portal/route.h"

// What answers each route of routes.h. The answers' members: openapi.json, docs/formats/portal.md.
namespace plumbline {

HttpAnswer show_health(const PortalSources& sources);
HttpAnswer show_readiness(const PortalSources& sources);
HttpAnswer show_openapi(const PortalSources& sources);
HttpAnswer show_checkpoint(const PortalSources& sources);
Result<Json> show_checkpoints(const PortalSources& sources, const RouteArguments& arguments);
Result<Json> show_inclusion(const PortalSources& sources, const RouteArguments& arguments);
Result<Json> show_consistency(const PortalSources& sources, const RouteArguments& arguments);

HttpAnswer show_demo_accounts(SessionDesk& desk, const HttpRequest& request);
HttpAnswer sign_in(SessionDesk& desk, const HttpRequest& request);
HttpAnswer sign_out(SessionDesk& desk, const HttpRequest& request);
HttpAnswer show_session(SessionDesk& desk, const HttpRequest& request);

Result<Json> show_standing(ScopedData& data, const RouteArguments& arguments);
Result<Json> show_rules(ScopedData& data, const RouteArguments& arguments);
Result<Json> show_overview(ScopedData& data, const RouteArguments& arguments);
Result<Json> show_targets(ScopedData& data, const RouteArguments& arguments);
Result<Json> show_target(ScopedData& data, const RouteArguments& arguments);
Result<Json> show_city(ScopedData& data, const RouteArguments& arguments);
Result<Json> show_county(ScopedData& data, const RouteArguments& arguments);
Result<Json> show_outlet(ScopedData& data, const RouteArguments& arguments);
Result<Json> show_cases(ScopedData& data, const RouteArguments& arguments);
Result<Json> show_case(ScopedData& data, const RouteArguments& arguments);
Result<Json> show_explanation(ScopedData& data, const RouteArguments& arguments);
Result<Json> show_presence(ScopedData& data, const RouteArguments& arguments);
Result<Json> show_outlet_presence(ScopedData& data, const RouteArguments& arguments);
Result<Json> show_streams(ScopedData& data, const RouteArguments& arguments);
Result<Json> show_outlet_streams(ScopedData& data, const RouteArguments& arguments);
Result<Json> show_ledger(ScopedData& data, const RouteArguments& arguments);

}  // namespace plumbline

#endif  // PLUMBLINE_DASHBOARDS_PORTAL_HANDLERS_H_
