// SPDX-License-Identifier: Apache-2.0
#include "ledger/receipt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "ledger/entry.h"
#include "ledger/merkle.h"
#include "tests/support/wire/samples.h"

namespace plumbline {
namespace {

using ::testing::HasSubstr;

// Entry 1 of two is a batch.
class ReceiptTest : public ::testing::Test {
 protected:
  ReceiptTest() {
    PrivateKey agent = samples::key(11);
    SealedBatch batch =
        seal_batch(samples::header(agent, samples::outlet("a")), samples::mixed(3), agent).value();
    receipt_.entry =
        encode_entry({EntryKind::kBatch, Instant{1'767'600'000'000}, encode_head(batch.head)});
    receipt_.index = LedgerIndex(1);
    Hash first = leaf_hash("the first entry");
    receipt_.path = {first};
    std::string origin = checkpoint_origin("00112233445566778899aabbccddeeff");
    Checkpoint checkpoint{origin, LedgerSize(2), node_hash(first, leaf_hash(receipt_.entry))};
    receipt_.checkpoint = sign_checkpoint(checkpoint, samples::key(2));
    receipt_.key = {origin, samples::key(2).public_key()};
  }

  // The receipt's text with one member set to something else.
  std::string with(const std::string& name, Json value) const {
    Json json = parsed();
    json.set(name, std::move(value));
    return json.text();
  }
  Json parsed() const {
    std::string text = receipt_text(receipt_);
    text.pop_back();
    return Json::parse(text).value();
  }

  Receipt receipt_;
};

TEST_F(ReceiptTest, TextAndBack) {
  std::string text = receipt_text(receipt_);
  EXPECT_EQ(text.back(), '\n');
  auto back = parse_receipt(parsed().text());
  ASSERT_TRUE(back.ok()) << back.error().text();
  EXPECT_EQ(*back, receipt_);
  EXPECT_EQ(parsed().string_at("outlet").value(), "a");
  EXPECT_EQ(parsed().integer_at("batch").value(), 1);
  EXPECT_EQ(parsed().integer_at("count").value(), 3);
}

TEST_F(ReceiptTest, AnHonestReceiptHolds) {
  auto facts = verify_receipt(receipt_);
  ASSERT_TRUE(facts.ok()) << facts.error().text();
  EXPECT_EQ(facts->checkpoint.size, LedgerSize(2));
  EXPECT_EQ(facts->header.number, BatchNumber(1));
  EXPECT_EQ(facts->recorded_at, Instant{1'767'600'000'000});
}

TEST_F(ReceiptTest, WhatWasChangedDoesNotHold) {
  Receipt other = receipt_;
  other.entry[9] ^= 1;  // recorded a little later
  EXPECT_EQ(verify_receipt(other).error().code(), Code::kUnauthenticated);
  other = receipt_;
  other.path[0].data[0] ^= 1;
  EXPECT_EQ(verify_receipt(other).error().code(), Code::kUnauthenticated);
  other = receipt_;
  other.index = LedgerIndex(0);
  EXPECT_EQ(verify_receipt(other).error().code(), Code::kUnauthenticated);
  other = receipt_;
  other.key.key = samples::key(3).public_key();
  EXPECT_EQ(verify_receipt(other).error().code(), Code::kUnauthenticated);
  other = receipt_;
  other.checkpoint[other.checkpoint.size() - 6] ^= 1;
  EXPECT_FALSE(verify_receipt(other).ok());
}

TEST_F(ReceiptTest, WhatIsSaidForPeopleFollowsFromTheEntry) {
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, Json>>{{"outlet", "b"},
                                                 {"batch", 2},
                                                 {"count", 4},
                                                 {"recorded_at", "2020-01-01T00:00:00Z"},
                                                 {"first_sequence", 9},
                                                 {"stream", "00"}}) {
    auto parsed_receipt = parse_receipt(with(name, value));
    ASSERT_FALSE(parsed_receipt.ok()) << name;
    EXPECT_THAT(parsed_receipt.error().text(), HasSubstr("\"" + name + "\""));
  }
}

TEST_F(ReceiptTest, WhatIsNoReceiptIsRefused) {
  EXPECT_FALSE(parse_receipt("[]").ok());
  EXPECT_FALSE(parse_receipt("{}").ok());
  EXPECT_THAT(parse_receipt(with("format", "plumbline/receipt/v9")).error().text(),
              HasSubstr("known is"));
  EXPECT_FALSE(parse_receipt(with("more", 1)).ok());
  EXPECT_FALSE(parse_receipt(with("index", -1)).ok());
  EXPECT_FALSE(parse_receipt(with("entry", "AAAA")).ok());
  EXPECT_FALSE(parse_receipt(with("path", "AAAA")).ok());
  EXPECT_FALSE(parse_receipt(with("path", Json(Json::Array(63, Json("AAAA"))))).ok());
  EXPECT_FALSE(parse_receipt(with("verifier_key", "me")).ok());
}

}  // namespace
}  // namespace plumbline
