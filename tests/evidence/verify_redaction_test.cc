// SPDX-License-Identifier: Apache-2.0
// A content may be missing where a record of two persons withdraws it, and nowhere else.
#include <gmock/gmock.h>

#include "evidence/verify.h"
#include "tests/support/evidence/small_ledger.h"
#include "tests/support/wire/memory_ledger.h"

namespace plumbline {
namespace {

using samples::bad_indexes;
using samples::LedgerBuilder;
using samples::MemoryLedger;
using samples::sentence_of;
using samples::small_ledger;
using samples::verify;
using testing::ElementsAre;
using testing::HasSubstr;

// Withdraws the content of an entry by a record; what is said of the entry can be changed first.
void redact(LedgerBuilder& builder, std::uint64_t index,
            const std::function<void(ContentRedacted&)>& change = {}) {
  Entry entry = decode_entry(builder.ledger().entries[index].entry).value();
  ContentRedacted redacted;
  redacted.index = LedgerIndex(index);
  redacted.second_person = "os:second";
  if (entry.kind == EntryKind::kBatch) {
    ByteReader reader(entry.payload);
    BatchHead head = decode_head(reader).value();
    redacted.batch_hash = batch_hash(head.header);
    redacted.content_hash = decode_header(head.header).value().content_hash;
  }
  if (change) change(redacted);
  builder.record(redacted);
}

TEST(VerifyRedaction, AContentThatARecordWithdrawsIsNoFault) {
  LedgerBuilder builder = small_ledger();
  redact(builder, 8);
  builder.ledger().entries[8].content.reset();
  builder.batch(11, "isd", 1);
  VerifyReport report = verify(builder.ledger());
  EXPECT_TRUE(report.ok()) << sentence_of(report, 8);
  EXPECT_THAT(report.withdrawn, ElementsAre(LedgerIndex(8)));
  EXPECT_EQ(report.events, 6u) << "3 of 9 are withdrawn";
  VerifyOptions options;  // the root is what it was
  options.checkpoint = sign_checkpoint(builder.ledger().checkpoint(12), samples::key(2));
  EXPECT_TRUE(verify(builder.ledger(), options).ok());
}

TEST(VerifyRedaction, EveryOtherMissingContentIsAFault) {
  LedgerBuilder builder = small_ledger();
  redact(builder, 8);
  for (std::uint64_t i : {8u, 9u, 11u}) builder.ledger().entries[i].content.reset();
  VerifyReport report = verify(builder.ledger());
  EXPECT_THAT(bad_indexes(report), ElementsAre(9, 11));
  EXPECT_THAT(sentence_of(report, 9), HasSubstr("content is missing"));
}

TEST(VerifyRedaction, AWithdrawnContentThatIsThereIsAFault) {
  LedgerBuilder builder = small_ledger();
  redact(builder, 8);
  VerifyReport report = verify(builder.ledger());
  EXPECT_THAT(bad_indexes(report), ElementsAre(8));
  EXPECT_THAT(sentence_of(report, 8), HasSubstr("withdrawn by entry 12 and is there"));
}

TEST(VerifyRedaction, ARedactionOfAnotherBatchAccountsForNothing) {
  struct Case {
    std::function<void(ContentRedacted&)> change;
    std::vector<std::uint64_t> bad;
    const char* sentence;
  };
  for (const Case& one : std::vector<Case>{
           {[](ContentRedacted& r) { r.batch_hash = sha256("x"); }, {8, 12}, "not the batch"},
           {[](ContentRedacted& r) { r.content_hash = sha256("x"); }, {8, 12}, "not the batch"},
           {[](ContentRedacted& r) { r.index = LedgerIndex(7); }, {8, 12}, "not the batch"},
           {[](ContentRedacted& r) { r.index = LedgerIndex(12); }, {8, 12}, "not stand before"},
           {[](ContentRedacted& r) { r.index = LedgerIndex(99); }, {8, 12}, "not stand before"},
           {[](ContentRedacted& r) { r.second_person = "os:clerk"; }, {8, 12}, "second person"}}) {
    LedgerBuilder builder = small_ledger();
    redact(builder, 8, one.change);
    builder.ledger().entries[8].content.reset();
    VerifyReport report = verify(builder.ledger());
    EXPECT_EQ(bad_indexes(report), one.bad) << one.sentence;
    EXPECT_THAT(sentence_of(report, 12), HasSubstr(one.sentence));
  }
}

TEST(VerifyRedaction, ARedactionThatTheOfficeDidNotSignAccountsForNothing) {
  LedgerBuilder builder = small_ledger();
  redact(builder, 8);
  Bytes& record = builder.ledger().entries[12].entry;
  record.back() ^= 1;
  builder.ledger().recorded[12] = leaf_hash(record);
  builder.ledger().entries[8].content.reset();
  EXPECT_THAT(bad_indexes(verify(builder.ledger())), ElementsAre(8, 12));
}

}  // namespace
}  // namespace plumbline
