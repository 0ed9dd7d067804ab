// SPDX-License-Identifier: Apache-2.0
#include "evidence/verify.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/limits.h"
#include "evidence/entry_checker.h"
#include "ledger/merkle.h"

namespace plumbline {
namespace {

class LedgerVerifier {
 public:
  LedgerVerifier(LedgerReader& reader, const VerifyOptions& options)
      : reader_(reader), options_(options), checker_(options.office_key, options.checkpoint_key) {}

  Result<VerifyReport> run() {
    ASSIGN_OR_RETURN(report_.size, reader_.size());
    while (next() < report_.size.value) {
      take_chunk();
      if (options_.progress) options_.progress(LedgerIndex(next()), report_.size);
    }
    report_.root = frontier_.root();
    finish();
    return std::move(report_);
  }

 private:
  std::uint64_t next() const { return frontier_.size().value; }

  // Checks the entries of one read. Where the store cannot give an entry, the chunk is gone
  // through one by one, so that the fault is laid at the right one.
  void take_chunk() {
    std::uint64_t begin = next();
    std::uint64_t end =
        std::min<std::uint64_t>(report_.size.value, begin + limits::kReadChunkEntries);
    Result<LedgerIndex> read =
        reader_.read(LedgerIndex(begin), [&](const StoredEntry& stored) -> Status {
          if (next() >= report_.size.value) return {};
          if (stored.index.value != next()) {
            return Error(Code::kCorrupt, fmt::format("the store gives entry {} where entry {} "
                                                     "should stand",
                                                     stored.index.value, next()));
          }
          take(stored);
          return {};
        });
    if (read.ok() && next() > begin) return;
    while (next() < end) {
      LedgerIndex index(next());
      Result<StoredEntry> stored = reader_.at(index);
      if (stored.ok() && stored->index == index) {
        take(*stored);
      } else {
        take_unreadable(stored.ok() ? "the store gives another entry in its place"
                                    : stored.error().text());
      }
    }
  }

  // The recorded leaf hash of the next entry; fetched for a chunk at a time.
  Result<Hash> recorded_leaf() {
    if (next() < leaves_begin_ || next() >= leaves_begin_ + leaves_.size()) {
      auto count = std::min<std::uint64_t>(report_.size.value - next(), limits::kReadChunkEntries);
      leaves_begin_ = next();
      Result<std::vector<Hash>> leaves = reader_.leaves(LedgerIndex(next()), count);
      if (!leaves.ok()) leaves = reader_.leaves(LedgerIndex(next()), 1);
      if (!leaves.ok()) return leaves.error();
      leaves_ = std::move(leaves).value();
      if (leaves_.empty()) return Error(Code::kNotFound, "the store has no leaf hash for it");
    }
    return leaves_[next() - leaves_begin_];
  }

  void take(const StoredEntry& stored) {
    Hash leaf = leaf_hash(stored.entry);
    Result<Hash> recorded = recorded_leaf();
    bool differs = recorded.ok() && *recorded != leaf;
    auto verdict = checker_.check(
        stored, differs ? EntryChecker::Leaf::kDiffers : EntryChecker::Leaf::kMatches);
    if (!recorded.ok()) {
      verdict.reasons.push_back("its recorded leaf hash cannot be read: " +
                                recorded.error().text());
    }
    if (!verdict.kind.empty()) ++report_.entries[verdict.kind];
    report_.events += verdict.events;
    if (!verdict.note.empty()) {
      report_.notes.push_back(fmt::format("entry {}: {}", stored.index.value, verdict.note));
    }
    if (!verdict.reasons.empty()) {
      report_.bad.push_back({stored.index, fmt::format("{}", fmt::join(verdict.reasons, "; "))});
    }
    append(leaf);
  }

  void take_unreadable(const std::string& why) {
    report_.bad.push_back({LedgerIndex(next()), "it cannot be read: " + why});
    checker_.skip_unreadable();
    Result<Hash> recorded = recorded_leaf();
    append(recorded.ok() ? *recorded : Hash());
  }

  void append(const Hash& leaf) {
    if (next() == 0) open_asked();
    frontier_.append(leaf);
    if (report_.checkpoint.has_value() && frontier_.size() == report_.checkpoint->size) {
      root_at_checkpoint_ = frontier_.root();
    }
  }

  // After the first entry has been looked at, since the genesis names key and ledger id.
  void open_asked() {
    if (!options_.checkpoint.has_value()) return;
    if (!checker_.genesis().has_value() || !checker_.checkpoint_key().has_value()) {
      report_.problems.push_back(
          "the checkpoint cannot be checked: the ledger has no genesis to tell whose it is");
      return;
    }
    Result<Checkpoint> opened =
        open_checkpoint(*options_.checkpoint, checkpoint_origin(checker_.genesis()->ledger_id),
                        *checker_.checkpoint_key());
    if (!opened.ok()) {
      report_.problems.push_back(opened.error().text());
      return;
    }
    report_.checkpoint = *opened;
    if (opened->size.value == 0) root_at_checkpoint_ = Frontier().root();
  }

  void finish() {
    if (report_.size.value == 0) report_.problems.push_back("the ledger is empty");
    if (report_.size.value > 0 && !checker_.genesis().has_value()) {
      report_.problems.push_back(
          options_.office_key.has_value()
              ? "the ledger has no genesis that can be believed"
              : "the ledger has no genesis that can be believed, so that the signatures of office "
                "records could not be checked");
    }
    if (!report_.checkpoint.has_value()) return;
    std::uint64_t size = report_.checkpoint->size.value;
    if (size > report_.size.value) {
      report_.problems.push_back(
          fmt::format("the checkpoint stands for {} entries, the ledger "
                      "holds {}",
                      size, report_.size.value));
    } else if (root_at_checkpoint_ != report_.checkpoint->root) {
      report_.problems.push_back(
          fmt::format("the root of the first {} entries is {}, the checkpoint says {}", size,
                      root_at_checkpoint_->hex(), report_.checkpoint->root.hex()));
    }
  }

  LedgerReader& reader_;
  const VerifyOptions& options_;
  EntryChecker checker_;
  Frontier frontier_;
  VerifyReport report_;
  std::vector<Hash> leaves_;
  std::uint64_t leaves_begin_ = 0;
  std::optional<Hash> root_at_checkpoint_;
};

}  // namespace

Result<VerifyReport> verify_ledger(LedgerReader& reader, const VerifyOptions& options) {
  return LedgerVerifier(reader, options).run();
}

}  // namespace plumbline
