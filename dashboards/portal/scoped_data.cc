// SPDX-License-Identifier: Apache-2.0
#include "dashboards/portal/scoped_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace plumbline {
namespace {

constexpr const char* kWhole = "ALL";

// The same sentence for a unit that there is not and for one outside the scope.
Error nothing_there(ScopeLevel level, const std::string& unit) {
  return Error(Code::kNotFound,
               fmt::format("There is no {} \"{}\" here.", scope_level_name(level), unit));
}

}  // namespace

ScopedData::ScopedData(DataRoom& room, Scope scope, std::unique_ptr<ResultsPool::Lease> lease)
    : room_(room),
      scope_(std::move(scope)),
      lease_(std::move(lease)),
      header_(lease_->view().header()),
      registry_(room.sources_.registry()),
      tree_(room.trees_.of(registry_, room.sources_.local(header_.as_of).date)),
      rules_(room.sources_.evaluator == nullptr ? nullptr : room.sources_.evaluator->rules()) {}

Result<std::unique_ptr<ScopedData>> ScopedData::open(DataRoom& room, const Scope& scope) {
  ASSIGN_OR_RETURN(auto lease, room.results_.lease());
  if (lease == nullptr) return std::unique_ptr<ScopedData>();
  return std::unique_ptr<ScopedData>(new ScopedData(room, scope, std::move(lease)));
}

Json ScopedData::standing() const {
  const PortalSources& sources = room_.sources_;
  const Genesis& genesis = registry_->genesis;
  std::string version;
  for (const auto& active : registry_->activations) {
    if (active.rule_hash.hex() == header_.rule_hash) version = active.version;
  }
  const LedgerSize size = sources.ledger_size();
  const auto checkpoint = sources.checkpoint();
  Json json = Json::object();
  json.set("size", header_.size.value).set("as_of", format_instant(header_.as_of));
  json.set("as_of_text", minute_text(header_.as_of));
  json.set("behind_entries", size > header_.size ? size.value - header_.size.value : 0);
  json.set("late", sources.late());
  json.set("simulated", genesis.simulated);
  json.set("simulated_until",
           genesis.simulated_until ? Json(format_instant(*genesis.simulated_until)) : Json());
  json.set("pack", header_.pack).set("pack_version", version);
  json.set("rule_hash", header_.rule_hash).set("ledger_id", genesis.ledger_id);
  json.set("checkpoint_size", checkpoint ? Json(checkpoint->size.value) : Json());
  return json;
}

Status ScopedData::admit(ScopeLevel level, const std::string& unit) const {
  if (tree_->contains(scope_, level, unit)) return {};
  return nothing_there(level, unit);
}

Json ScopedData::place_json(ScopeLevel level, const std::string& code) const {
  return tree_->division_json(level, code);
}

std::vector<const PlaceTree::Division*> ScopedData::cities() const {
  std::vector<const PlaceTree::Division*> found;
  for (const auto& [code, city] : tree_->cities()) {
    if (tree_->contains(scope_, ScopeLevel::kCity, code)) found.push_back(&city);
  }
  return found;
}

std::vector<const PlaceTree::Division*> ScopedData::counties() const {
  std::vector<const PlaceTree::Division*> found;
  for (const auto& [code, county] : tree_->counties()) {
    if (tree_->contains(scope_, ScopeLevel::kCounty, code)) found.push_back(&county);
  }
  return found;
}

std::vector<const PlaceTree::Division*> ScopedData::counties_of(const std::string& city) const {
  std::vector<const PlaceTree::Division*> found = tree_->counties_of(city);
  std::erase_if(found, [&](const PlaceTree::Division* county) {
    return !tree_->contains(scope_, ScopeLevel::kCounty, county->code);
  });
  return found;
}

std::vector<const OutletAdded*> ScopedData::outlets() const {
  return tree_->outlets_of(scope_);
}

std::vector<const OutletAdded*> ScopedData::outlets_of(ScopeLevel level,
                                                       const std::string& unit) const {
  if (!tree_->contains(scope_, level, unit)) return {};
  return tree_->outlets_of({level, unit});
}

const OutletAdded* ScopedData::outlet(const std::string& id) const {
  return tree_->contains(scope_, ScopeLevel::kOutlet, id) ? tree_->outlet(id) : nullptr;
}

LocalTime ScopedData::local(Instant at) const {
  return room_.sources_.local(at);
}

std::string ScopedData::minute_text(Instant at) const {
  const LocalTime time = local(at);
  const std::int64_t minutes = time.ms_of_day / kMsPerMinute;
  return fmt::format("{} {:02}:{:02}", format_date(time.date), minutes / 60, minutes % 60);
}

bool ScopedData::sees(const ResultRow& row) const {
  if (scope_.level == ScopeLevel::kNetwork) return scope_.unit == kWhole;
  auto level = parse_scope_level(row.level);
  return level.ok() && tree_->contains(scope_, *level, row.unit);
}

bool ScopedData::narrow(ResultsStore::Filter& filter) const {
  if (scope_.level == ScopeLevel::kNetwork) return scope_.unit == kWhole;
  auto level = parse_scope_level(filter.level);
  if (!level.ok() || *level < scope_.level) return false;
  std::vector<std::string> seen;
  if (*level == ScopeLevel::kOutlet) {
    for (const OutletAdded* outlet : outlets()) seen.push_back(outlet->outlet.text());
  } else if (*level == ScopeLevel::kCounty) {
    for (const auto* county : counties()) seen.push_back(county->code);
  } else {
    seen.push_back(scope_.unit);
  }
  std::vector<std::string> wanted = filter.units;
  if (!filter.unit.empty()) wanted = {filter.unit};
  if (!wanted.empty()) {
    const std::set<std::string> inside(seen.begin(), seen.end());
    std::erase_if(wanted, [&](const std::string& unit) { return !inside.contains(unit); });
    seen = std::move(wanted);
  }
  filter.unit.clear();
  filter.units = std::move(seen);
  return !filter.units.empty();
}

// The query asks for rows in the scope alone; what it gives is looked at once more.
Result<std::vector<ResultRow>> ScopedData::rows(ResultsStore::Filter filter) {
  if (!narrow(filter)) return std::vector<ResultRow>();
  ASSIGN_OR_RETURN(std::vector<ResultRow> found, lease_->view().rows(filter));
  std::erase_if(found, [&](const ResultRow& row) { return !sees(row); });
  return found;
}

Result<std::vector<ResultRow>> ScopedData::keys(ResultsStore::Filter filter) {
  if (!narrow(filter)) return std::vector<ResultRow>();
  ASSIGN_OR_RETURN(std::vector<ResultRow> found, lease_->view().keys(filter));
  std::erase_if(found, [&](const ResultRow& row) { return !sees(row); });
  return found;
}

Result<std::shared_ptr<const ScoredRow>> ScopedData::scored(const ResultRow& row) {
  return room_.rows_.scored(row);
}

Result<std::shared_ptr<const Json>> ScopedData::body(const ResultRow& row) {
  return room_.rows_.body(row);
}

const Json& ScopedData::rules() const {
  static const Json kNone = Json::object();
  return rules_ == nullptr ? kNone : *rules_;
}

Result<Json> ScopedData::cases(const CaseQuery& query) {
  RETURN_IF_ERROR(admit(ScopeLevel::kOutlet, query.outlet.text()));
  if (room_.sources_.evaluator == nullptr) {
    return Error(Code::kUnavailable, "no rule set is served yet");
  }
  auto closed = closings(query.standard, query.period);
  if (!closed.empty()) {
    const PeriodClosed& last = closed.back()->closed;
    return room_.sources_.evaluator->cases(query, last.size, last.as_of);
  }
  return room_.sources_.evaluator->cases(query, header_.size, header_.as_of);
}

Result<Json> ScopedData::explanation(const ResultKey& key, std::uint64_t cases) {
  RETURN_IF_ERROR(admit(ScopeLevel::kOutlet, key.outlet.text()));
  if (room_.sources_.evaluator == nullptr) {
    return Error(Code::kUnavailable, "no rule set is served yet");
  }
  ResultMoment moment{header_.size, header_.as_of};
  auto closed = closings(key.standard, key.period);
  if (!closed.empty()) moment = {closed.back()->closed.size, closed.back()->closed.as_of};
  return room_.sources_.evaluator->explanation(key, cases, moment);
}

std::vector<const RegistryState::Closing*> ScopedData::closings(const std::string& standard,
                                                                const std::string& period) const {
  std::vector<const RegistryState::Closing*> found;
  for (const RegistryState::Closing& closing : registry_->closings) {
    if (closing.index.value >= header_.size.value) continue;
    const PeriodClosed& closed = closing.closed;
    if (closed.standard == standard && closed.period == period) found.push_back(&closing);
  }
  return found;
}

Result<Json> ScopedData::difference(const ResultKey& key, const PeriodClosed& before,
                                    const PeriodClosed* after) {
  RETURN_IF_ERROR(admit(ScopeLevel::kOutlet, key.outlet.text()));
  if (room_.sources_.evaluator == nullptr) {
    return Error(Code::kUnavailable, "no rule set is served yet");
  }
  ResultMoment until{header_.size, header_.as_of};
  if (after != nullptr) until = {after->size, after->as_of};
  return room_.sources_.evaluator->difference(key, {before.size, before.as_of}, until);
}

Result<Json> ScopedData::remembered(const std::string& name,
                                    const std::function<Result<Json>()>& make) {
  const std::string key = fmt::format(
      "{}\n{} {}\n{} {} {}\n{} {}", name, scope_level_name(scope_.level), scope_.unit,
      header_.size.value, header_.as_of.ms, header_.rule_hash,
      static_cast<const void*>(registry_.get()), static_cast<const void*>(rules_.get()));
  if (auto kept = room_.answers_.find(key)) return *kept;
  ASSIGN_OR_RETURN(Json answer, make());
  room_.answers_.keep(key, std::make_shared<const Json>(answer), {registry_, rules_});
  return answer;
}

Result<std::vector<OutletPresence>> ScopedData::presence(
    const std::vector<const OutletAdded*>& outlets) const {
  if (!room_.sources_.presence) {
    return Error(Code::kUnavailable, "Nobody tells which outlets are heard.");
  }
  std::vector<OutletId> asked;
  for (const OutletAdded* each : outlets) {
    if (outlet(each->outlet.text()) != nullptr) asked.push_back(each->outlet);
  }
  return room_.sources_.presence(asked);
}

Result<std::vector<ScopedData::OutletStreams>> ScopedData::streams(
    const std::vector<const OutletAdded*>& outlets) const {
  if (!room_.sources_.doubts) {
    return Error(Code::kUnavailable, "Nobody tells what the batches say of their streams.");
  }
  static const std::vector<RegistryView::Stream> kNone;
  std::vector<OutletStreams> found;
  std::vector<OutletId> asked;
  for (const OutletAdded* each : outlets) {
    if (outlet(each->outlet.text()) == nullptr) continue;
    auto enrolled = registry_->streams.find(each->outlet);
    found.push_back({each, enrolled == registry_->streams.end() ? &kNone : &enrolled->second, {}});
    asked.push_back(each->outlet);
  }
  ASSIGN_OR_RETURN(std::vector<OutletDoubts> doubts, room_.sources_.doubts(asked));
  for (std::size_t i = 0; i < found.size(); ++i) found[i].doubts = std::move(doubts[i]);
  return found;
}

Result<ScopedData::LedgerFacts> ScopedData::ledger() const {
  RETURN_IF_ERROR(admit(ScopeLevel::kNetwork, kWhole));
  return LedgerFacts{room_.sources_.checkpoint(), room_.sources_.verifier()};
}

}  // namespace plumbline
