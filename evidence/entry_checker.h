// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVIDENCE_ENTRY_CHECKER_H_
#define PLUMBLINE_EVIDENCE_ENTRY_CHECKER_H_

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/crypto.h"
#include "evidence/entry_examiner.h"
#include "ledger/entry.h"
#include "model/office_record.h"
#include "registry/office.h"
#include "store/store.h"

namespace plumbline {

// Checks the entries of a ledger one after the other, each by itself and against those before it.
//
// What a bad entry would have said is not known, so that entries which depend on it cannot be told
// from wrong ones. From the first entry on whose word cannot be taken, a stream may skip the
// batches that are missing, and the register of outlets and tokens is no longer held against a
// record. Signatures are.
class EntryChecker {
 public:
  struct Verdict {
    std::vector<std::string> reasons;  // empty: no fault
    std::string kind;                  // "batch", "outlet.add", ...; empty when it is not known
    std::uint64_t events = 0;          // of a batch without fault whose content has its form
    bool content_missing = false;      // of a batch: a later redaction may account for it
    std::string note;                  // what was passed over, and is no fault of the ledger
  };

  // Keys that the genesis must name; where they are not given it is believed.
  EntryChecker(std::optional<PublicKey> office_key, std::optional<PublicKey> checkpoint_key)
      : office_key_(office_key), checkpoint_key_(checkpoint_key) {}

  // The next entry and whether its bytes have the leaf hash that was recorded for them. Which key
  // its signature was tried with does not matter: where it is another than it must be, it is tried
  // again.
  enum class Leaf { kMatches, kDiffers };
  Verdict check(const StoredEntry& stored, const ExaminedEntry& examined, Leaf leaf);

  // The next entry cannot be read at all.
  void skip_unreadable() { ++lost_; }

  const std::optional<Genesis>& genesis() const { return genesis_; }
  // The redactions among the records so far whose word can be taken, in ledger order.
  struct Redaction {
    LedgerIndex record;
    ContentRedacted redacted;
  };
  const std::vector<Redaction>& redactions() const { return redactions_; }
  // The records "ledger.continue" that were taken so far.
  const std::vector<RegistryState::Continuation>& continuations() const {
    return registry_.continuations;
  }
  // The pinned key, else the genesis's; nullopt when there is neither.
  std::optional<PublicKey> checkpoint_key() const { return checkpoint_key_; }

 private:
  struct Stream {
    PublicKey key;
    std::uint64_t batches = 0;
    Hash head;
    std::uint64_t next_sequence = 1;
    std::uint64_t lost = 0;  // value of `lost_` when its last batch was taken
  };

  void check_time(const Entry& entry, Leaf leaf, Verdict& verdict);
  void check_record(const StoredEntry& stored, const Entry& entry, Verdict& verdict);
  void check_genesis(const SignedRecord& record, const OfficeRecord& parsed, Verdict& verdict);
  void check_office(const StoredEntry& stored, const Entry& entry, const OfficeRecord& parsed,
                    Verdict& verdict);
  void check_new_stream(const StreamId& stream, const PublicKey& key, bool fits, Verdict& verdict);
  void check_rotation(const KeyRotated& rotated, Verdict& verdict);
  void check_conflict(const StreamConflict& conflict, Verdict& verdict);
  void check_batch(const StoredEntry& stored, const Result<ExaminedBatch>& examined,
                   Verdict& verdict);
  void check_content(const StoredEntry& stored, const ExaminedBatch& batch, Verdict& verdict);
  void check_chain(const ExaminedBatch& batch, Stream& stream, Verdict& verdict);

  std::optional<PublicKey> office_key_;
  std::optional<PublicKey> checkpoint_key_;
  std::optional<Genesis> genesis_;
  std::optional<Instant> last_recorded_;
  RegistryState registry_;
  std::unordered_map<StreamId, Stream> streams_;
  std::vector<Redaction> redactions_;
  std::uint64_t lost_ = 0;  // entries whose word could not be taken
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVIDENCE_ENTRY_CHECKER_H_
