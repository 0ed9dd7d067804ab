// SPDX-License-Identifier: Apache-2.0
#include "agents/announce.h"

#include <algorithm>

#include "agents/backoff.h"
#include "agents/connection.h"
#include "agents/software.h"

namespace plumbline {
namespace {

constexpr Duration kAnswerPatience{20'000};

// One run of asking. What ended an attempt and may be tried again is kUnavailable.
class Announcer {
 public:
  Announcer(const Announcement& what, const Clock& clock, const AnnounceOptions& options)
      : what_(what), clock_(clock), options_(options) {}

  Result<Announced> run();

 private:
  using How = Announced::How;
  enum class Step { kGoOn, kAnswered, kStopped };
  Result<Announced> attempt();
  Result<Step> take(const Inbox::Entry& entry);
  Result<Step> take(const Message& message);
  void say_hello();
  Status ask();
  bool late() const {
    return options_.until_ms.has_value() && clock_.monotonic_ms() >= *options_.until_ms;
  }
  // Until `at_ms` or the deadline, whatever comes first.
  std::chrono::milliseconds patience(std::int64_t at_ms) const {
    if (options_.until_ms.has_value()) at_ms = std::min(at_ms, *options_.until_ms);
    return std::chrono::milliseconds(std::max<std::int64_t>(0, at_ms - clock_.monotonic_ms()));
  }

  const Announcement& what_;
  const Clock& clock_;
  const AnnounceOptions& options_;
  Inbox inbox_;
  std::unique_ptr<Network> network_;
  std::uint64_t attempt_ = 0;
  Bytes exporter_;
  Bytes record_;
};

Result<Announced> Announcer::run() {
  ASSIGN_OR_RETURN(network_, Network::start(&inbox_, what_.enrolment.server_pin, options_.proxy));
  network_->report_signals();
  std::string told;
  for (std::uint32_t failed = 0;; ++failed) {
    Result<Announced> done = attempt();
    if (done.ok() || done.error().code() != Code::kUnavailable) return done;
    if (options_.tell && done.error().text() != told) options_.tell(done.error().text());
    told = done.error().text();
    network_->close();
    const std::int64_t again =
        clock_.monotonic_ms() + BackoffPolicy().delay(failed, random_number()).ms;
    while (clock_.monotonic_ms() < again) {
      if (late()) return Announced{How::kDeadline};
      auto entry = inbox_.take(patience(again));
      if (entry && std::holds_alternative<SignalArrived>(entry->item))
        return Announced{How::kStopped};
    }
  }
}

Result<Announced> Announcer::attempt() {
  network_->connect(what_.enrolment.server, ++attempt_);
  const std::int64_t until = clock_.monotonic_ms() + kAnswerPatience.ms;
  while (clock_.monotonic_ms() < until) {
    if (late()) return Announced{How::kDeadline};
    auto entry = inbox_.take(patience(until));
    if (!entry) continue;
    ASSIGN_OR_RETURN(Step step, take(*entry));
    if (step == Step::kAnswered) return Announced{How::kDone, record_};
    if (step == Step::kStopped) return Announced{How::kStopped};
  }
  return Error(Code::kUnavailable,
               "no answer from " + what_.enrolment.server.text() + " to the change of keys");
}

Result<Announcer::Step> Announcer::take(const Inbox::Entry& entry) {
  if (std::holds_alternative<SignalArrived>(entry.item)) return Step::kStopped;
  if (entry.attempt != attempt_) return Step::kGoOn;
  if (const auto* up = std::get_if<ConnectionUp>(&entry.item)) {
    exporter_ = up->exporter;
    say_hello();
    return Step::kGoOn;
  }
  if (const auto* down = std::get_if<ConnectionDown>(&entry.item)) {
    return Error(Code::kUnavailable, "the change of keys waits for the server", down->reason);
  }
  const auto* message = std::get_if<Message>(&entry.item);
  if (message == nullptr) return Step::kGoOn;
  return take(*message);
}

Result<Announcer::Step> Announcer::take(const Message& message) {
  if (const auto* welcome = std::get_if<Welcome>(&message)) {
    if (welcome->head != what_.ended.last || welcome->head_hash != what_.ended.last_hash) {
      return Error(Code::kConflict, "the key is not changed: the server holds batch " +
                                        std::to_string(welcome->head.value) +
                                        " as the last one of the old key, " + "here it is batch " +
                                        std::to_string(what_.ended.last.value) +
                                        "; ask the office for a token and enrol this folder anew");
    }
    RETURN_IF_ERROR(ask());
    return Step::kGoOn;
  }
  if (const auto* rotated = std::get_if<Rotated>(&message)) {
    record_ = rotated->record;
    return Step::kAnswered;
  }
  if (const auto* refused = std::get_if<Refused>(&message)) {
    const bool later = refused->retry_after_ms.has_value();
    return Error(
        later ? Code::kUnavailable : Code::kDenied,
        "the server refuses the change of keys (" + refused->code + "): " + refused->sentence);
  }
  return Error(Code::kInvalid, "the server answered the change of keys with another message");
}

void Announcer::say_hello() {
  Hello hello;
  hello.software = kAgentSoftware;
  hello.key = what_.old.public_key();
  hello.outlet = what_.enrolment.outlet;
  hello.proof = what_.old.sign(hello_signed_bytes(exporter_));
  hello.record = what_.enrolment.record;  // still the old key's
  network_->send(encode_message(hello));
}

Status Announcer::ask() {
  RotateRequest request;
  request.key = what_.next.public_key();
  request.proof = what_.next.sign(hello_signed_bytes(exporter_));
  request.consent = what_.old.sign(rotation_signed_bytes(what_.ended, request.key));
  network_->send(encode_message(request));
  return {};
}

}  // namespace

Result<Announced> announce(const Announcement& what, const Clock& clock,
                           const AnnounceOptions& options) {
  return Announcer(what, clock, options).run();
}

}  // namespace plumbline
