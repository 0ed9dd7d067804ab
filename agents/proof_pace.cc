// SPDX-License-Identifier: Apache-2.0
#include "agents/proof_pace.h"

#include <algorithm>

#include "base/limits.h"

namespace plumbline {
namespace {

constexpr std::uint32_t kMostDoublings = 20;  // a second becomes twelve days: over every cap

std::int64_t spread(Duration over, std::uint64_t random) {
  return static_cast<std::int64_t>(random % static_cast<std::uint64_t>(over.ms));
}

}  // namespace

void ProofPace::open(bool has_proofs, const ProofPacePolicy& policy, const PaceNow& now) {
  close();
  offered = has_proofs;
  if (!offered) return;
  due_ms = now.ms + (now.hurry == Hurry::kYes ? 0 : spread(policy.every, now.random));
}

void ProofPace::close() {
  offered = false;
  asked.reset();
  due_ms.reset();
  misses = 0;
}

Duration ProofPace::wait(const ProofPacePolicy& policy, const PaceNow& now) const {
  if (now.hurry == Hurry::kYes) return policy.hurried;
  Duration longest{std::min(policy.cap.ms, policy.every.ms << std::min(misses, kMostDoublings))};
  return Duration{longest.ms + spread(policy.every, now.random)};
}

void ProofPace::acknowledged(const ProofPacePolicy& policy, const PaceNow& now) {
  // While the server proves nothing, what it takes meanwhile is no reason to ask more often.
  if (!offered || asked || (misses > 0 && now.hurry == Hurry::kNo)) return;
  std::int64_t due = now.ms + wait(policy, now).ms;
  due_ms = due_ms ? std::min(*due_ms, due) : due;
}

std::optional<ProofAsk> ProofPace::next(BatchNumber acknowledged, const PaceNow& now) {
  if (!offered || asked || !due_ms || now.ms < *due_ms) return std::nullopt;
  std::uint64_t open = acknowledged.value - std::min(proved, acknowledged).value;
  asked = ProofAsk{proved.next(), static_cast<std::uint32_t>(
                                      std::min<std::uint64_t>(open, limits::kMaxProvedBatches))};
  due_ms.reset();
  return asked;
}

void ProofPace::answered(BatchNumber proved_now, BatchNumber acknowledged,
                         const ProofPacePolicy& policy, const PaceNow& now) {
  bool whole = asked && asked->count == limits::kMaxProvedBatches &&
               proved_now.value == proved.value + asked->count;
  bool missed = asked && asked->count > 0 && proved_now == proved;
  asked.reset();
  misses = missed ? misses + 1 : 0;
  proved = proved_now;
  if (proved >= acknowledged) {
    due_ms = now.ms + policy.check_every.ms;
  } else {
    due_ms = now.ms + (whole ? 0 : wait(policy, now).ms);
  }
}

void ProofPace::put_off(Duration at_least, const ProofPacePolicy& policy, const PaceNow& now) {
  asked.reset();
  ++misses;
  std::int64_t asked_for = std::clamp<std::int64_t>(at_least.ms, 0, policy.cap.ms);
  due_ms = now.ms + std::max(asked_for, wait(policy, now).ms);
}

}  // namespace plumbline
