// SPDX-License-Identifier: Apache-2.0
#include "agents/succession.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/checkpoint.h"
#include "ledger/entry.h"
#include "model/office_record.h"
#include "tests/support/wire/samples.h"

namespace plumbline {
namespace {

using ::testing::HasSubstr;

const std::string kFirst(32, 'a');
const std::string kSecond(32, 'b');
const std::string kThird(32, 'c');

class SuccessionTest : public ::testing::Test {
 protected:
  SuccessionTest() {
    known_ = {kFirst, samples::key(2).public_key(), samples::key(1).public_key()};
  }

  static Bytes record(const std::string& from, const std::string& to,
                      const PrivateKey& office = samples::key(1),
                      const PrivateKey& signer = samples::key(2)) {
    Checkpoint lost{checkpoint_origin(from), LedgerSize(90), samples::hash_of("root")};
    OfficeRecord office_record{"os:clerk", "the disk burnt",
                               LedgerContinued{to, sign_checkpoint(lost, signer)}};
    return encode_record(to_json(office_record), office);
  }
  Result<Succession> follow(const std::string& to, const std::vector<Bytes>& records) const {
    return follow_succession(known_, to, records);
  }

  KnownLedger known_;
};

TEST_F(SuccessionTest, TheOfficesWordIsFollowed) {
  auto followed = follow(kSecond, {record(kFirst, kSecond)});
  ASSERT_TRUE(followed.ok()) << followed.error().text();
  EXPECT_EQ(*followed, (Succession{kSecond, "the disk burnt"}));
}

TEST_F(SuccessionTest, OverSeveralRecordsAndFromTheMiddle) {
  std::vector<Bytes> chain = {record(kFirst, kSecond), record(kSecond, kThird)};
  EXPECT_TRUE(follow(kThird, chain).ok());
  known_.ledger_id = kSecond;
  EXPECT_TRUE(follow(kThird, chain).ok());
}

TEST_F(SuccessionTest, WithoutARecordNothingIsFollowed) {
  EXPECT_EQ(follow(kSecond, {}).error().code(), Code::kNotFound);
  auto gap = follow(kThird, {record(kSecond, kThird)});
  ASSERT_FALSE(gap.ok());
  EXPECT_THAT(gap.error().text(), HasSubstr("no record of the office leads from"));
  EXPECT_FALSE(follow(kThird, {record(kFirst, kSecond)}).ok()) << "the chain ends before";
  EXPECT_FALSE(follow(kFirst, {record(kFirst, kSecond)}).ok()) << "it leads away";
}

TEST_F(SuccessionTest, AnotherKeysWordIsNot) {
  auto forged = follow(kSecond, {record(kFirst, kSecond, samples::key(5))});
  ASSERT_FALSE(forged.ok());
  EXPECT_EQ(forged.error().code(), Code::kUnauthenticated);
  EXPECT_THAT(forged.error().text(), HasSubstr("not signed by the office key"));
}

TEST_F(SuccessionTest, ACheckpointThatWasNeverSignedCannotBeGivenUp) {
  auto forged = follow(kSecond, {record(kFirst, kSecond, samples::key(1), samples::key(5))});
  ASSERT_FALSE(forged.ok());
  EXPECT_EQ(forged.error().code(), Code::kUnauthenticated);
}

TEST_F(SuccessionTest, AnEnrolmentWithoutTheOfficesKeyFollowsNobody) {
  known_.office_key.reset();
  auto followed = follow(kSecond, {record(kFirst, kSecond)});
  ASSERT_FALSE(followed.ok());
  EXPECT_EQ(followed.error().code(), Code::kDenied);
  EXPECT_THAT(followed.error().text(), HasSubstr("enrol a new folder"));
}

TEST_F(SuccessionTest, AnotherRecordOfTheOfficeIsNoSuccession) {
  OfficeRecord revoked{"os:clerk", "lost", KeyRevoked{StreamId()}};
  EXPECT_FALSE(follow(kSecond, {encode_record(to_json(revoked), samples::key(1))}).ok());
  EXPECT_FALSE(follow(kSecond, {"no record"}).ok());
}

}  // namespace
}  // namespace plumbline
