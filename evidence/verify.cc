// SPDX-License-Identifier: Apache-2.0
#include "evidence/verify.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "evidence/entry_checker.h"
#include "evidence/entry_pipeline.h"
#include "ledger/merkle.h"

namespace plumbline {
namespace {

class LedgerVerifier {
 public:
  LedgerVerifier(LedgerReader& reader, const VerifyOptions& options)
      : reader_(reader), options_(options), checker_(options.office_key, options.checkpoint_key) {}

  Result<VerifyReport> run() {
    ASSIGN_OR_RETURN(report_.size, reader_.size());
    read_all();
    account_for_withdrawals();
    report_.root = frontier_.root();
    finish();
    return std::move(report_);
  }

 private:
  std::uint64_t next() const { return frontier_.size().value; }

  void read_all() {
    EntryPipeline pipeline(reader_, report_.size, std::max<std::size_t>(options_.threads, 1));
    for (;;) {
      std::vector<PipelinedEntry> entries = pipeline.next();
      if (entries.empty()) return;
      for (const PipelinedEntry& entry : entries) take(entry);
      if (options_.progress) options_.progress({LedgerIndex(next()), report_.size, report_.bytes});
    }
  }

  void take(const PipelinedEntry& entry) {
    if (!entry.stored.ok()) {
      report_.bad.push_back(
          {LedgerIndex(next()), "it cannot be read: " + entry.stored.error().text()});
      checker_.skip_unreadable();
      append(entry.recorded.ok() ? *entry.recorded : Hash());
      return;
    }
    const StoredEntry& stored = *entry.stored;
    const ExaminedEntry& examined = *entry.examined;
    report_.bytes += stored.entry.size() + (stored.content ? stored.content->size() : 0);
    bool differs = entry.recorded.ok() && *entry.recorded != examined.leaf;
    auto verdict = checker_.check(
        stored, examined, differs ? EntryChecker::Leaf::kDiffers : EntryChecker::Leaf::kMatches);
    if (!entry.recorded.ok()) {
      verdict.reasons.push_back("its recorded leaf hash cannot be read: " +
                                entry.recorded.error().text());
    }
    if (verdict.content_missing) missing_.insert(stored.index);
    if (!verdict.kind.empty()) ++report_.entries[verdict.kind];
    report_.events += verdict.events;
    if (!verdict.note.empty()) {
      report_.notes.push_back(fmt::format("entry {}: {}", stored.index.value, verdict.note));
    }
    if (!verdict.reasons.empty()) {
      report_.bad.push_back({stored.index, fmt::format("{}", fmt::join(verdict.reasons, "; "))});
    }
    append(examined.leaf);
  }

  // A content is missing where a redaction behind it says so, and nowhere else; and it is missing
  // where one says so.
  void account_for_withdrawals() {
    for (const EntryChecker::Redaction& redaction : checker_.redactions()) {
      LedgerIndex index = redaction.redacted.index;
      if (std::string fault = fault_of(redaction.redacted); !fault.empty()) {
        add_bad(redaction.record, fault);
      } else if (missing_.erase(index) != 0) {
        report_.withdrawn.push_back(index);
      } else {
        add_bad(index, fmt::format("its content was withdrawn by entry {} and is there",
                                   redaction.record.value));
      }
    }
    for (LedgerIndex index : missing_) add_bad(index, "its content is missing");
    std::sort(report_.withdrawn.begin(), report_.withdrawn.end());
  }

  // Empty when the entry is the batch that the redaction names.
  std::string fault_of(const ContentRedacted& redacted) {
    Result<StoredEntry> stored = reader_.at(redacted.index);
    if (!stored.ok()) return "it names an entry that cannot be read: " + stored.error().text();
    ExaminedEntry examined = examine(*stored, {});
    bool same = examined.batch.has_value() && examined.batch->ok() &&
                (*examined.batch)->hash == redacted.batch_hash &&
                (*examined.batch)->header.content_hash == redacted.content_hash;
    if (same) return "";
    return fmt::format("it withdraws the content of entry {}, which is not the batch that it names",
                       redacted.index.value);
  }

  void add_bad(LedgerIndex index, const std::string& sentence) {
    auto at = std::lower_bound(
        report_.bad.begin(), report_.bad.end(), index,
        [](const BadEntry& entry, LedgerIndex wanted) { return entry.index < wanted; });
    if (at != report_.bad.end() && at->index == index) {
      at->sentence += "; " + sentence;
    } else {
      report_.bad.insert(at, {index, sentence});
    }
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
        open_any_checkpoint(*options_.checkpoint, *checker_.checkpoint_key());
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
    if (checker_.genesis().has_value()) report_.ledger_id = checker_.genesis()->ledger_id;
    list_continuations();
    if (report_.checkpoint.has_value()) check_checkpoint(*report_.checkpoint);
  }

  void list_continuations() {
    if (!checker_.genesis().has_value()) return;
    for (const RegistryState::Continuation& one : checker_.continuations()) {
      Result<Checkpoint> opened =
          open_any_checkpoint(one.continued.lost_checkpoint, checker_.genesis()->checkpoint_key);
      if (!opened.ok()) continue;  // such a record is refused as a bad entry
      const Checkpoint& lost = *opened;
      report_.notes.push_back(fmt::format(
          "entry {} continues the ledger as {}: the checkpoint of {} entries of {}, "
          "root {}, is given up",
          one.index.value, one.continued.ledger_id, lost.size.value, lost.origin, lost.root.hex()));
      report_.continuations.push_back({one.index, one.continued.ledger_id, lost});
    }
  }

  // Which continuation ended the id's checkpoints: none for the newest id, nullopt for an unknown.
  std::optional<std::size_t> ended_by(const std::string& ledger_id) const {
    if (ledger_id == report_.ledger_id) return 0;
    for (std::size_t i = 0; i < report_.continuations.size(); ++i) {
      if (report_.continuations[i].ledger_id == ledger_id) return i + 1;
    }
    return std::nullopt;
  }

  void check_checkpoint(const Checkpoint& checkpoint) {
    const std::uint64_t size = checkpoint.size.value;
    std::optional<std::size_t> end = ended_by(checkpoint_ledger_id(checkpoint.origin));
    if (!end.has_value()) {
      report_.problems.push_back(fmt::format(
          "the checkpoint is of \"{}\", an id that this ledger never had (it began as \"{}\")",
          checkpoint.origin, checkpoint_origin(report_.ledger_id)));
      return;
    }
    if (*end > 0 && size <= report_.continuations[*end - 1].index.value) {
      report_.problems.push_back(
          fmt::format("the checkpoint stands for {} entries of \"{}\", which began with entry {}",
                      size, checkpoint.origin, report_.continuations[*end - 1].index.value));
    }
    std::string given_up;
    if (*end < report_.continuations.size()) {
      given_up = fmt::format("; entry {} gave up what was published as \"{}\" and is lost",
                             report_.continuations[*end].index.value, checkpoint.origin);
    }
    if (size > report_.size.value) {
      report_.problems.push_back(
          fmt::format("the checkpoint stands for {} entries, the ledger holds {}{}", size,
                      report_.size.value, given_up));
    } else if (root_at_checkpoint_ != checkpoint.root) {
      report_.problems.push_back(
          fmt::format("the root of the first {} entries is {}, the checkpoint says {}{}", size,
                      root_at_checkpoint_->hex(), checkpoint.root.hex(), given_up));
    }
  }

  LedgerReader& reader_;
  const VerifyOptions& options_;
  EntryChecker checker_;
  Frontier frontier_;
  VerifyReport report_;
  std::set<LedgerIndex> missing_;  // batches without content that nothing accounts for yet
  std::optional<Hash> root_at_checkpoint_;
};

}  // namespace

Result<VerifyReport> verify_ledger(LedgerReader& reader, const VerifyOptions& options) {
  return LedgerVerifier(reader, options).run();
}

}  // namespace plumbline
