// SPDX-License-Identifier: Apache-2.0
#include "evaluator/closed_results.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "ledger/entry.h"
#include "ledger/merkle.h"

namespace plumbline {
namespace {

constexpr std::string_view kCurrent = "current.";
constexpr std::string_view kClosed = "closed.";

ResultRow key_of(ResultRow row) {
  row.body.clear();
  return row;
}

bool same_key(const ResultRow& a, const ResultRow& b) {
  return std::tie(a.standard, a.level, a.unit, a.period) ==
         std::tie(b.standard, b.level, b.unit, b.period);
}

}  // namespace

Hash results_root(const std::vector<ResultRow>& rows) {
  Frontier tree;
  for (const ResultRow& row : rows) tree.append(leaf_hash(row.body));
  return tree.root();
}

std::string current_standard(std::string_view standard) {
  return fmt::format("{}{}", kCurrent, standard);
}

std::string revision_standard(std::uint64_t revision, std::string_view standard) {
  return fmt::format("{}{}.{}", kClosed, revision, standard);
}

bool is_of_closing(const ResultRow& row) {
  return row.standard.starts_with(kCurrent) || row.standard.starts_with(kClosed);
}

std::vector<ResultRow> rows_of_period(const std::vector<ResultRow>& rows, std::string_view standard,
                                      std::string_view period) {
  std::vector<ResultRow> out;
  std::copy_if(rows.begin(), rows.end(), std::back_inserter(out), [&](const ResultRow& row) {
    return row.standard == standard && row.period == period;
  });
  return out;
}

void ClosedResults::close(const PeriodClosed& closed, std::vector<ResultRow> frozen,
                          const std::vector<ResultRow>& live, Changes& out) {
  Published& published = published_[{closed.standard, closed.period}];
  // What was published before stays readable under its number.
  for (const auto& [unit, body] : published.bodies) {
    out.changed.push_back({revision_standard(published.revision, closed.standard), unit.first,
                           unit.second, closed.period, body});
  }
  published = {closed.revision, {}};
  for (ResultRow& row : frozen) {
    published.bodies[{row.level, row.unit}] = row.body;
    out.changed.push_back(std::move(row));
  }
  for (const ResultRow& row : live) compare(published, row, out);
}

void ClosedResults::compare(const Published& published, ResultRow live, Changes& out) {
  auto found = published.bodies.find({live.level, live.unit});
  bool same = found != published.bodies.end() && found->second == live.body;
  // A unit that came later is no part of what was published.
  if (found == published.bodies.end()) out.gone.push_back(key_of(live));
  ResultRow row = std::move(live);
  row.standard = current_standard(row.standard);
  ResultRow key = key_of(row);
  if (!same) {
    differing_.insert(std::move(key));
    out.changed.push_back(std::move(row));
  } else if (differing_.erase(key) > 0) {
    out.gone.push_back(std::move(key));
  }
}

void ClosedResults::serve(std::vector<ResultRow> changed, std::vector<ResultRow> gone,
                          Changes& out) {
  for (ResultRow& row : changed) {
    auto published = published_.find({row.standard, row.period});
    if (published == published_.end()) {
      out.changed.push_back(std::move(row));
    } else {
      compare(published->second, std::move(row), out);
    }
  }
  for (ResultRow& row : gone) {
    if (!published_.contains({row.standard, row.period})) out.gone.push_back(std::move(row));
  }
}

Result<std::vector<ResultRow>> served_rows(std::vector<ResultRow> live,
                                           const std::vector<RegistryState::Closing>& closings,
                                           const FrozenRows& frozen, ClosedResults& closed) {
  if (closings.empty()) return live;
  ClosedResults::Changes changes;
  for (const RegistryState::Closing& closing : closings) {
    ASSIGN_OR_RETURN(std::vector<ResultRow> rows, frozen(closing.closed));
    closed.close(closing.closed, std::move(rows), {}, changes);
  }
  closed.serve(std::move(live), {}, changes);
  // Of two rows of a key the later one counts.
  std::stable_sort(changes.changed.begin(), changes.changed.end(),
                   [](const ResultRow& a, const ResultRow& b) { return key_of(a) < key_of(b); });
  std::vector<ResultRow> all;
  for (ResultRow& row : changes.changed) {
    if (!all.empty() && same_key(all.back(), row)) all.pop_back();
    all.push_back(std::move(row));
  }
  return all;
}

}  // namespace plumbline
