// SPDX-License-Identifier: Apache-2.0
// The registry as a value: what a sequence of office records adds up to, and which records an
// honest server never writes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/checkpoint.h"
#include "model/wire/session.h"
#include "registry/office.h"
#include "tests/support/wire/samples.h"

namespace plumbline {
namespace {

using samples::at;
using samples::hash_of;
using samples::key;
using samples::outlet;

const Instant kNow = at("2026-01-05T09:00:00Z");

OutletAdded outlet_added(std::string_view id) {
  return {outlet(id), "320102", "网点", "Outlet", {{"county", "320102"}}};
}

TokenCreated token_created(std::string_view id, std::string_view secret) {
  return {hash_of(secret), outlet(id), SourceKind::kAgent, false, kNow + Duration{kMsPerDay}};
}

KeyEnrolled key_enrolled(std::uint8_t seed, std::string_view id, std::string_view secret) {
  PublicKey agent = key(seed).public_key();
  return {agent,           outlet(id), stream_id(agent, outlet(id)), SourceKind::kAgent, false,
          hash_of(secret), "agent 1"};
}

RulesActivated rules(std::string_view text) {
  RulesActivated activated{"test", "1", {}, false, {{"events.yaml", Bytes(text)}}};
  activated.rule_hash = rule_hash(activated.files);
  return activated;
}

class RegistryStateTest : public ::testing::Test {
 protected:
  RegistryStateTest() {
    EXPECT_TRUE(apply(Genesis{"id", "net", {}, key(2).public_key(), false, {}}).ok());
  }

  Status apply(decltype(OfficeRecord::body) body) {
    Status applied = state_.apply(LedgerIndex(next_), kNow, {"os:clerk", "test", std::move(body)});
    if (applied.ok()) ++next_;
    return applied;
  }

  Code refused(decltype(OfficeRecord::body) body) {
    const std::uint64_t before = next_;
    Status applied = apply(std::move(body));
    EXPECT_FALSE(applied.ok());
    EXPECT_EQ(next_, before);
    return applied.ok() ? Code::kInternal : applied.error().code();
  }

  RegistryState state_;
  std::uint64_t next_ = 0;
};

TEST_F(RegistryStateTest, RecordsAddUp) {
  ASSERT_TRUE(apply(outlet_added("a")).ok());
  ASSERT_TRUE(apply(outlet_added("b")).ok());
  ASSERT_TRUE(apply(token_created("a", "s1")).ok());
  ASSERT_TRUE(apply(key_enrolled(11, "a", "s1")).ok());
  ASSERT_TRUE(apply(rules("one")).ok());
  ASSERT_TRUE(apply(rules("two")).ok());
  EXPECT_EQ(state_.outlets.size(), 2u);
  EXPECT_TRUE(state_.tokens.at(hash_of("s1")).redeemed);
  EXPECT_EQ(state_.streams.size(), 1u);
  ASSERT_EQ(state_.activations.size(), 2u);
  EXPECT_EQ(state_.activations[1].index, LedgerIndex(6));
  EXPECT_EQ(state_.activations[1].recorded_at, kNow);
}

TEST_F(RegistryStateTest, GenesisStandsOnce) {
  EXPECT_EQ(refused(Genesis{}), Code::kConflict);
}

TEST_F(RegistryStateTest, NothingStandsBeforeTheGenesis) {
  RegistryState empty;
  Status applied = empty.apply(LedgerIndex(0), kNow, {"os:clerk", "test", outlet_added("a")});
  ASSERT_FALSE(applied.ok());
  EXPECT_EQ(applied.error().code(), Code::kConflict);
  EXPECT_TRUE(empty.outlets.empty());
}

TEST_F(RegistryStateTest, AnOutletIsAddedOnce) {
  ASSERT_TRUE(apply(outlet_added("a")).ok());
  EXPECT_EQ(refused(outlet_added("a")), Code::kExists);
}

TEST_F(RegistryStateTest, ErrorsNameTheEntry) {
  ASSERT_TRUE(apply(outlet_added("a")).ok());
  Status applied = apply(outlet_added("a"));
  EXPECT_EQ(applied.error().sentence(), "entry 2: the outlet \"a\" exists already");
}

TEST_F(RegistryStateTest, ATokenNeedsItsOutletAndStandsOnce) {
  EXPECT_EQ(refused(token_created("a", "s1")), Code::kNotFound);
  ASSERT_TRUE(apply(outlet_added("a")).ok());
  ASSERT_TRUE(apply(token_created("a", "s1")).ok());
  EXPECT_EQ(refused(token_created("a", "s1")), Code::kExists);
}

TEST_F(RegistryStateTest, AnEnrolmentNeedsAnUnusedToken) {
  ASSERT_TRUE(apply(outlet_added("a")).ok());
  EXPECT_EQ(refused(key_enrolled(11, "a", "s1")), Code::kConflict);
  ASSERT_TRUE(apply(token_created("a", "s1")).ok());
  ASSERT_TRUE(apply(key_enrolled(11, "a", "s1")).ok());
  EXPECT_EQ(refused(key_enrolled(12, "a", "s1")), Code::kConflict);
}

TEST_F(RegistryStateTest, AnEnrolmentSaysWhatItsTokenSays) {
  ASSERT_TRUE(apply(outlet_added("a")).ok());
  ASSERT_TRUE(apply(outlet_added("b")).ok());
  ASSERT_TRUE(apply(token_created("a", "s1")).ok());
  EXPECT_EQ(refused(key_enrolled(11, "b", "s1")), Code::kConflict);
  KeyEnrolled historical = key_enrolled(11, "a", "s1");
  historical.historical = true;
  EXPECT_EQ(refused(historical), Code::kConflict);
  KeyEnrolled feed = key_enrolled(11, "a", "s1");
  feed.source_kind = SourceKind::kFeed;
  EXPECT_EQ(refused(feed), Code::kConflict);
  KeyEnrolled other_stream = key_enrolled(11, "a", "s1");
  other_stream.stream = key_enrolled(12, "a", "s1").stream;
  EXPECT_EQ(refused(other_stream), Code::kConflict);
  EXPECT_FALSE(state_.tokens.at(hash_of("s1")).redeemed);
}

TEST_F(RegistryStateTest, AKeyHasOneStreamForAnOutlet) {
  ASSERT_TRUE(apply(outlet_added("a")).ok());
  ASSERT_TRUE(apply(token_created("a", "s1")).ok());
  ASSERT_TRUE(apply(token_created("a", "s2")).ok());
  ASSERT_TRUE(apply(key_enrolled(11, "a", "s1")).ok());
  EXPECT_EQ(refused(key_enrolled(11, "a", "s2")), Code::kExists);
  EXPECT_FALSE(state_.tokens.at(hash_of("s2")).redeemed);
  EXPECT_TRUE(apply(key_enrolled(12, "a", "s2")).ok());
}

KeyRotated rotated(std::uint8_t from, std::uint8_t to, std::string_view id) {
  KeyRotated k;
  k.key = key(to).public_key();
  k.outlet = outlet(id);
  k.stream = stream_id(k.key, k.outlet);
  k.previous = {stream_id(key(from).public_key(), k.outlet), BatchNumber(3), hash_of("three")};
  k.consent = key(from).sign(rotation_signed_bytes(k.previous, k.key));
  k.software = "agent 1";
  return k;
}

class StreamOfAKeyTest : public RegistryStateTest {
 protected:
  StreamOfAKeyTest() {
    EXPECT_TRUE(apply(outlet_added("a")).ok());
    EXPECT_TRUE(apply(outlet_added("b")).ok());
    EXPECT_TRUE(apply(token_created("a", "s1")).ok());
    EXPECT_TRUE(apply(key_enrolled(11, "a", "s1")).ok());
  }
  static StreamId stream(std::uint8_t seed) {
    return stream_id(key(seed).public_key(), outlet("a"));
  }
};

TEST_F(StreamOfAKeyTest, AChangeOfKeysClosesTheOldStreamAndMakesANewOne) {
  const std::uint64_t index = next_;
  ASSERT_TRUE(apply(rotated(11, 12, "a")).ok());
  EXPECT_EQ(state_.closed.at(stream(11)).index, LedgerIndex(index));
  EXPECT_EQ(state_.closed.at(stream(11)).successor, stream(12));
  EXPECT_EQ(state_.streams.at(stream(12)).previous->stream, stream(11));
  EXPECT_EQ(refused(rotated(11, 13, "a")), Code::kExists);
  EXPECT_TRUE(apply(rotated(12, 13, "a")).ok());
}

TEST_F(StreamOfAKeyTest, AChangeOfKeysNeedsTheOldKey) {
  KeyRotated other = rotated(11, 12, "a");
  other.consent = key(12).sign(rotation_signed_bytes(other.previous, other.key));
  EXPECT_EQ(refused(other), Code::kUnauthenticated);
  other = rotated(11, 12, "a");
  other.previous.last = BatchNumber(4);
  EXPECT_EQ(refused(other), Code::kUnauthenticated);
  EXPECT_EQ(refused(rotated(14, 12, "a")), Code::kNotFound);
  other = rotated(11, 12, "b");
  other.previous = rotated(11, 12, "a").previous;
  other.consent = key(11).sign(rotation_signed_bytes(other.previous, other.key));
  EXPECT_EQ(refused(other), Code::kConflict);
  EXPECT_TRUE(state_.closed.empty());
}

TEST_F(StreamOfAKeyTest, ARevokedStreamStaysRevoked) {
  EXPECT_EQ(refused(KeyRevoked{stream(12)}), Code::kNotFound);
  ASSERT_TRUE(apply(KeyRevoked{stream(11)}).ok());
  EXPECT_FALSE(state_.closed.at(stream(11)).successor.has_value());
  EXPECT_EQ(refused(KeyRevoked{stream(11)}), Code::kExists);
  EXPECT_EQ(refused(rotated(11, 12, "a")), Code::kExists);
}

TEST_F(StreamOfAKeyTest, ConflictsAndRedactionsAreKept) {
  ASSERT_TRUE(apply(StreamConflict{stream(11), BatchNumber(2), hash_of("two"), "head"}).ok());
  EXPECT_EQ(refused(StreamConflict{stream(12), BatchNumber(2), {}, "head"}), Code::kNotFound);
  EXPECT_EQ(state_.conflicts.at(0).conflict.number, BatchNumber(2));
  ContentRedacted redacted{LedgerIndex(4), hash_of("batch"), hash_of("content"), "os:second"};
  ASSERT_TRUE(apply(redacted).ok());
  EXPECT_EQ(refused(redacted), Code::kExists);
  EXPECT_EQ(state_.redactions.at(LedgerIndex(4)).redaction.second_person, "os:second");
}

LedgerContinued continued(std::string id, std::uint8_t signer = 2) {
  Checkpoint lost{checkpoint_origin("00112233445566778899aabbccddeeff"), LedgerSize(9),
                  hash_of("root")};
  return {std::move(id), sign_checkpoint(lost, key(signer))};
}

TEST_F(RegistryStateTest, ALedgerThatGoesOnHasAnIdOfItsOwn) {
  EXPECT_EQ(refused(continued("id")), Code::kExists);
  ASSERT_TRUE(apply(continued("id2")).ok());
  EXPECT_EQ(refused(continued("id2")), Code::kExists);
  EXPECT_TRUE(apply(continued("id3")).ok());
  EXPECT_EQ(state_.continuations.at(1).continued.ledger_id, "id3");
}

// What is given up must have been published, or anything could be said to be lost.
TEST_F(RegistryStateTest, WhatALedgerGivesUpWasSigned) {
  EXPECT_EQ(refused(continued("id2", 3)), Code::kUnauthenticated);
  EXPECT_EQ(refused(LedgerContinued{"id2", "note"}), Code::kUnauthenticated);
  EXPECT_EQ(refused(LedgerContinued{"id2", ""}), Code::kUnauthenticated);
}

TEST_F(RegistryStateTest, TheActiveRulesAreNotActivatedAgain) {
  ASSERT_TRUE(apply(rules("one")).ok());
  EXPECT_EQ(refused(rules("one")), Code::kExists);
  ASSERT_TRUE(apply(rules("two")).ok());
  EXPECT_TRUE(apply(rules("one")).ok());
}

TEST_F(RegistryStateTest, CheckChangesNothing) {
  EXPECT_TRUE(state_.check({"os:clerk", "test", outlet_added("a")}).ok());
  EXPECT_TRUE(state_.outlets.empty());
}

}  // namespace
}  // namespace plumbline
