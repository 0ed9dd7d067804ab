// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_DASHBOARDS_PORTAL_TARGET_VIEW_H_
#define PLUMBLINE_DASHBOARDS_PORTAL_TARGET_VIEW_H_

#include <map>
#include <memory>
#include <string>

#include "dashboards/portal/scoped_data.h"

namespace plumbline {

// The statements of the network's targets, by target and "running" or "final".
class TargetRows {
 public:
  static Result<TargetRows> read(ScopedData& data);
  const Json* find(const std::string& target, const std::string& statement) const;

 private:
  std::map<std::pair<std::string, std::string>, std::shared_ptr<const Json>> bodies_;
};

// TARGET_SUMMARY of one target of the rule set. A target without a statement is not reported.
Json target_summary(const ScopedData& data, const Json& target, const TargetRows& rows);
Json target_summaries(const ScopedData& data, const TargetRows& rows);
// DETAIL of one statement; null when there is none.
Json target_detail(const ScopedData& data, const Json& target, const TargetRows& rows,
                   const std::string& statement);

// How the units of a level stand, by unit code and target.
class UnitRows {
 public:
  // `unit`: one of them; "" = all in the scope.
  static Result<UnitRows> read(ScopedData& data, ScopeLevel level, const std::string& unit);
  // UNIT_TARGETs of the targets that are about this level.
  Json json(const ScopedData& data, const std::string& unit) const;
  // "covered", "claimed" or "missing".
  std::string state(const Json& target, const std::string& unit) const;
  std::optional<std::string> since(const Json& target, const std::string& unit) const;

 private:
  const Json* find(const std::string& target, const std::string& unit) const;
  ScopeLevel level_ = ScopeLevel::kCounty;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<const Json>> bodies_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_DASHBOARDS_PORTAL_TARGET_VIEW_H_
