// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_COLLECTOR_MACHINE_DRIVER_H_
#define PLUMBLINE_TESTS_SUPPORT_COLLECTOR_MACHINE_DRIVER_H_

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "collector/session_machine.h"
#include "tests/support/wire/samples.h"

namespace plumbline::testing {

inline const Bytes kExporter(32, 'e');

inline Signature proof_by(const PrivateKey& key, BytesView exporter = kExporter) {
  return key.sign(hello_signed_bytes(exporter));
}

// A session machine with an agent of key 11 about outlet "a" before it.
class MachineDriver {
 public:
  explicit MachineDriver(SessionMachine::Config config = {}) : machine_(kExporter, config) {}

  using Actions = std::vector<SessionAction>;

  Actions resume(SessionEvent event) { return machine_.resume(std::move(event)); }
  Actions receive(Message message) { return resume(session_event::Received{std::move(message)}); }

  static Hello hello() {
    PrivateKey agent = samples::key(11);
    Hello hello;
    hello.software = "agent 1";
    hello.key = agent.public_key();
    hello.outlet = samples::outlet("a");
    hello.proof = proof_by(agent);
    return hello;
  }

  static EnrollRequest enroll_request() {
    PrivateKey agent = samples::key(11);
    EnrollRequest request;
    request.software = "agent 1";
    request.token_secret = Bytes(16, 't');
    request.key = agent.public_key();
    request.proof = proof_by(agent);
    return request;
  }

  static StreamState stream() {
    StreamState stream;
    stream.outlet = samples::outlet("a");
    stream.key = samples::key(11).public_key();
    stream.stream = stream_id(stream.key, stream.outlet);
    return stream;
  }

  static session_event::StreamLookedUp found(Result<StreamState> stream = MachineDriver::stream()) {
    return {std::move(stream), {"ledger-1", samples::hash_of("events"), {{"events.yaml", "x"}}}};
  }

  // Says hello and is welcomed.
  void open() {
    receive(hello());
    Actions actions = resume(found());
    ASSERT_EQ(actions.size(), 1u);
    ASSERT_TRUE(machine_.greeted());
  }

  // The next batch of the stream; one of `events` events.
  SealedBatch next_batch(std::size_t events = 3) {
    PrivateKey agent = samples::key(11);
    BatchHeader header = last_.empty() ? samples::header(agent, samples::outlet("a"))
                                       : samples::header_after(last_.back());
    last_.push_back(seal_batch(header, samples::mixed(events), agent).value());
    return last_.back();
  }

  static Message frame(const SealedBatch& batch) { return BatchFrame{encode_sealed(batch)}; }

  // Sends the next batch and returns the ticket by which it is asked to be admitted.
  std::uint64_t send_next(std::size_t events = 3) {
    Actions actions = receive(frame(next_batch(events)));
    const auto* admit = only<session_action::Admit>(actions);
    return admit == nullptr ? 0 : admit->ticket;
  }

  Actions admitted(std::uint64_t ticket, Admitted::Outcome outcome, std::uint64_t index = 0) {
    return resume(session_event::AdmitAnswered{
        ticket, Admitted{outcome, LedgerIndex(index), samples::at("2026-01-05T10:00:00Z")}});
  }
  Actions failed(std::uint64_t ticket, Code code) {
    return resume(session_event::AdmitAnswered{ticket, Error(code, "the store says so")});
  }

  // The one action there is, when it is of that kind; else a failure of the test.
  template <typename Action>
  static const Action* only(const Actions& actions) {
    EXPECT_EQ(actions.size(), 1u);
    return actions.size() == 1 ? get<Action>(actions, 0) : nullptr;
  }
  template <typename Action>
  static const Action* get(const Actions& actions, std::size_t at) {
    const Action* action = at < actions.size() ? std::get_if<Action>(&actions[at]) : nullptr;
    EXPECT_NE(action, nullptr) << "action " << at << " of " << actions.size();
    return action;
  }
  template <typename Kind>
  static const Kind* sent(const Actions& actions, std::size_t at) {
    const auto* send = get<session_action::Send>(actions, at);
    const Kind* message = send == nullptr ? nullptr : std::get_if<Kind>(&send->message);
    EXPECT_NE(message, nullptr) << "another message is sent";
    return message;
  }

  // A final refusal and the end, and nothing else.
  static void expect_refused(const Actions& actions, std::uint64_t number, Code code,
                             SessionEnd end, std::size_t at = 0) {
    ASSERT_EQ(actions.size(), at + 2);
    const auto* refused = sent<Refused>(actions, at);
    ASSERT_NE(refused, nullptr);
    EXPECT_EQ(refused->number, BatchNumber(number));
    EXPECT_EQ(refused->code, code_name(code));
    EXPECT_FALSE(refused->sentence.empty());
    EXPECT_FALSE(refused->retry_after_ms.has_value());
    const auto* ended = get<session_action::End>(actions, at + 1);
    ASSERT_NE(ended, nullptr);
    EXPECT_EQ(session_end_name(ended->end), session_end_name(end));
  }

  SessionMachine& machine() { return machine_; }

 private:
  SessionMachine machine_;
  std::vector<SealedBatch> last_;
};

}  // namespace plumbline::testing

#endif  // PLUMBLINE_TESTS_SUPPORT_COLLECTOR_MACHINE_DRIVER_H_
