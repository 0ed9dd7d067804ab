// SPDX-License-Identifier: Apache-2.0
#include "evidence/verify.h"

#include <gmock/gmock.h>

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
using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

TEST(Verify, AGoodLedger) {
  LedgerBuilder builder = small_ledger();
  VerifyOptions options;
  options.checkpoint = sign_checkpoint(builder.ledger().checkpoint(12), samples::key(2));
  options.office_key = samples::key(1).public_key();
  options.checkpoint_key = samples::key(2).public_key();
  VerifyReport report = verify(builder.ledger(), options);
  EXPECT_TRUE(report.ok()) << (report.bad.empty() ? "" : report.bad[0].sentence);
  EXPECT_EQ(report.size, LedgerSize(12));
  EXPECT_EQ(report.root, builder.ledger().checkpoint(12).root);
  EXPECT_EQ(report.events, 8u);
  EXPECT_THAT(report.entries, ElementsAre(Pair("batch", 4), Pair("genesis", 1),
                                          Pair("key.enroll", 2), Pair("outlet.add", 2),
                                          Pair("rules.activate", 1), Pair("token.create", 2)));
  EXPECT_EQ(report.checkpoint, builder.ledger().checkpoint(12));
  EXPECT_THAT(report.notes, IsEmpty());
}

TEST(Verify, TellsItsProgress) {
  LedgerBuilder builder = small_ledger();
  std::vector<std::uint64_t> done;
  VerifyOptions options;
  std::uint64_t bytes = 0;
  options.progress = [&](const VerifyProgress& progress) {
    EXPECT_EQ(progress.of, LedgerSize(12));
    done.push_back(progress.done.value);
    EXPECT_GT(progress.bytes, bytes);
    bytes = progress.bytes;
  };
  VerifyReport report = verify(builder.ledger(), options);
  EXPECT_EQ(bytes, report.bytes);
  EXPECT_THAT(done, ElementsAre(3, 6, 9, 12));
}

// Entries are examined on several threads in whatever order; the report is that of one thread.
TEST(Verify, TheReportDoesNotDependOnThreads) {
  LedgerBuilder builder = small_ledger();
  for (int i = 0; i < 40; ++i) builder.batch(i % 2 == 0 ? 11 : 12, i % 2 == 0 ? "isd" : "pwd", 2);
  builder.enroll(13, "bfd");
  for (int i = 0; i < 40; ++i) builder.batch(13, "bfd", 1);
  MemoryLedger& ledger = builder.ledger();
  ledger.entries[9].content->back() ^= 1;
  ledger.entries[30].entry[60] ^= 1;
  ledger.entries[70].content.reset();
  ledger.unreadable.emplace(20, Error(Code::kCorrupt, "bad sector"));
  VerifyReport one = verify(ledger);
  ASSERT_THAT(bad_indexes(one), ElementsAre(9, 20, 30, 70));
  for (std::size_t threads : {2u, 3u, 8u}) {
    for (std::size_t chunk : {1u, 7u, 1000u}) {
      ledger.chunk = chunk;
      VerifyOptions options;
      options.threads = threads;
      VerifyReport many = verify(ledger, options);
      EXPECT_EQ(many.root, one.root);
      EXPECT_EQ(many.events, one.events);
      EXPECT_EQ(many.bytes, one.bytes);
      EXPECT_EQ(many.entries, one.entries);
      ASSERT_EQ(bad_indexes(many), bad_indexes(one));
      for (std::size_t i = 0; i < one.bad.size(); ++i) {
        EXPECT_EQ(many.bad[i].sentence, one.bad[i].sentence);
      }
    }
  }
}

// Which key a batch was tried with is a guess made ahead of the check: an enrolment that does not
// count (its signature is not the office's) must not lend its key to the batches behind it.
TEST(Verify, AKeyOfAFalseEnrolmentSignsNothing) {
  LedgerBuilder builder;
  builder.enroll(11, "isd");
  builder.batch(11, "isd", 2);
  Bytes& enrolment = builder.ledger().entries[3].entry;
  enrolment.back() ^= 1;
  builder.ledger().recorded[3] = leaf_hash(enrolment);
  VerifyReport report = verify(builder.ledger());
  EXPECT_THAT(bad_indexes(report), ElementsAre(3, 4));
  EXPECT_THAT(sentence_of(report, 4), HasSubstr("no entry before it enrols its stream"));
}

// The ledger up to an entry, with one bit of that entry, its content or its recorded leaf hash
// flipped: the report names the entry, and none before it. Every bit of the genesis, of a batch and
// its content; of the records between them one bit of each byte.
TEST(Verify, EveryFlippedBitIsReportedWithItsEntry) {
  LedgerBuilder builder;
  builder.enroll(11, "isd");
  builder.batch(11, "isd", 1);
  MemoryLedger ledger;
  std::size_t flips = 0;
  auto flip_each = [&](auto& bytes, std::size_t step) {
    for (std::size_t bit = 0; bit < bytes.size() * 8; bit += step) {
      using Byte = std::remove_reference_t<decltype(bytes[0])>;
      auto mask = static_cast<Byte>(1 << bit % 8);
      bytes[bit / 8] = static_cast<Byte>(bytes[bit / 8] ^ mask);
      VerifyReport report = verify(ledger);
      ASSERT_FALSE(report.bad.empty()) << "entry " << ledger.entries.size() - 1 << " bit " << bit;
      ASSERT_EQ(report.bad.front().index.value, ledger.entries.size() - 1) << "bit " << bit;
      bytes[bit / 8] = static_cast<Byte>(bytes[bit / 8] ^ mask);
      ++flips;
    }
  };
  for (std::size_t i = 0; i < builder.ledger().entries.size(); ++i) {
    ledger.entries.push_back(builder.ledger().entries[i]);
    ledger.recorded.push_back(builder.ledger().recorded[i]);
    bool all = i == 0 || ledger.entries.back().content.has_value();
    flip_each(ledger.recorded.back().data, 9);
    flip_each(ledger.entries.back().entry, all ? 1 : 9);
    if (ledger.entries.back().content.has_value()) flip_each(*ledger.entries.back().content, 1);
  }
  EXPECT_GT(flips, 5'000u);
  EXPECT_TRUE(verify(ledger).ok());
}

// A flip that the leaf hash was recomputed for, as one who can write the store would do.
TEST(Verify, AFlipUnderARecomputedLeafIsReportedToo) {
  LedgerBuilder builder = small_ledger();
  MemoryLedger& ledger = builder.ledger();
  for (std::uint64_t i : {0u, 2u, 7u, 10u}) {
    Bytes& entry = ledger.entries[i].entry;
    for (std::size_t at = kEntryHeaderBytes; at < entry.size(); at += 11) {
      entry[at] = static_cast<char>(entry[at] ^ 4);
      Hash before = ledger.recorded[i];
      ledger.recorded[i] = leaf_hash(entry);
      EXPECT_NE(sentence_of(verify(ledger), i), "") << "entry " << i << " byte " << at;
      entry[at] = static_cast<char>(entry[at] ^ 4);
      ledger.recorded[i] = before;
    }
  }
}

TEST(Verify, OneBadBatchDoesNotMakeTheNextOnesBad) {
  LedgerBuilder builder = small_ledger();
  builder.batch(11, "isd", 1);
  builder.ledger().entries[10].entry[40] ^= 1;
  VerifyReport report = verify(builder.ledger());
  EXPECT_THAT(bad_indexes(report), ElementsAre(10));
  EXPECT_EQ(report.events, 7u);
}

TEST(Verify, AnUnreadableEntryIsNamedAndPassed) {
  LedgerBuilder builder = small_ledger();
  builder.ledger().unreadable.emplace(9, Error(Code::kCorrupt, "page 7 is damaged"));
  VerifyOptions options;
  options.checkpoint = sign_checkpoint(builder.ledger().checkpoint(12), samples::key(2));
  VerifyReport report = verify(builder.ledger(), options);
  ASSERT_THAT(bad_indexes(report), ElementsAre(9));
  EXPECT_THAT(report.bad[0].sentence, HasSubstr("cannot be read: page 7 is damaged"));
  EXPECT_THAT(report.problems, IsEmpty());
}

TEST(Verify, AContentThatIsMissingOrTooMuch) {
  LedgerBuilder builder = small_ledger();
  builder.ledger().entries[8].content.reset();
  builder.ledger().entries[7].content = "x";
  VerifyReport report = verify(builder.ledger());
  EXPECT_THAT(bad_indexes(report), ElementsAre(7, 8));
  EXPECT_THAT(sentence_of(report, 7), HasSubstr("no batch and has a content"));
  EXPECT_THAT(sentence_of(report, 8), HasSubstr("content is missing"));
}

// The agent signed it and the server kept it: the ledger is good, and a note tells.
TEST(Verify, AContentThatHasNotItsForm) {
  LedgerBuilder builder = small_ledger();
  PrivateKey agent = samples::key(12);
  SealedBatch batch = builder.next_batch(12, "pwd", 1);
  batch.content = "not columns";
  batch.header.content_hash = sha256(batch.content);
  batch.header.content_size = batch.content.size();
  batch.head.header = encode_header(batch.header);
  batch.head.signature = agent.sign(batch_signed_bytes(batch.head.header));
  builder.write(batch);
  VerifyReport report = verify(builder.ledger());
  EXPECT_TRUE(report.ok());
  EXPECT_EQ(report.events, 8u);
  EXPECT_THAT(report.notes, ElementsAre(HasSubstr("entry 12: its 1 events cannot be read")));
}

TEST(Verify, TimeThatFalls) {
  LedgerBuilder builder = small_ledger();
  SealedBatch batch = builder.next_batch(11, "isd", 1);
  builder.ledger().append(EntryKind::kBatch, samples::at("2026-01-05T08:00:00Z"),
                          encode_head(batch.head), batch.content);
  builder.batch(12, "pwd", 1);
  VerifyReport report = verify(builder.ledger());
  EXPECT_THAT(bad_indexes(report), ElementsAre(12));
  EXPECT_THAT(report.bad[0].sentence, HasSubstr("recorded at 2026-01-05T08:00:00Z, before"));
}

// What is wrong with a chain, each under good signatures and leaf hashes.
TEST(Verify, ABatchTwice) {
  LedgerBuilder builder = small_ledger();
  SealedBatch batch = builder.next_batch(11, "isd", 1);
  builder.write(batch);
  builder.write(batch);
  builder.batch(11, "isd", 1);
  VerifyReport report = verify(builder.ledger());
  EXPECT_THAT(bad_indexes(report), ElementsAre(13));
  EXPECT_THAT(report.bad[0].sentence, HasSubstr("does not follow batch 3 of its stream"));
}

TEST(Verify, ABatchLeftOut) {
  LedgerBuilder builder = small_ledger();
  (void)builder.next_batch(11, "isd", 1);
  builder.batch(11, "isd", 1);
  builder.batch(11, "isd", 1);
  VerifyReport report = verify(builder.ledger());
  EXPECT_THAT(bad_indexes(report), ElementsAre(12));
  EXPECT_THAT(report.bad[0].sentence, HasSubstr("batch 4 from sequence 7"));
  EXPECT_THAT(report.bad[0].sentence, HasSubstr("expected is number 3 from sequence 6"));
}

TEST(Verify, AnotherBatchOfTheSameNumber) {
  LedgerBuilder builder = small_ledger();
  SealedBatch honest = builder.next_batch(11, "isd", 1);
  PrivateKey agent = samples::key(11);
  BatchHeader header = honest.header;
  header.previous = samples::hash_of("elsewhere");
  builder.write(seal_batch(header, samples::mixed(1), agent).value());
  header = honest.header;
  header.first = Sequence(9);
  builder.write(seal_batch(header, samples::mixed(1), agent).value());
  EXPECT_THAT(bad_indexes(verify(builder.ledger())), ElementsAre(12, 13));
}

TEST(Verify, ABatchByAKeyThatWasNeverEnrolled) {
  LedgerBuilder builder = small_ledger();
  builder.batch(99, "isd", 1);
  VerifyReport report = verify(builder.ledger());
  EXPECT_THAT(bad_indexes(report), ElementsAre(12));
  EXPECT_THAT(report.bad[0].sentence, HasSubstr("no entry before it enrols its stream"));
}

TEST(Verify, ABatchUnderAnotherKeysStream) {
  LedgerBuilder builder = small_ledger();
  SealedBatch honest = builder.next_batch(11, "isd", 1);
  builder.write(seal_batch(honest.header, samples::mixed(1), samples::key(12)).value());
  VerifyReport report = verify(builder.ledger());
  EXPECT_THAT(bad_indexes(report), ElementsAre(12));
  EXPECT_THAT(report.bad[0].sentence, HasSubstr("signature"));
}

TEST(Verify, AnOfficeRecordByAnotherKey) {
  LedgerBuilder builder = small_ledger();
  Json json = to_json({"os:clerk", "x", OutletAdded{samples::outlet("new"), "", "", "", {}}});
  builder.ledger().append(EntryKind::kOffice, builder.tick(), encode_record(json, samples::key(9)));
  VerifyReport report = verify(builder.ledger());
  EXPECT_THAT(bad_indexes(report), ElementsAre(12));
  EXPECT_THAT(report.bad[0].sentence, HasSubstr("not by the office key"));
}

TEST(Verify, RecordsThatContradictTheRegister) {
  LedgerBuilder builder = small_ledger();
  builder.record(OutletAdded{samples::outlet("isd"), "", "", "", {}});
  builder.record(TokenCreated{samples::hash_of("t"), samples::outlet("nowhere"), SourceKind::kAgent,
                              false, samples::at("2026-02-01T00:00:00Z")});
  VerifyReport report = verify(builder.ledger());
  EXPECT_THAT(bad_indexes(report), ElementsAre(12, 13));
  EXPECT_THAT(report.bad[0].sentence, HasSubstr("exists already"));
  EXPECT_THAT(report.bad[1].sentence, HasSubstr("nowhere"));
}

TEST(Verify, ARuleHashThatIsNotOfItsFiles) {
  LedgerBuilder builder = small_ledger();
  builder.record(RulesActivated{"test", "2", samples::hash_of("x"), false, {{"pack.yaml", "a"}}});
  EXPECT_THAT(sentence_of(verify(builder.ledger()), 12), HasSubstr("rule hash"));
}

TEST(Verify, AKindOfALaterVersionIsPassedOverWithANote) {
  LedgerBuilder builder = small_ledger();
  Json json = Json::object();
  json.set("kind", "finding.open").set("actor", "os:clerk").set("reason", "x").set("n", 1);
  builder.ledger().append(EntryKind::kOffice, builder.tick(),
                          encode_record(json, builder.office()));
  builder.batch(11, "isd", 1);
  VerifyReport report = verify(builder.ledger());
  EXPECT_TRUE(report.ok());
  EXPECT_EQ(report.entries.at("finding.open"), 1u);
  ASSERT_THAT(report.notes, SizeIs(1));
  EXPECT_THAT(report.notes[0], AllOf(HasSubstr("entry 12"), HasSubstr("finding.open")));
}

TEST(Verify, GenesisStandsFirstAndNowhereElse) {
  LedgerBuilder builder = small_ledger();
  Genesis second;
  second.ledger_id = std::string(samples::kLedgerId);
  second.office_key = samples::key(1).public_key();
  second.checkpoint_key = samples::key(2).public_key();
  builder.record(second);
  EXPECT_THAT(sentence_of(verify(builder.ledger()), 12), HasSubstr("a genesis stands at the beg"));

  MemoryLedger headless;
  headless.append(
      EntryKind::kOffice, builder.tick(),
      encode_record(to_json({"a", "b", OutletAdded{samples::outlet("x"), "", "", "", {}}}),
                    samples::key(1)));
  VerifyReport report = verify(headless);
  EXPECT_THAT(bad_indexes(report), ElementsAre(0));
  EXPECT_THAT(report.problems, ElementsAre(HasSubstr("no genesis that can be believed")));
}

// An office record in an entry of kind genesis, and the other way round.
TEST(Verify, EntryKindAndRecordKindAgree) {
  LedgerBuilder builder = small_ledger();
  Json json = to_json({"a", "b", OutletAdded{samples::outlet("x"), "", "", "", {}}});
  builder.ledger().append(EntryKind::kGenesis, builder.tick(),
                          encode_record(json, builder.office()));
  EXPECT_THAT(sentence_of(verify(builder.ledger()), 12), HasSubstr("another kind of record"));
}

TEST(Verify, PinnedKeysMustAgreeWithTheGenesis) {
  LedgerBuilder builder = small_ledger();
  VerifyOptions options;
  options.office_key = samples::key(9).public_key();
  VerifyReport report = verify(builder.ledger(), options);
  EXPECT_THAT(sentence_of(report, 0), HasSubstr("names the office key"));
  EXPECT_THAT(sentence_of(report, 1), HasSubstr("not by the office key"));
  options.office_key.reset();
  options.checkpoint_key = samples::key(9).public_key();
  EXPECT_THAT(sentence_of(verify(builder.ledger(), options), 0), HasSubstr("the checkpoint key"));
}

TEST(Verify, ACheckpointOfAPrefix) {
  LedgerBuilder builder = small_ledger();
  VerifyOptions options;
  for (std::uint64_t size = 0; size <= 12; ++size) {
    options.checkpoint = sign_checkpoint(builder.ledger().checkpoint(size), samples::key(2));
    EXPECT_TRUE(verify(builder.ledger(), options).ok()) << size;
  }
}

TEST(Verify, ACheckpointThatTheLedgerDoesNotKeep) {
  LedgerBuilder builder = small_ledger();
  VerifyOptions options;
  Checkpoint other = builder.ledger().checkpoint(10);
  other.root.data[0] ^= 1;
  options.checkpoint = sign_checkpoint(other, samples::key(2));
  EXPECT_THAT(verify(builder.ledger(), options).problems,
              ElementsAre(HasSubstr("the root of the first 10 entries is")));
  other.size = LedgerSize(13);
  options.checkpoint = sign_checkpoint(other, samples::key(2));
  EXPECT_THAT(verify(builder.ledger(), options).problems,
              ElementsAre("the checkpoint stands for 13 entries, the ledger holds 12"));
  options.checkpoint = sign_checkpoint(builder.ledger().checkpoint(12), samples::key(9));
  EXPECT_THAT(verify(builder.ledger(), options).problems,
              ElementsAre(HasSubstr("no signature by")));
  options.checkpoint = "nonsense";
  EXPECT_THAT(verify(builder.ledger(), options).problems, SizeIs(1));
}

// The last entries cut off: nothing in the ledger itself tells, the checkpoint does.
TEST(Verify, ATailThatWasCutOff) {
  LedgerBuilder builder = small_ledger();
  VerifyOptions options;
  options.checkpoint = sign_checkpoint(builder.ledger().checkpoint(12), samples::key(2));
  builder.ledger().entries.pop_back();
  builder.ledger().recorded.pop_back();
  EXPECT_TRUE(verify(builder.ledger()).ok());
  EXPECT_FALSE(verify(builder.ledger(), options).ok());
}

TEST(Verify, AnEmptyLedgerProvesNothing) {
  MemoryLedger empty;
  EXPECT_THAT(verify(empty).problems, ElementsAre("the ledger is empty"));
}

TEST(Verify, AStoreWithoutASizeIsAnError) {
  MemoryLedger ledger;
  ledger.down = Error(Code::kUnavailable, "away");
  EXPECT_FALSE(verify_ledger(ledger, {}).ok());
}

}  // namespace
}  // namespace plumbline
