// SPDX-License-Identifier: Apache-2.0
// What the office does about keys, on a real ledger in a temporary folder.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/entry.h"
#include "model/wire/batch.h"
#include "model/wire/session.h"
#include "registry/office.h"
#include "registry/registry_replay.h"
#include "store/sqlite/ledger_db.h"
#include "tests/support/registry/new_ledger.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wire/samples.h"

namespace plumbline {
namespace {

using samples::at;
using samples::hash_of;
using samples::key;
using samples::outlet;
using ::testing::HasSubstr;

const Office::By kClerk{"os:clerk", "laptop lost"};

class OfficeKeysTest : public ::testing::Test {
 protected:
  OfficeKeysTest() : clock_(at("2026-01-05T09:00:00Z")) {
    writer_ = testing::new_ledger(folder_, clock_);
    reopen();
    for (const char* id : {"a", "b"}) {
      EXPECT_TRUE(office_->add_outlet(kClerk, {outlet(id), "", "网点", "Outlet", {}}).ok());
    }
    old_ = {enroll("a", 11).value().stream, BatchNumber(0), Hash()};
  }

  void reopen() {
    auto reader = open_sqlite_reader(folder_.path("ledger.db")).value();
    office_ = Office::open(*reader, *writer_, key(1), clock_).value();
  }
  std::uint64_t ledger_size() {
    return open_sqlite_reader(folder_.path("ledger.db")).value()->size()->value;
  }
  Result<KeyEnrolled> enroll(std::string_view id, std::uint8_t seed,
                             std::optional<StreamLink> previous = std::nullopt) {
    Bytes secret =
        office_->create_token(kClerk, outlet(id), SourceKind::kAgent, false, Duration{kMsPerHour})
            .value();
    return office_->enroll(secret, key(seed).public_key(), "agent 1", previous);
  }
  Result<KeyEnrolled> rotate(std::uint8_t from, std::uint8_t to, const StreamLink& link) {
    PublicKey next = key(to).public_key();
    return office_->rotate(link, next, key(from).sign(rotation_signed_bytes(link, next)),
                           "agent\n2");
  }
  Code refused(std::uint8_t from, std::uint8_t to, const StreamLink& link) {
    const std::uint64_t before = ledger_size();
    Result<KeyEnrolled> rotated = rotate(from, to, link);
    EXPECT_FALSE(rotated.ok());
    EXPECT_EQ(ledger_size(), before);
    return rotated.ok() ? Code::kInternal : rotated.error().code();
  }
  Result<std::vector<Office::Revoked>> revoke(std::variant<StreamId, OutletId> what,
                                              Office::Run run = Office::Run::kWrite) {
    return office_->revoke(kClerk, what, run);
  }
  StreamConflict conflict(std::uint64_t number) {
    return {old_.stream, BatchNumber(number), hash_of("held"), "head"};
  }

  testing::PrivateFolder folder_;
  ManualClock clock_;
  std::unique_ptr<LedgerWriter> writer_;
  std::unique_ptr<Office> office_;
  StreamLink old_;
};

TEST_F(OfficeKeysTest, ANewKeyTakesOverWithTheOldOnesConsent) {
  KeyEnrolled made = rotate(11, 12, old_).value();
  EXPECT_EQ(made.stream, stream_id(key(12).public_key(), outlet("a")));
  EXPECT_EQ(made.previous, old_);
  EXPECT_EQ(made.software, "agent2");
  EXPECT_TRUE(writer_->stream(old_.stream)->rotated);
  EXPECT_FALSE(writer_->stream(made.stream)->revoked);
  auto reader = open_sqlite_reader(folder_.path("ledger.db")).value();
  Entry entry = decode_entry(reader->at(LedgerIndex(ledger_size() - 1))->entry).value();
  SignedRecord record = decode_record(entry.payload).value();
  EXPECT_EQ(record.json.string_at("kind").value(), "key.rotate");
  EXPECT_EQ(record.json.string_at("actor").value(), "rotation");
  EXPECT_TRUE(verify_record(record, key(1).public_key()));
}

// In a ledger that was restored from a copy made before the record.
TEST_F(OfficeKeysTest, AStreamIsEnteredAgainByTheRecordThatItsAgentKept) {
  const PrivateKey office = key(1);
  auto record_of = [&](std::uint8_t seed, auto&& body) {
    body.key = key(seed).public_key();
    body.outlet = outlet("a");
    body.stream = stream_id(body.key, body.outlet);
    return encode_record(to_json({"enrollment", "redeems an enrolment token", body}), office);
  };
  KeyEnrolled enrolled;
  enrolled.token_hash = hash_of("a token that is lost, too");
  enrolled.software = "agent 1";
  enrolled.historical = true;
  KeyRotated rotated;
  rotated.previous = {stream_id(key(17).public_key(), outlet("a")), BatchNumber(3), hash_of("3")};
  rotated.consent = key(17).sign("consent");
  for (const auto& [seed, record] :
       {std::pair(21, record_of(21, enrolled)), std::pair(22, record_of(22, rotated))}) {
    SCOPED_TRACE(seed);
    const StreamId stream =
        stream_id(key(static_cast<std::uint8_t>(seed)).public_key(), outlet("a"));
    KeyEnrolled made = office_->restore_stream(record, stream).value();
    EXPECT_EQ(made.stream, stream);
    EXPECT_EQ(made.restored, record);
    EXPECT_EQ(writer_->stream(stream)->historical, seed == 21);
    const std::uint64_t size = ledger_size();
    reopen();
    EXPECT_EQ(office_->restore_stream(record, stream)->stream, stream);
    EXPECT_EQ(ledger_size(), size);
    EXPECT_EQ(office_->opened_at(stream).value(), LedgerIndex(size - 1));
  }
  // Keys go on from there as from any other.
  const StreamLink here{stream_id(key(22).public_key(), outlet("a")), BatchNumber(0), Hash()};
  EXPECT_TRUE(rotate(22, 23, here).ok());
}

TEST_F(OfficeKeysTest, AStreamIsNotEnteredByAnotherRecord) {
  KeyEnrolled enrolled;
  enrolled.key = key(21).public_key();
  enrolled.outlet = outlet("a");
  enrolled.stream = stream_id(enrolled.key, enrolled.outlet);
  auto record_by = [](const PrivateKey& signer, const auto& body) {
    return encode_record(to_json({"enrollment", "token", body}), signer);
  };
  const std::uint64_t before = ledger_size();
  auto code = [&](const Bytes& record, const StreamId& stream) {
    auto restored = office_->restore_stream(record, stream);
    EXPECT_EQ(ledger_size(), before);
    return restored.ok() ? Code::kInternal : restored.error().code();
  };
  const Bytes good = record_by(key(1), enrolled);
  EXPECT_EQ(code(record_by(key(21), enrolled), enrolled.stream), Code::kUnauthenticated);
  EXPECT_EQ(code(good, stream_id(key(24).public_key(), outlet("a"))), Code::kInvalid);
  EXPECT_EQ(code(record_by(key(1), KeyRevoked{old_.stream}), enrolled.stream), Code::kInvalid);
  EXPECT_FALSE(office_->restore_stream(good.substr(1), enrolled.stream).ok());
  enrolled.outlet = outlet("lost");
  enrolled.stream = stream_id(enrolled.key, enrolled.outlet);
  EXPECT_EQ(code(record_by(key(1), enrolled), enrolled.stream), Code::kUnavailable);
  // Whoever writes the ledger can say no more than the record does.
  RegistryState state = office_->state();
  KeyEnrolled more = restored_enrolment(good, key(1).public_key()).value();
  EXPECT_TRUE(state.check({"enrollment", "shown", more}).ok());
  more.historical = true;
  EXPECT_EQ(state.check({"enrollment", "shown", more}).error().code(), Code::kConflict);
}

// The answer was lost; the server may have been restarted in between.
TEST_F(OfficeKeysTest, AChangeThatIsAskedForAgainIsAnsweredAlikeAndWrittenOnce) {
  KeyEnrolled made = rotate(11, 12, old_).value();
  const std::uint64_t size = ledger_size();
  for (int round = 0; round < 2; ++round) {
    KeyEnrolled again = rotate(11, 12, old_).value();
    EXPECT_EQ(again.stream, made.stream);
    EXPECT_EQ(again.previous, made.previous);
    EXPECT_EQ(ledger_size(), size);
    reopen();
  }
  // Also when the new key has been changed or revoked since.
  ASSERT_TRUE(revoke(made.stream).ok());
  EXPECT_EQ(rotate(11, 12, old_)->stream, made.stream);
}

TEST_F(OfficeKeysTest, AChangeIsRefusedThatTheOldKeyDidNotSignOrThatComesTooLate) {
  EXPECT_EQ(refused(13, 12, old_), Code::kUnauthenticated);
  StreamLink unknown{stream_id(key(14).public_key(), outlet("a")), {}, {}};
  EXPECT_EQ(refused(14, 12, unknown), Code::kNotFound);
  StreamLink ahead{old_.stream, BatchNumber(1), hash_of("one")};
  EXPECT_EQ(refused(11, 12, ahead), Code::kConflict);
  EXPECT_EQ(refused(11, 11, old_), Code::kExists);
  ASSERT_TRUE(rotate(11, 12, old_).ok());
  EXPECT_EQ(refused(11, 13, old_), Code::kDenied);
  EXPECT_EQ(refused(11, 12, ahead), Code::kDenied);
  ASSERT_TRUE(enroll("b", 15).ok());
  StreamLink other{stream_id(key(15).public_key(), outlet("b")), {}, {}};
  ASSERT_TRUE(revoke(other.stream).ok());
  EXPECT_EQ(refused(15, 16, other), Code::kDenied);
}

TEST_F(OfficeKeysTest, OneStreamIsRevoked) {
  StreamId second = enroll("a", 12)->stream;
  const std::uint64_t size = ledger_size();
  auto dry = revoke(old_.stream, Office::Run::kDry).value();
  ASSERT_EQ(dry.size(), 1u);
  EXPECT_FALSE(dry[0].index.has_value());
  EXPECT_EQ(ledger_size(), size);
  EXPECT_FALSE(writer_->stream(old_.stream)->revoked);
  auto done = revoke(old_.stream).value();
  ASSERT_EQ(done.size(), 1u);
  EXPECT_EQ(done[0].index, LedgerIndex(size));
  EXPECT_EQ(done[0].stream.stream, old_.stream);
  EXPECT_TRUE(writer_->stream(old_.stream)->revoked);
  EXPECT_FALSE(writer_->stream(second)->revoked);
  EXPECT_EQ(revoke(old_.stream).error().code(), Code::kExists);
  reopen();
  EXPECT_EQ(revoke(old_.stream).error().code(), Code::kExists);
}

TEST_F(OfficeKeysTest, AllOpenStreamsOfAnOutletAreRevokedAndNoOthers) {
  StreamId second = enroll("a", 12)->stream;
  StreamId other = enroll("b", 13)->stream;
  ASSERT_TRUE(rotate(11, 14, old_).ok());
  auto done = revoke(outlet("a")).value();
  EXPECT_EQ(done.size(), 2u);  // the rotated one is closed already
  EXPECT_TRUE(writer_->stream(second)->revoked);
  EXPECT_TRUE(writer_->stream(stream_id(key(14).public_key(), outlet("a")))->revoked);
  EXPECT_FALSE(writer_->stream(other)->revoked);
  auto again = revoke(outlet("a"));
  EXPECT_EQ(again.error().code(), Code::kNotFound);
  EXPECT_THAT(again.error().sentence(), HasSubstr("no stream that is open"));
  EXPECT_EQ(revoke(outlet("c")).error().code(), Code::kNotFound);
}

TEST_F(OfficeKeysTest, ARevocationNeedsActorAndReason) {
  auto refused = office_->revoke({"os:clerk", ""}, old_.stream, Office::Run::kWrite);
  EXPECT_EQ(refused.error().code(), Code::kInvalid);
  EXPECT_FALSE(writer_->stream(old_.stream)->revoked);
  EXPECT_TRUE(office_->revoke({}, old_.stream, Office::Run::kDry).ok());
}

TEST_F(OfficeKeysTest, AnEnrolmentNamesTheStreamThatItGoesOnFrom) {
  ASSERT_TRUE(revoke(old_.stream).ok());
  StreamLink known{old_.stream, BatchNumber(7), hash_of("seven")};
  EXPECT_EQ(enroll("a", 12, known)->previous, known);
  EXPECT_EQ(enroll("b", 13, known).error().code(), Code::kInvalid);
  StreamLink unknown{stream_id(key(20).public_key(), outlet("b")), {}, {}};
  auto refused = enroll("b", 13, unknown);
  EXPECT_EQ(refused.error().code(), Code::kInvalid);
  EXPECT_THAT(refused.error().sentence(), HasSubstr("has no stream"));
}

TEST_F(OfficeKeysTest, AConflictIsOnRecordOnceForEachNumber) {
  const std::uint64_t size = ledger_size();
  EXPECT_EQ(office_->report_conflict(conflict(3)).value(), LedgerIndex(size));
  EXPECT_FALSE(office_->report_conflict(conflict(3))->has_value());
  reopen();
  EXPECT_FALSE(office_->report_conflict(conflict(3))->has_value());
  EXPECT_EQ(office_->report_conflict(conflict(4)).value(), LedgerIndex(size + 1));
  EXPECT_EQ(office_->state().conflicts.size(), 2u);
}

TEST_F(OfficeKeysTest, AStreamCannotFillTheLedgerWithConflicts) {
  const std::uint64_t size = ledger_size();
  for (std::uint64_t i = 1; i <= 2 * Office::kMaxConflictsOfStream; ++i) {
    ASSERT_TRUE(office_->report_conflict(conflict(i)).ok());
  }
  EXPECT_EQ(ledger_size(), size + Office::kMaxConflictsOfStream);
}

}  // namespace
}  // namespace plumbline
