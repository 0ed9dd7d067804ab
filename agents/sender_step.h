// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_SENDER_STEP_H_
#define PLUMBLINE_AGENTS_SENDER_STEP_H_

#include <string>

#include "agents/sender_machine.h"
#include "base/limits.h"

// The parts of sender_machine.cc; not for anybody else.
namespace plumbline {

struct AckedPlace {
  BatchNumber number;
  std::optional<LedgerIndex> index;
  std::optional<Instant> recorded_at;
};

// One step: the state, what is fixed, and the actions collected so far.
class SenderStep {
 public:
  SenderStep(SenderState& state, const SenderConfig& config, const SenderNow& now)
      : state_(state), config_(config), now_(now) {}

  void on(const Started& event);
  void on(const Connected& event);
  void on(const Disconnected& event);
  void on(const Welcomed& event);
  void on(const AckArrived& event);
  void on(const RefusedArrived& event);
  void on(const ProofsChecked& event);
  void on(const AlarmCleared& event);
  void on(const WrongMessage& event);
  void on(const SpoolGrew& event);
  void on(const BatchSent& event);
  void on(const Woken& event);
  void on(const StopAsked& event);

  SenderActions take() {
    set_wake();
    return std::move(actions_);
  }

 private:
  using Phase = SenderState::Phase;

  bool connected() const {
    return state_.phase == Phase::kGreeting || state_.phase == Phase::kOpen ||
           state_.phase == Phase::kPaused || state_.phase == Phase::kStopping;
  }
  std::string conflict_with_spool(const Welcomed& event) const;
  void acknowledge(const AckedPlace& place);
  void send_next();
  void ask_proofs();
  void put_proofs_off(const Refused& refused);
  void raise(Contradiction what);
  void pause(const Refused& refused);
  void forget_flight();
  void retry(const std::string& reason, Duration at_least);
  void end(Finish::How how, std::string sentence);
  void end_if_done();
  void set_wake();
  bool all_acknowledged() const { return state_.acknowledged == state_.end.last; }
  PaceNow pace_now() const {
    bool waits = config_.until_empty && all_acknowledged();
    return {now_.monotonic_ms, now_.random, waits ? Hurry::kYes : Hurry::kNo};
  }
  std::size_t window_bytes() const {
    return config_.window_bytes != 0 ? config_.window_bytes : limits::kMaxSessionBytesInFlight;
  }

  SenderState& state_;
  const SenderConfig& config_;
  const SenderNow& now_;
  SenderActions actions_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_SENDER_STEP_H_
