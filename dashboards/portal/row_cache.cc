// SPDX-License-Identifier: Apache-2.0
#include "dashboards/portal/row_cache.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/crypto.h"
#include "base/decimal.h"
#include "dashboards/portal/json_read.h"

namespace plumbline {
namespace {

std::string key_of(const ResultRow& row) {
  return fmt::format("{}\n{}\n{}\n{}", row.standard, row.level, row.unit, row.period);
}

Result<Json> parse(const ResultRow& row) {
  auto body = Json::parse(row.body);
  if (body.ok()) return body;
  return Error(
      Code::kCorrupt,
      fmt::format("the result of {} {} in {} cannot be read", row.level, row.unit, row.period),
      body.error());
}

std::int64_t units_of(const std::string& text) {
  auto decimal = parse_decimal(text);
  return decimal.ok() ? decimal->units : 0;
}

// A criterion without data loses nothing: nobody knows.
std::optional<ScoredRow::Weakest> weakest_of(const Json& body) {
  std::optional<ScoredRow::Weakest> weakest;
  std::int64_t most = 0;
  for (const Json& block : list_at(body, "blocks")) {
    for (const Json& criterion : list_at(block, "criteria")) {
      auto points = optional_text_at(criterion, "points");
      if (!points) continue;
      const std::string& weight = text_at(criterion, "weight_used");
      const std::int64_t lost = units_of(weight) - units_of(*points);
      if (lost <= most) continue;
      most = lost;
      weakest = ScoredRow::Weakest{text_at(criterion, "id"), *points, weight};
    }
  }
  return weakest;
}

}  // namespace

ScoredRow scored_row(const ResultRow& row, const Json& body) {
  ScoredRow scored;
  scored.unit = row.unit;
  scored.period = row.period;
  scored.standard = row.standard;
  scored.verdict = text_at(body, "verdict");
  scored.score = optional_text_at(body, "score");
  scored.grade = optional_text_at(body, "grade");
  scored.grade_by_score = optional_text_at(body, "grade_by_score");
  scored.grade_limited = flag_at(body, "grade_limited");
  scored.failed = body.find("error") != nullptr;
  scored.weight_without_data = text_at(body, "weight_without_data");
  for (const Json& veto : list_at(body, "vetoes")) {
    scored.vetoes.push_back(
        {text_at(veto, "id"), text_at(veto, "since"), text_at(veto, "finding")});
  }
  for (const Json& cap : list_at(body, "caps")) {
    scored.caps.push_back({text_at(cap, "id"), text_at(cap, "grade")});
  }
  scored.weight_exempt = optional_text_at(body, "weight_exempt").value_or("");
  for (const Json& condition : list_at(body, "conditions")) {
    if (flag_at(condition, "holds")) continue;
    scored.unmet.push_back({text_at(condition, "grade"), text_at(condition, "block"),
                            text_at(condition, "at_least"),
                            optional_text_at(condition, "points").value_or("")});
  }
  scored.events = number_at(body, "events");
  scored.set_aside = number_at(at_or_null(body, "set_aside"), "count");
  scored.weakest = weakest_of(body);
  return scored;
}

Result<std::shared_ptr<const ScoredRow>> RowCache::scored(const ResultRow& row) {
  const std::string key = key_of(row);
  const Hash hash = sha256(row.body);
  {
    MutexLock lock(mutex_);
    auto found = scored_.find(key);
    if (found != scored_.end() && found->second.hash == hash) return found->second.value;
  }
  ASSIGN_OR_RETURN(Json body, parse(row));
  if (!body.is_object()) return Error(Code::kCorrupt, "a result is no object");
  auto made = std::make_shared<const ScoredRow>(scored_row(row, body));
  MutexLock lock(mutex_);
  if (scored_.size() >= kMaxScored) scored_.clear();
  scored_[key] = {hash, made};
  return made;
}

Result<std::shared_ptr<const Json>> RowCache::body(const ResultRow& row) {
  const std::string key = key_of(row);
  const Hash hash = sha256(row.body);
  {
    MutexLock lock(mutex_);
    auto found = bodies_.find(key);
    if (found != bodies_.end() && found->second.hash == hash) return found->second.value;
  }
  ASSIGN_OR_RETURN(Json body, parse(row));
  if (!body.is_object()) return Error(Code::kCorrupt, "a result is no object");
  auto made = std::make_shared<const Json>(std::move(body));
  MutexLock lock(mutex_);
  if (bodies_.size() >= kMaxBodies) bodies_.clear();
  bodies_[key] = {hash, made};
  return made;
}

std::shared_ptr<const Json> AnswerMemo::find(const std::string& key) {
  MutexLock lock(mutex_);
  for (const Kept& kept : kept_) {
    if (kept.key == key) return kept.answer;
  }
  return nullptr;
}

void AnswerMemo::keep(const std::string& key, std::shared_ptr<const Json> answer,
                      std::vector<std::shared_ptr<const void>> made_from) {
  MutexLock lock(mutex_);
  if (kept_.size() >= kMaxAnswers) kept_.erase(kept_.begin());
  kept_.push_back({key, std::move(answer), std::move(made_from)});
}

}  // namespace plumbline
