// SPDX-License-Identifier: Apache-2.0
// Entries are examined ahead of the check, on several threads. What that is for, the signatures of
// batches, must be done there for every stream, however it was made: what is not, is done again one
// by one. The guess of a key is not seen in a report, which is the same either way.
#include "evidence/entry_pipeline.h"

#include <gtest/gtest.h>

#include "evidence/verify.h"
#include "tests/support/wire/memory_ledger.h"

namespace plumbline {
namespace {

using samples::LedgerBuilder;

// Enrolled, changed to a second key and to a third one; with `many` batches of each.
LedgerBuilder twice_rotated(int many) {
  LedgerBuilder builder;
  builder.enroll(11, "isd");
  for (std::uint8_t key : {11, 12, 13}) {
    for (int i = 0; i < many; ++i) builder.batch(key, "isd", 2);
    if (key == 13) break;
    const auto next = static_cast<std::uint8_t>(key + 1);
    builder.record(builder.rotation(key, next, "isd", builder.link(key, "isd")));
  }
  return builder;
}

TEST(EntryPipeline, TriesTheSignatureOfEveryBatchAlsoBehindAChangeOfKeys) {
  for (std::size_t threads : {1u, 2u, 8u}) {
    LedgerBuilder builder = twice_rotated(300);
    const LedgerSize size = builder.ledger().size().value();
    EntryPipeline pipeline(builder.ledger(), size, threads);
    std::map<PublicKey, int> signed_by;
    std::uint64_t at = 0;
    for (auto chunk = pipeline.next(); !chunk.empty(); chunk = pipeline.next()) {
      for (const PipelinedEntry& entry : chunk) {
        ASSERT_TRUE(entry.stored.ok());
        EXPECT_EQ(entry.stored->index.value, at++);
        ASSERT_TRUE(entry.examined.has_value());
        if (!entry.examined->batch.has_value()) continue;
        ASSERT_TRUE(entry.examined->batch->ok());
        const auto& by = (**entry.examined->batch).signed_by;
        ASSERT_TRUE(by.has_value()) << "entry " << at - 1 << " was left to the check";
        ++signed_by[*by];
      }
    }
    EXPECT_EQ(at, size.value);
    for (std::uint8_t key : {11, 12, 13}) {
      EXPECT_EQ(signed_by[samples::key(key).public_key()], 300);
    }
  }
}

TEST(EntryPipeline, AReportIsTheSameOnAnyNumberOfThreadsWhereKeysChange) {
  LedgerBuilder builder = twice_rotated(40);
  builder.batch(12, "isd", 1);  // behind its rotation
  VerifyOptions one;
  one.threads = 1;
  const VerifyReport alone = verify_ledger(builder.ledger(), one).value();
  ASSERT_EQ(alone.bad.size(), 1u);
  for (std::size_t threads : {2u, 8u}) {
    VerifyOptions many;
    many.threads = threads;
    const VerifyReport report = verify_ledger(builder.ledger(), many).value();
    ASSERT_EQ(report.bad.size(), 1u);
    EXPECT_EQ(report.bad[0].index, alone.bad[0].index);
    EXPECT_EQ(report.bad[0].sentence, alone.bad[0].sentence);
    EXPECT_EQ(report.entries, alone.entries);
    EXPECT_EQ(report.events, alone.events);
  }
}

}  // namespace
}  // namespace plumbline
