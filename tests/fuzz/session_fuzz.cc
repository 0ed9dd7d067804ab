// SPDX-License-Identifier: Apache-2.0
// The collector's session machine: each byte is something that happens, in any order that the
// machine allows. What it promises holds after every step: each batch is answered at most once and
// in its order, nothing is acknowledged that the writer has not committed, an end is the last
// action, and what is in flight stays within its bound.
#include "collector/session_machine.h"

#include <array>
#include <set>

#include "tests/fuzz/fuzz.h"
#include "tests/support/wire/samples.h"

namespace plumbline {
namespace {

namespace event = session_event;
namespace action = session_action;

const Bytes kExporter(32, 'e');
constexpr std::size_t kBatches = 6;

struct Prepared {
  Hello hello, stolen;
  EnrollRequest enroll;
  StreamState stream;
  std::vector<Message> batches;
  Message foreign = Heartbeat{};

  Prepared() {
    const PrivateKey key = samples::key(11);
    hello.key = key.public_key();
    hello.outlet = samples::outlet("a");
    hello.proof = key.sign(hello_signed_bytes(kExporter));
    stolen = hello;
    stolen.proof = key.sign("another connection");
    enroll.token_secret = Bytes(16, 't');
    enroll.key = hello.key;
    enroll.proof = hello.proof;
    stream.outlet = hello.outlet;
    stream.key = hello.key;
    stream.stream = stream_id(hello.key, hello.outlet);
    BatchHeader header = samples::header(key, hello.outlet);
    for (std::size_t i = 0; i < kBatches; ++i) {
      SealedBatch batch = seal_batch(header, samples::mixed(2), key).value();
      batches.push_back(BatchFrame{encode_sealed(batch)});
      header = samples::header_after(batch);
    }
    const PrivateKey other = samples::key(12);
    SealedBatch batch =
        seal_batch(samples::header(other, hello.outlet), samples::mixed(2), other).value();
    foreign = BatchFrame{encode_sealed(batch)};
  }
};

class Conversation {
 public:
  Conversation() : machine_(kExporter, config()) {}

  void happens(std::uint8_t what, std::uint8_t detail) {
    switch (what % 16) {
      case 0:
        return receive(prepared().hello);
      case 1:
        return receive(detail % 2 == 0 ? Message(prepared().stolen) : Message(prepared().enroll));
      case 2:
        if (looks_up_) {
          looks_up_ = false;
          return step(event::StreamLookedUp{looked_up(detail), {"ledger", {}, {}}});
        }
        if (!enrolls_) return;
        enrolls_ = false;
        if (detail % 3 == 0) return step(event::EnrollAnswered{Enrolled{}});
        return step(event::EnrollAnswered{Error(code(detail), "no")});
      case 3:
        return receive(detail % 2 == 0 ? Message(Heartbeat{}) : Message(Refused{}));
      case 4:
        return receive(prepared().foreign);
      case 5:
        return receive(BatchFrame{Bytes(detail, 'x')});
      case 6:
        return step(event::FrameFailed{Error(code(detail), "no frame")});
      case 7:
        return step(event::PeerClosed{detail % 2 == 0});
      case 8:
        return detail % 2 == 0 ? step(event::HelloDeadline{}) : step(event::IdleDeadline{});
      case 9:
        return detail % 2 == 0 ? step(event::SlowFrame{}) : step(event::NoRoom{});
      case 10:
        return detail % 2 == 0 ? step(event::Replaced{}) : step(event::ShutdownAsked{});
      case 11:
      case 12:
        return answer(detail);
      default:
        return receive(prepared().batches[detail % kBatches]);
    }
  }

 private:
  static const Prepared& prepared() {
    static const Prepared prepared;
    return prepared;
  }
  static SessionMachine::Config config() {
    SessionMachine::Config config;
    config.max_frame_bytes = 4096;
    config.max_bytes_in_flight = 6000;
    return config;
  }
  static Code code(std::uint8_t detail) {
    constexpr std::array kCodes = {Code::kInvalid, Code::kExhausted, Code::kUnavailable,
                                   Code::kDenied, Code::kIo};
    return kCodes[detail % kCodes.size()];
  }
  static Result<StreamState> looked_up(std::uint8_t detail) {
    if (detail % 4 == 1) return Error(code(detail / 4), "no stream");
    StreamState stream = prepared().stream;
    stream.revoked = detail % 4 == 2;
    return stream;
  }

  void receive(Message message) {
    if (machine_.wants_input()) step(event::Received{std::move(message)});
  }

  void answer(std::uint8_t detail) {
    if (asked_.empty()) return;
    auto at = asked_.begin();
    std::advance(at, detail % asked_.size());
    const std::uint64_t ticket = *at;
    asked_.erase(at);
    if (detail >= 128) {
      return step(event::AdmitAnswered{ticket, Error(code(detail), "no"), Duration{detail}});
    }
    constexpr std::array kOutcomes = {Admitted::Outcome::kCommitted, Admitted::Outcome::kCommitted,
                                      Admitted::Outcome::kRepeated, Admitted::Outcome::kGap,
                                      Admitted::Outcome::kRevoked};
    const auto outcome = kOutcomes[detail % kOutcomes.size()];
    const bool good =
        outcome == Admitted::Outcome::kCommitted || outcome == Admitted::Outcome::kRepeated;
    if (good) ++committed_;
    step(event::AdmitAnswered{ticket, Admitted{outcome, LedgerIndex(ticket), {}}, std::nullopt});
  }

  void step(SessionEvent happened) {
    std::vector<SessionAction> actions = machine_.resume(std::move(happened));
    CHECK(!ended_ || actions.empty(), "nothing follows an end");
    for (SessionAction& act : actions) {
      CHECK(!ended_, "an end is the last action");
      if (std::holds_alternative<action::LookUpStream>(act)) looks_up_ = true;
      if (std::holds_alternative<action::Enroll>(act)) enrolls_ = true;
      if (auto* admit = std::get_if<action::Admit>(&act)) {
        CHECK(machine_.greeted() && admit->ticket > last_ticket_,
              "tickets ascend, after a welcome");
        last_ticket_ = admit->ticket;
        asked_.insert(admit->ticket);
      }
      if (auto* send = std::get_if<action::Send>(&act)) sent(send->message);
      ended_ = std::holds_alternative<action::End>(act);
    }
    CHECK(!ended_ || !machine_.wants_input(), "an ended session reads nothing");
    CHECK(machine_.bytes_in_flight() <= config().max_bytes_in_flight, "in flight is bounded");
    CHECK(!machine_.wants_input() ||
              machine_.bytes_in_flight() + config().max_frame_bytes <= config().max_bytes_in_flight,
          "there is room for the frame that is asked for");
  }

  void sent(const Message& message) {
    if (const auto* ack = std::get_if<Ack>(&message)) {
      // The index that the writer gave is the ticket, see answer().
      CHECK(ack->index.value > last_acknowledged_, "answers leave in the order of the batches");
      last_acknowledged_ = ack->index.value;
      CHECK(++acknowledged_ <= committed_, "only what is committed is acknowledged");
    }
  }

  SessionMachine machine_;
  bool looks_up_ = false;
  bool enrolls_ = false;
  bool ended_ = false;
  std::set<std::uint64_t> asked_;  // tickets that the writer has not answered
  std::uint64_t last_ticket_ = 0;
  std::uint64_t last_acknowledged_ = 0;
  std::size_t committed_ = 0;
  std::size_t acknowledged_ = 0;
};

}  // namespace

void fuzz(BytesView input) {
  Conversation conversation;
  while (!input.empty()) {
    const std::uint8_t what = take_byte(input);
    conversation.happens(what, take_byte(input));
  }
}

}  // namespace plumbline
