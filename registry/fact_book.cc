// SPDX-License-Identifier: Apache-2.0
#include "registry/fact_book.h"

namespace plumbline {
namespace {

const std::string kWithdrawn = "withdrawn";

const FactBook::Version* latest(const std::vector<FactBook::Version>& versions, Instant known_by) {
  for (auto at = versions.rbegin(); at != versions.rend(); ++at) {
    if (at->recorded_at > known_by) continue;
    return at->fact.attribute(kWithdrawn).empty() ? &*at : nullptr;
  }
  return nullptr;
}

}  // namespace

void FactBook::add(LedgerIndex index, Instant recorded_at, const Fact& fact) {
  versions_[fact.kind][fact.id].push_back({index, recorded_at, fact});
  ++additions_;
}

std::vector<const FactBook::Version*> FactBook::known(std::string_view kind,
                                                      Instant known_by) const {
  std::vector<const Version*> out;
  auto facts = versions_.find(kind);
  if (facts == versions_.end()) return out;
  for (const auto& [id, versions] : facts->second) {
    if (const Version* version = latest(versions, known_by)) out.push_back(version);
  }
  return out;
}

const FactBook::Version* FactBook::find(std::string_view kind, std::string_view id,
                                        Instant known_by) const {
  return latest(history(kind, id), known_by);
}

const std::vector<FactBook::Version>& FactBook::history(std::string_view kind,
                                                        std::string_view id) const {
  static const std::vector<Version> kNone;
  auto facts = versions_.find(kind);
  if (facts == versions_.end()) return kNone;
  auto versions = facts->second.find(id);
  return versions == facts->second.end() ? kNone : versions->second;
}

std::vector<std::string> FactBook::kinds() const {
  std::vector<std::string> out;
  for (const auto& [kind, ids] : versions_) out.push_back(kind);
  return out;
}

std::vector<std::string> FactBook::ids(std::string_view kind) const {
  std::vector<std::string> out;
  auto facts = versions_.find(kind);
  if (facts == versions_.end()) return out;
  for (const auto& [id, versions] : facts->second) out.push_back(id);
  return out;
}

}  // namespace plumbline
