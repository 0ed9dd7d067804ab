// SPDX-License-Identifier: Apache-2.0
#include "evaluator/case_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "evaluator/case_json.h"
#include "evaluator/rules_json.h"

namespace plumbline {
namespace {

constexpr std::uint64_t kMaxLimit = 200;

Error not_found(std::string sentence) {
  return Error(Code::kNotFound, std::move(sentence));
}

Status check_query(const CaseQuery& query) {
  static constexpr std::string_view kStates[] = {"", "open", "closed", "overdue", "against"};
  if (std::find(std::begin(kStates), std::end(kStates), query.state) == std::end(kStates)) {
    return Error(Code::kInvalid, fmt::format("\"{}\" is no state of cases: open, closed, overdue, "
                                             "against",
                                             query.state));
  }
  if (query.limit < 1 || query.limit > kMaxLimit) {
    return Error(Code::kInvalid,
                 fmt::format("\"limit\" is {}, must be 1 to {}", query.limit, kMaxLimit));
  }
  if (query.state == "against" && query.criterion.empty()) {
    return Error(Code::kInvalid, "only a criterion has cases against it");
  }
  if (query.criterion.empty() != query.standard.empty()) {
    return Error(Code::kInvalid, "\"standard\" and \"criterion\" go together");
  }
  return {};
}

// The indicator behind a criterion.
Result<CaseLine> find_line(const RuleSet& rules, const CaseQuery& query) {
  CaseLine line;
  for (line.standard = 0; line.standard < rules.standards.size(); ++line.standard) {
    if (rules.standards[line.standard].id == query.standard) break;
  }
  if (line.standard == rules.standards.size()) {
    return not_found(fmt::format("there is no standard \"{}\"", query.standard));
  }
  const Standard& standard = rules.standards[line.standard];
  for (const Block& block : standard.blocks) {
    for (const Criterion& criterion : block.criteria) {
      if (criterion.id != query.criterion) continue;
      line.index = criterion.indicator_index;
      line.indicator = &standard.indicators[line.index];
      return line;
    }
  }
  return not_found(
      fmt::format("the standard \"{}\" has no criterion \"{}\"", query.standard, query.criterion));
}

bool lies_in(Date day, const Period& period) {
  return day.year == period.year && (period.month == 0 || day.month == period.month);
}

class Lister {
 public:
  Lister(const RuleFold& fold, const OutletFold& outlet, const CaseQuery& query)
      : fold_(fold), outlet_(outlet), query_(query), pack_(*fold.rules().pack) {}

  Status prepare(const std::optional<Period>& period) {
    period_ = period;
    if (query_.criterion.empty()) return {};
    ASSIGN_OR_RETURN(line_, find_line(fold_.rules(), query_));
    return {};
  }

  Json list() {
    std::map<std::uint16_t, std::uint64_t> totals;
    std::vector<CaseId> kept;
    for (CaseId id = 0; id < fold_.cases().size(); ++id) {
      const Case& of = fold_.cases().at(id);
      if (!of.exists() || !is_wanted(id, of)) continue;
      ++totals[of.type];
      if (!is_of_type(of)) continue;
      kept.push_back(id);
    }
    std::sort(kept.begin(), kept.end(), [&](CaseId a, CaseId b) { return is_newer(a, b); });
    Json types = Json::array();
    for (const auto& [type, total] : totals) {
      const TypeSpec& spec = pack_.events.types[type];
      types.push(Json::object()
                     .set("id", spec.id)
                     .set("title", title_json(spec.title))
                     .set("total", total));
    }
    Json cases = Json::array();
    for (std::uint64_t i = query_.offset; i < kept.size() && i - query_.offset < query_.limit;
         ++i) {
      cases.push(case_json(fold_, outlet_, line_, kept[i]));
    }
    return Json::object()
        .set("total", std::uint64_t{kept.size()})
        .set("offset", query_.offset)
        .set("types", std::move(types))
        .set("cases", std::move(cases));
  }

 private:
  bool is_of_type(const Case& of) const {
    return query_.type.empty() || pack_.events.types[of.type].id == query_.type;
  }

  bool is_wanted(CaseId id, const Case& of) const {
    if (!query_.subject.empty() && (of.subject != query_.subject || !is_of_type(of))) return false;
    if (query_.state == "open" && !of.open()) return false;
    if (query_.state == "closed" && !of.closed) return false;
    if (query_.state == "overdue" && !of.facts.overdue) return false;
    if (line_) {
      const Contribution* given = fold_.contribution(id, line_->standard, line_->index);
      if (given == nullptr || given->state != Contribution::State::kCounted) return false;
      if (query_.state == "against" && given->sample.in_numerator) return false;
      return !period_ || lies_in(given->day, *period_);
    }
    return !period_ || std::any_of(of.events.begin(), of.events.end(), [&](const Case::Act& act) {
      return act.time <= outlet_.as_of() && lies_in(pack_.calendar.local_date(act.time), *period_);
    });
  }

  // By the first event in the ledger that is folded, the newest first; then by type and subject.
  bool is_newer(CaseId a, CaseId b) const {
    Instant at_a = first_of(a);
    Instant at_b = first_of(b);
    if (at_a != at_b) return at_a > at_b;
    const Case& left = fold_.cases().at(a);
    const Case& right = fold_.cases().at(b);
    return std::tie(left.type, left.subject) < std::tie(right.type, right.subject);
  }

  Instant first_of(CaseId id) const {
    for (const Case::Act& act : fold_.cases().at(id).events) {
      if (act.time <= outlet_.as_of()) return act.time;
    }
    return kNever;
  }

  const RuleFold& fold_;
  const OutletFold& outlet_;
  const CaseQuery& query_;
  const Pack& pack_;
  std::optional<Period> period_;
  std::optional<CaseLine> line_;
};

}  // namespace

Result<Json> case_list(const OutletFold& fold, const CaseQuery& query) {
  RETURN_IF_ERROR(check_query(query));
  std::optional<Period> period;
  const RuleFold* rules = &fold.newest();
  if (!query.period.empty()) {
    ASSIGN_OR_RETURN(period, parse_period(query.period));
    rules = fold.of_period(*period);
    if (rules == nullptr) {
      return not_found(fmt::format("no rules answer for the period {}", query.period));
    }
  }
  Lister lister(*rules, fold, query);
  RETURN_IF_ERROR(lister.prepare(period));
  Json list = lister.list();
  if (!query.subject.empty() && list.find("cases")->as_array().empty()) {
    return not_found(fmt::format("there is no such case of {}", query.type));
  }
  return list;
}

}  // namespace plumbline
