// SPDX-License-Identifier: Apache-2.0
// Verification of a ledger in which keys change, are revoked and contradict each other.
#include <gmock/gmock.h>

#include "evidence/verify.h"
#include "store/folder/folder_ledger.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wire/memory_ledger.h"

namespace plumbline {
namespace {

using samples::LedgerBuilder;
using samples::MemoryLedger;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// 0 genesis  1-3 isd enrolled  4-5 batches of the old key  6 the new key takes over  7-8 its
// batches
LedgerBuilder rotated_ledger() {
  LedgerBuilder builder;
  builder.enroll(11, "isd");
  builder.batch(11, "isd", 3);
  builder.batch(11, "isd", 1);
  builder.record(builder.rotation(11, 12, "isd", builder.link(11, "isd")));
  builder.batch(12, "isd", 2);
  builder.batch(12, "isd", 2);
  return builder;
}

std::vector<std::uint64_t> bad_in(LedgerReader& ledger, std::string& sentences) {
  VerifyReport report = verify_ledger(ledger, {}).value();
  std::vector<std::uint64_t> out;
  sentences.clear();
  for (const BadEntry& bad : report.bad) {
    out.push_back(bad.index.value);
    sentences += bad.sentence + "\n";
  }
  return out;
}

class VerifyKeys : public ::testing::Test {
 protected:
  std::vector<std::uint64_t> bad(LedgerBuilder& builder) {
    return bad_in(builder.ledger(), sentences_);
  }
  std::string sentences_;
};

TEST_F(VerifyKeys, ARotatedStreamIsGood) {
  LedgerBuilder builder = rotated_ledger();
  EXPECT_THAT(bad(builder), IsEmpty()) << sentences_;
  VerifyReport report = verify_ledger(builder.ledger(), {}).value();
  EXPECT_EQ(report.entries["key.rotate"], 1u);
  EXPECT_EQ(report.events, 8u);
  EXPECT_THAT(report.notes, IsEmpty());
}

TEST_F(VerifyKeys, ABatchBehindTheRotationIsAFaultOfTheLedger) {
  LedgerBuilder builder = rotated_ledger();
  builder.batch(11, "isd", 1);
  EXPECT_THAT(bad(builder), ElementsAre(9));
  EXPECT_THAT(sentences_, HasSubstr("takes no batch since entry 6: a new key took over"));
}

TEST_F(VerifyKeys, ABatchBehindTheRevocationIsAFaultOfTheLedger) {
  LedgerBuilder builder = rotated_ledger();
  builder.record(KeyRevoked{builder.link(12, "isd").stream});
  EXPECT_THAT(bad(builder), IsEmpty()) << sentences_;
  builder.batch(12, "isd", 1);
  EXPECT_THAT(bad(builder), ElementsAre(10));
  EXPECT_THAT(sentences_, HasSubstr("takes no batch since entry 9: its key is revoked"));
}

TEST_F(VerifyKeys, ARotationThatLeavesOutABatchIsAFault) {
  LedgerBuilder builder;
  builder.enroll(11, "isd");
  StreamLink early = builder.link(11, "isd");
  builder.batch(11, "isd", 3);
  builder.record(builder.rotation(11, 12, "isd", early));
  EXPECT_THAT(bad(builder), ElementsAre(5));
  EXPECT_THAT(sentences_, HasSubstr("ends with batch 0"));
}

TEST_F(VerifyKeys, ARotationWithoutTheOldKeysConsentIsAFault) {
  LedgerBuilder builder;
  builder.enroll(11, "isd");
  KeyRotated forged = builder.rotation(13, 12, "isd", builder.link(11, "isd"));
  builder.record(forged);
  EXPECT_THAT(bad(builder), ElementsAre(4));
  EXPECT_THAT(sentences_, HasSubstr("did not sign the change of keys"));
}

TEST_F(VerifyKeys, AConflictMustBeSignedByTheStreamsKey) {
  LedgerBuilder builder;
  builder.enroll(11, "isd");
  LedgerBuilder clone;
  clone.enroll(11, "isd");
  builder.batch(11, "isd", 3);
  SealedBatch fork = clone.next_batch(11, "isd", 2);
  StreamLink held = builder.link(11, "isd");
  StreamConflict conflict{held.stream, BatchNumber(1), held.last_hash, encode_head(fork.head)};
  builder.record(conflict);
  EXPECT_THAT(bad(builder), IsEmpty()) << sentences_;

  StreamConflict forged = conflict;
  forged.head.back() ^= 1;  // of the signature
  builder.record(forged);
  StreamConflict number = conflict;
  number.number = BatchNumber(2);
  builder.record(number);
  StreamConflict itself = conflict;
  itself.held_hash = batch_hash(fork.head.header);
  builder.record(itself);
  StreamConflict rest = conflict;
  rest.head += "x";
  builder.record(rest);
  EXPECT_THAT(bad(builder), ElementsAre(6, 7, 8, 9)) << sentences_;
}

// What a lost entry would have said is not known: a rotation whose old stream lost a batch is
// believed about where that stream ended.
TEST_F(VerifyKeys, ARotationBehindALostBatchIsBelieved) {
  LedgerBuilder builder = rotated_ledger();
  builder.ledger().unreadable.emplace(5, Error(Code::kCorrupt, "bad sector"));
  EXPECT_THAT(bad(builder), ElementsAre(5)) << sentences_;
}

TEST_F(VerifyKeys, TheFolderFormIsCheckedAlike) {
  LedgerBuilder builder = rotated_ledger();
  builder.batch(11, "isd", 1);
  testing::PrivateFolder folder;
  std::string path = folder.path("ledger");
  ASSERT_TRUE(export_folder(builder.ledger(), LedgerSize(10), "", path).ok());
  auto reader = open_folder_reader(path).value();
  EXPECT_THAT(bad_in(*reader, sentences_), ElementsAre(9)) << sentences_;
}

}  // namespace
}  // namespace plumbline
