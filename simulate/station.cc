// SPDX-License-Identifier: Apache-2.0
#include "simulate/station.h"

#include <algorithm>
#include <utility>

#include "agents/intake.h"

namespace plumbline {
namespace {

constexpr const char* kSource = "simulation";
constexpr std::chrono::milliseconds kSlice{200};

}  // namespace

Station::Station(Spool spool, PrivateKey key, std::string folder, const Pack& pack,
                 const Clock& clock)
    : spool_(std::move(spool)),
      key_(std::move(key)),
      folder_(std::move(folder)),
      pack_(pack),
      clock_(clock) {}

Result<std::unique_ptr<Station>> Station::open(const std::string& folder, const Pack& pack,
                                               const Clock& clock) {
  ASSIGN_OR_RETURN(Spool spool, Spool::open(folder));
  ASSIGN_OR_RETURN(PrivateKey key, PrivateKey::read_file(key_path(folder)));
  ASSIGN_OR_RETURN(SpoolHead head, spool.head());
  std::unique_ptr<Station> station(
      new Station(std::move(spool), std::move(key), folder, pack, clock));
  station->note(head.acknowledged);
  return station;
}

Station::~Station() {
  stop();
}

Status Station::start(Duration look_every) {
  CHECK(!thread_.joinable(), "a station starts once");
  ASSIGN_OR_RETURN(RunLock lock, RunLock::take(folder_));
  run_lock_.emplace(std::move(lock));
  thread_ = std::thread([this, look_every] { send(look_every); });
  return {};
}

void Station::stop() {
  if (!thread_.joinable()) return;
  inbox_.put(0, SignalArrived{});
  thread_.join();
  run_lock_.reset();
}

void Station::send(Duration look_every) {
  SenderOptions options;
  options.inbox = &inbox_;
  options.look_every = look_every;
  options.acknowledged = [this](BatchNumber number) { note(number); };
  auto spool = Spool::open(folder_);
  if (!spool.ok()) return fail(spool.error());
  auto outcome = run_sender(*spool, key_, clock_, nullptr, options);
  if (!outcome.ok()) return fail(outcome.error());
  if (outcome->how == SenderOutcome::How::kRefused) fail(Error(Code::kDenied, outcome->sentence));
}

void Station::note(BatchNumber number) {
  MutexLock lock(mutex_);
  acknowledged_ = std::max(acknowledged_, number);
  changed_.notify_all();
}

void Station::fail(Error error) {
  MutexLock lock(mutex_);
  failure_ = Error(error.code(), "the agent in " + folder_ + " has ended", std::move(error));
  changed_.notify_all();
}

Status Station::hand_in(std::vector<Event> events) {
  if (events.empty()) return {};
  Intake::Parts parts;
  parts.spool = &spool_;
  parts.key = &key_;
  parts.pack = &pack_;
  parts.clock = &clock_;
  std::optional<Error> changed;
  Intake intake(parts, [&](std::uint64_t, const Submission& submission, const Answer& answer) {
    if (answer.outcome != Answer::Outcome::kChanged || changed) return;
    changed = Error(Code::kConflict, folder_ + " holds another event of the id " + submission.id +
                                         "; it was filled by another simulation");
  });
  for (Event& event : events) {
    std::string id = event.type + "/" + event.subject;
    Submission submission{kSource, std::move(id), std::move(event)};
    if (auto refusal = intake.check(submission)) {
      return Error(Code::kInvalid, submission.id + ": " + refusal->sentence);
    }
    RETURN_IF_ERROR(intake.add(std::move(submission), 0));
  }
  RETURN_IF_ERROR(intake.flush());
  if (changed) return *changed;
  inbox_.put(0, SpoolFilled{});
  return {};
}

Status Station::wait_acknowledged(Duration patience) {
  ASSIGN_OR_RETURN(SpoolHead head, spool_.head());
  const std::int64_t until = clock_.monotonic_ms() + patience.ms;
  MutexLock lock(mutex_);
  while (acknowledged_ < head.last) {
    if (failure_) return *failure_;
    if (clock_.monotonic_ms() >= until) {
      return Error(Code::kUnavailable, "the server has not acknowledged what is in " + folder_);
    }
    changed_.wait_for(mutex_, kSlice);
  }
  return {};
}

}  // namespace plumbline
