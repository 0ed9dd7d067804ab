// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_AGENTS_MACHINE_H_
#define PLUMBLINE_TESTS_SUPPORT_AGENTS_MACHINE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "agents/sender_machine.h"

namespace plumbline {

inline constexpr std::size_t kSmall = 1000;
inline const Hash kEventsHash = sha256("events");

inline Hash hash_of(std::uint64_t number) {
  return sha256("batch " + std::to_string(number));
}

// Drives a machine: each batch of the stream has 10 events and the hash hash_of(number).
class SenderMachineFixture : public ::testing::Test {
 protected:
  SenderMachineFixture() {
    config_.ledger_id = "ledger";
    config_.window_batches = 3;
  }

  const SenderActions& step(const SenderEvent& event) {
    actions_ = resume(state_, config_, {now_, random_}, event);
    return actions_;
  }

  StreamEnd end_at(std::uint64_t last) const {
    return {BatchNumber(last), Sequence(last * 10), oldest_};
  }

  // Of a server without proofs.
  Welcomed welcome(std::uint64_t head) const {
    Welcomed event;
    event.welcome.version = 1;
    event.welcome.ledger_id = "ledger";
    event.welcome.head = BatchNumber(head);
    event.welcome.head_hash = head == 0 ? Hash() : hash_of(head);
    event.welcome.next_sequence = Sequence(head * 10 + 1);
    event.welcome.events_hash = kEventsHash;
    if (head > 0) event.local_hash = hash_of(head);
    event.local_next = Sequence(head * 10 + 1);
    return event;
  }

  // Up to the open session; answers each SendBatch at once.
  void open(std::uint64_t last, std::uint64_t acknowledged, std::uint64_t head) {
    step(Started{end_at(last), BatchNumber(acknowledged)});
    step(Connected{});
    step(welcome(head));
    answer_sends();
  }

  // Answers SendBatch actions with BatchSent until none comes; returns the numbers sent.
  std::vector<std::uint64_t> answer_sends(std::size_t bytes = kSmall) {
    std::vector<std::uint64_t> sent;
    for (const auto* send = find<SendBatch>(); send != nullptr; send = find<SendBatch>()) {
      sent.push_back(send->number.value);
      step(BatchSent{send->number, bytes});
    }
    return sent;
  }

  void ack(std::uint64_t number) {
    step(AckArrived{{BatchNumber(number), LedgerIndex(100 + number), Instant{0}}});
  }

  template <typename Action>
  const Action* find() const {
    for (const SenderAction& action : actions_) {
      if (const auto* found = std::get_if<Action>(&action)) return found;
    }
    return nullptr;
  }

  void expect_retry(const std::string& reason) {
    EXPECT_EQ(state_.phase, SenderState::Phase::kWaiting);
    EXPECT_NE(find<CloseConnection>(), nullptr);
    ASSERT_NE(find<NoteTrouble>(), nullptr);
    EXPECT_THAT(find<NoteTrouble>()->sentence, ::testing::HasSubstr(reason));
    EXPECT_EQ(find<Finish>(), nullptr);
    EXPECT_TRUE(state_.in_flight.empty());
    EXPECT_EQ(state_.bytes_in_flight, 0u);
  }

  void expect_end(Finish::How how, const std::string& reason = "") {
    EXPECT_EQ(state_.phase, SenderState::Phase::kEnded);
    EXPECT_NE(find<CloseConnection>(), nullptr);
    ASSERT_NE(find<Finish>(), nullptr);
    EXPECT_EQ(find<Finish>()->how, how);
    EXPECT_THAT(find<Finish>()->sentence, ::testing::HasSubstr(reason));
  }

  SenderConfig config_;
  SenderState state_;
  SenderActions actions_;
  BatchNumber oldest_{1};
  std::int64_t now_ = 1'000'000;
  std::uint64_t random_ = 0;
};

}  // namespace plumbline

#endif  // PLUMBLINE_TESTS_SUPPORT_AGENTS_MACHINE_H_
