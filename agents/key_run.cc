// SPDX-License-Identifier: Apache-2.0
#include "agents/key_run.h"

#include <algorithm>

#include "agents/announce.h"
#include "agents/daily_presence.h"
#include "agents/key_change.h"
#include "agents/spool.h"

namespace plumbline {
namespace {

// How long a change that another process planned may wait to be noticed.
constexpr std::int64_t kLookEveryMs = 1000;

class FolderRun {
 public:
  FolderRun(std::string folder, const Clock& clock, AckLog* acks, const SenderOptions& options,
            KeyChange keys)
      : folder_(std::move(folder)),
        clock_(clock),
        acks_(acks),
        options_(options),
        keys_(std::move(keys)),
        began_ms_(clock.monotonic_ms()) {}

  Result<SenderOutcome> run();

 private:
  Result<std::optional<SenderOutcome>> bring_to_server(const KeyChange::State& change);
  Result<SenderOutcome> send();
  Result<bool> cut_if_planned();

  const std::string folder_;
  const Clock& clock_;
  AckLog* const acks_;
  const SenderOptions& options_;
  KeyChange keys_;
  const std::int64_t began_ms_;
  std::int64_t looked_ms_ = 0;
  bool planned_ = false;
  std::uint64_t acknowledged_events_ = 0;
};

Result<SenderOutcome> FolderRun::run() {
  for (;;) {
    ASSIGN_OR_RETURN(KeyChange::State change, keys_.state());
    if (change.stage == KeyChange::Stage::kAnnouncing) {
      ASSIGN_OR_RETURN(auto ended, bring_to_server(change));
      if (ended.has_value()) return *ended;
    }
    planned_ = change.stage == KeyChange::Stage::kPlanned;
    ASSIGN_OR_RETURN(SenderOutcome outcome, send());
    acknowledged_events_ += outcome.acknowledged_events;
    outcome.acknowledged_events = acknowledged_events_;
    // With everything proved the last look may have been too early.
    bool cut = outcome.how == SenderOutcome::How::kLeft;
    if (outcome.how == SenderOutcome::How::kEmpty) {
      ASSIGN_OR_RETURN(cut, keys_.cut());
    }
    if (!cut) return outcome;
  }
}

// nullopt: the server has the new key.
Result<std::optional<SenderOutcome>> FolderRun::bring_to_server(const KeyChange::State& change) {
  ASSIGN_OR_RETURN(Spool spool, Spool::open(folder_));
  ASSIGN_OR_RETURN(Enrolment enrolment, spool.enrolment());
  ASSIGN_OR_RETURN(PrivateKey old, key_in_folder(folder_, change.old));
  ASSIGN_OR_RETURN(PrivateKey next, key_in_folder(folder_, change.next));
  Announcement what{std::move(enrolment), change.ended, std::move(old), std::move(next)};
  AnnounceOptions options;
  options.proxy = options_.proxy;
  options.tell = options_.tell;
  if (options_.deadline.has_value()) options.until_ms = began_ms_ + options_.deadline->ms;
  Result<Announced> announced = announce(what, clock_, options);
  auto ended = [&](SenderOutcome::How how, std::string sentence) {
    SenderOutcome outcome;
    outcome.how = how;
    outcome.sentence = std::move(sentence);
    outcome.acknowledged_events = acknowledged_events_;
    return std::optional<SenderOutcome>(std::move(outcome));
  };
  if (!announced.ok()) {
    RETURN_IF_ERROR(spool.note_error(announced.error().text(), clock_.wall()));
    return ended(SenderOutcome::How::kRefused, announced.error().text());
  }
  if (announced->how == Announced::How::kStopped) return ended(SenderOutcome::How::kStopped, "");
  if (announced->how == Announced::How::kDeadline) return ended(SenderOutcome::How::kDeadline, "");
  RETURN_IF_ERROR(keys_.finish(announced->record));
  if (options_.tell) options_.tell("the server has the new key");
  return std::optional<SenderOutcome>();
}

Result<SenderOutcome> FolderRun::send() {
  ASSIGN_OR_RETURN(Spool spool, Spool::open(folder_));
  ASSIGN_OR_RETURN(Enrolment enrolment, spool.enrolment());
  ASSIGN_OR_RETURN(PrivateKey key, key_in_folder(folder_, enrolment.key));
  SenderOptions options = options_;
  if (options.deadline.has_value()) {
    const std::int64_t spent = clock_.monotonic_ms() - began_ms_;
    options.deadline = Duration{std::max<std::int64_t>(0, options.deadline->ms - spent)};
  }
  options.leave = [this] { return cut_if_planned(); };
  DailyPresence presence(spool, key, clock_, options.tell);
  RETURN_IF_ERROR(presence.look());
  options.each_look = [&presence] { return presence.look(); };
  return run_sender(spool, key, clock_, acks_, options);
}

Result<bool> FolderRun::cut_if_planned() {
  const std::int64_t now = clock_.monotonic_ms();
  if (!planned_) {
    if (now - looked_ms_ < kLookEveryMs) return false;
    looked_ms_ = now;
    ASSIGN_OR_RETURN(KeyChange::State change, keys_.state());
    planned_ = change.stage == KeyChange::Stage::kPlanned;
  }
  return planned_ ? keys_.cut() : Result<bool>(false);
}

}  // namespace

Result<SenderOutcome> run_folder(const std::string& folder, const Clock& clock, AckLog* acks,
                                 const SenderOptions& options) {
  ASSIGN_OR_RETURN(KeyChange keys, KeyChange::open(folder));
  return FolderRun(folder, clock, acks, options, std::move(keys)).run();
}

}  // namespace plumbline
