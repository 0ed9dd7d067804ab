// SPDX-License-Identifier: Apache-2.0
#include "dashboards/portal/sign_in_limits.h"

namespace plumbline {

bool SignInLimits::may_try(const std::string& name, std::int64_t now_ms) {
  forget(now_ms);
  auto found = failures_.find(name);
  if (found == failures_.end()) return failures_.size() < kMaxNames;
  return found->second.size() < kMost;
}

void SignInLimits::failed(const std::string& name, std::int64_t now_ms) {
  failures_[name].push_back(now_ms);
}

void SignInLimits::succeeded(const std::string& name) {
  failures_.erase(name);
}

void SignInLimits::forget(std::int64_t now_ms) {
  for (auto at = failures_.begin(); at != failures_.end();) {
    std::deque<std::int64_t>& times = at->second;
    while (!times.empty() && times.front() <= now_ms - kWindowMs) times.pop_front();
    at = times.empty() ? failures_.erase(at) : std::next(at);
  }
}

}  // namespace plumbline
