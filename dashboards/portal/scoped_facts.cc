// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "dashboards/portal/scoped_data.h"
#include "registry/fact_kinds.h"

namespace plumbline {

const FactBook::Version* ScopedData::as_known(const FactBook::Version& latest) const {
  if (latest.index.value < header_.size.value) return &latest;
  const auto& history = registry_->facts.history(latest.fact.kind, latest.fact.id);
  for (auto at = history.rbegin(); at != history.rend(); ++at) {
    if (at->index.value >= header_.size.value) continue;
    return at->fact.attribute("withdrawn").empty() ? &*at : nullptr;
  }
  return nullptr;
}

bool ScopedData::sees_place(const std::string& code) const {
  if (code.empty()) return false;
  const std::string today = tree_->today(code);
  return tree_->contains(scope_, ScopeLevel::kCounty, today) ||
         tree_->contains(scope_, ScopeLevel::kCity, today);
}

// A fact lies where what it is about lies. Documents are reached through the facts that name them.
bool ScopedData::sees(const Fact& fact) const {
  if (scope_.level == ScopeLevel::kNetwork) return true;
  if (fact.kind == "division") return sees_place(fact.id);
  if (fact.kind == "institution") return sees_place(fact.attribute("place"));
  if (fact.kind == "norm") return true;
  if (fact.kind == "finding" || fact.kind == "exemption" || fact.kind == "class") {
    return outlet(fact.attribute("outlet")) != nullptr;
  }
  if (fact.kind == "product") {
    const std::string& owner = fact.attribute("owner");
    return owner.empty() ? sees_place(fact.attribute("place")) : outlet(owner) != nullptr;
  }
  if (fact.kind == "status") {
    const std::string& holder = fact.attribute("holder");
    if (outlet(holder) != nullptr) return true;
    if (tree_->outlet(holder) != nullptr) return false;
    const FactBook::Version* institution = this->fact("institution", holder);
    return institution != nullptr;
  }
  return false;
}

std::vector<const FactBook::Version*> ScopedData::facts(std::string_view kind) const {
  std::vector<const FactBook::Version*> found;
  for (const FactBook::Version* latest : registry_->facts.known(kind)) {
    const FactBook::Version* version = as_known(*latest);
    if (version != nullptr && sees(version->fact)) found.push_back(version);
  }
  return found;
}

const FactBook::Version* ScopedData::fact(std::string_view kind, const std::string& id) const {
  const auto& history = registry_->facts.history(kind, id);
  if (history.empty()) return nullptr;
  const FactBook::Version* version = as_known(history.back());
  if (version == nullptr || !version->fact.attribute("withdrawn").empty()) return nullptr;
  return sees(version->fact) ? version : nullptr;
}

bool ScopedData::is_corrected(const FactBook::Version& version) const {
  const auto& history = registry_->facts.history(version.fact.kind, version.fact.id);
  return !history.empty() && history.front().index < version.index;
}

const Fact* ScopedData::document_of(const Fact& fact) const {
  const std::string& id = fact.attribute("document");
  if (id.empty() || !sees(fact)) return nullptr;
  const FactBook::Version* version = registry_->facts.find("document", id);
  return version == nullptr ? nullptr : &version->fact;
}

std::vector<const FactBook::Version*> ScopedData::newest_facts(std::size_t most) const {
  std::vector<const FactBook::Version*> found;
  for (const FactKind& kind : fact_kinds()) {
    for (const FactBook::Version* version : facts(kind.id)) found.push_back(version);
  }
  auto newer = [](const FactBook::Version* a, const FactBook::Version* b) {
    if (a->index != b->index) return a->index > b->index;
    return std::tie(a->fact.kind, a->fact.id) < std::tie(b->fact.kind, b->fact.id);
  };
  const std::size_t kept = std::min(most, found.size());
  std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(kept), found.end(),
                    newer);
  found.resize(kept);
  return found;
}

}  // namespace plumbline
