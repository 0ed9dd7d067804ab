// SPDX-License-Identifier: Apache-2.0
// The sender machine where it deals with proofs and alarms.
#include <algorithm>

#include "agents/sender_step.h"

namespace plumbline {
namespace {

using Phase = SenderState::Phase;

constexpr const char* kNothingCovered =
    "no checkpoint of the server covers what it acknowledged; its signer may be down";
// Answers without a new proof until it is said that the server proves nothing: half a minute.
constexpr std::uint32_t kMissesTold = 5;

}  // namespace

void SenderStep::put_proofs_off(const Refused& refused) {
  state_.heard_ms = now_.monotonic_ms;
  state_.proofs.put_off(Duration{*refused.retry_after_ms}, config_.proof_pace, pace_now());
  actions_.push_back(
      NoteProofs{"the server puts proofs off (" + refused.code + "): " + refused.sentence});
}

void SenderStep::on(const ProofsChecked& event) {
  if (!connected() || !state_.proofs.asked) return;
  state_.heard_ms = now_.monotonic_ms;
  if (const auto* error = std::get_if<Error>(&event.verdict)) {
    retry(error->text(), Duration{0});
    return;
  }
  if (const auto* what = std::get_if<Contradiction>(&event.verdict)) {
    raise(*what);
    return;
  }
  ProofsHold proofs = std::get<ProofsHold>(event.verdict);
  BatchNumber proved(state_.proofs.proved.value + proofs.batches.size());
  if (!proofs.lost.empty()) {
    // What was proved in the ledger before stands in nothing that is signed now.
    actions_.push_back(ForgetProofs{});
    proofs.batches.clear();
    proved = BatchNumber(state_.end.oldest_content.value - 1);
    state_.proofs.proved = proved;
    state_.proofs.asked->count = 0;
  }
  state_.proofs.answered(proved, state_.acknowledged, config_.proof_pace, pace_now());
  std::string remark = proofs.remark;
  if (remark.empty() && state_.proofs.misses >= kMissesTold) remark = kNothingCovered;
  bool waits = state_.proofs.misses > 0 && remark.empty();  // too early to say anything
  actions_.push_back(KeepProofs{std::move(proofs)});
  if (!waits) actions_.push_back(NoteProofs{std::move(remark)});
  end_if_done();
  ask_proofs();
}

void SenderStep::on(const AlarmCleared&) {
  if (state_.phase != Phase::kAlarmed) return;
  state_.phase = Phase::kConnecting;
  state_.heard_ms = now_.monotonic_ms;
  actions_.push_back(Connect{});
}

// A server that contradicts itself gets nothing more: what it would acknowledge is worth nothing,
// and whoever looks into it needs the ledger as it is now.
void SenderStep::raise(Contradiction what) {
  forget_flight();
  state_.phase = Phase::kAlarmed;
  state_.heard_ms = now_.monotonic_ms;
  actions_.push_back(CloseConnection{});
  actions_.push_back(RaiseAlarm{std::move(what)});
  if (config_.until_empty) end(Finish::How::kAlarm, "");
}

void SenderStep::ask_proofs() {
  if (state_.phase != Phase::kOpen) return;
  std::optional<ProofAsk> ask = state_.proofs.next(state_.acknowledged, pace_now());
  if (!ask) return;
  if (state_.in_flight.empty()) state_.heard_ms = now_.monotonic_ms;
  actions_.push_back(AskProofs{*ask});
}

void SenderStep::end_if_done() {
  if (!config_.until_empty || state_.phase != Phase::kOpen) return;
  if (!all_acknowledged()) {
    state_.empty_ms.reset();
    return;
  }
  if (!state_.empty_ms) state_.empty_ms = now_.monotonic_ms;
  bool proved = !state_.proofs.offered || state_.proofs.proved >= state_.acknowledged;
  bool late = now_.monotonic_ms - *state_.empty_ms >= config_.proof_limit.ms;
  if (proved || late) end(Finish::How::kEmpty, "");
}

}  // namespace plumbline
