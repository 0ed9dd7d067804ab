// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_STORE_STORE_H_
#define PLUMBLINE_STORE_STORE_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "ledger/entry.h"
#include "model/ids.h"

// Where the ledger lives. Two interfaces with few verbs; every backend passes the conformance
// suite of tests/store. Entries and contents are stored exactly as given.
namespace plumbline {

struct StoredEntry {
  LedgerIndex index;
  Bytes entry;                   // encode_entry()
  std::optional<Bytes> content;  // of a batch; absent for other kinds and after a redaction
};

// What the ledger knows of a stream; made by an enrolment record, moved by its batches.
struct StreamState {
  StreamId stream;
  OutletId outlet;
  PublicKey key;
  SourceKind source_kind = SourceKind::kAgent;
  bool historical = false;
  bool revoked = false;  // closed: takes no further batch
  bool rotated = false;  // closed because a new key took over; `revoked` is true then
  BatchNumber head;               // 0 while there is no batch
  Hash head_hash;                 // zero while there is no batch
  Sequence next_sequence{1};
};

// Reads a ledger. Any number of readers; each object is used by one thread at a time. What a
// reader has once seen stays: size never falls, entries never change.
class LedgerReader {
 public:
  virtual ~LedgerReader() = default;

  // How many entries are committed.
  virtual Result<LedgerSize> size() = 0;

  // Hands the entries [from, from + limits::kReadChunkEntries) that exist to `take`, in order, at
  // most about limits::kReadChunkBytes of them (at least one). Returns the index after the last
  // one taken; `from` itself when there is none yet. An error of `take` ends the read and is
  // returned. kCorrupt names the index of an entry that cannot be read; all entries before it have
  // been taken, and those after it can be read from the next index on. Bytes are handed out as
  // stored: whoever needs to know that they are undamaged compares them with leaves().
  virtual Result<LedgerIndex> read(LedgerIndex from,
                                   const std::function<Status(const StoredEntry&)>& take) = 0;

  // The leaf hashes recorded when the entries were written, of [from, from + count): for growing
  // the tree and for telling which entry is damaged. kNotFound beyond the size.
  virtual Result<std::vector<Hash>> leaves(LedgerIndex from, std::size_t count) = 0;

  // One entry; kNotFound beyond the size.
  virtual Result<StoredEntry> at(LedgerIndex index) = 0;

  // Where the batches of an outlet stand in [from, to), ascending; `to` may be beyond the size. As
  // it is here it reads every entry there, as a backend without an index must; where there is one,
  // the cost goes with the outlet's own batches.
  virtual Result<std::vector<LedgerIndex>> batches_of(const OutletId& outlet, LedgerIndex from,
                                                      LedgerSize to);

  // Where the entries without a content stand in [from, to), likewise: genesis and office records,
  // and the batches whose content was withdrawn.
  virtual Result<std::vector<LedgerIndex>> without_content(LedgerIndex from, LedgerSize to);
};

// What is asked to be admitted: verified for everything that needs no ledger (verify_batch).
struct Admission {
  StreamId stream;
  BatchNumber number;
  Hash hash;  // batch_hash()
  Hash previous;
  Sequence first;
  std::uint32_t count = 0;
  Bytes head;  // encode_head()
  Bytes content;
};

struct Admitted {
  enum class Outcome {
    kCommitted,    // in the ledger now, durably
    kRepeated,     // was in the ledger already, byte for byte the same batch
    kEquivocated,  // the number is taken by another batch, or `previous` is not the head's hash;
                   // the stream's first such batch is kept as evidence
    kGap,          // the number is beyond head + 1: send what is missing first
    kBadSequence,  // `first` is not the stream's next sequence
    kUnknown,      // no such stream
    kRevoked,      // its key is revoked
  };
  Outcome outcome = Outcome::kUnknown;
  LedgerIndex index;       // kCommitted, kRepeated
  Instant recorded_at;     // kCommitted, kRepeated
  Hash held = {};          // kEquivocated: of the batch that has the number; zero: none has it
  Bytes head = {};         // kEquivocated: of the batch that is not taken
};

// Writes a ledger; there is one writer for a ledger at a time (a second one is refused at opening
// with kConflict). Safe from any thread. A failed commit is sticky: everything queued or asked
// later gets the same error (kUnavailable with the cause), and `failure()` tells it, until the
// ledger is opened again.
class LedgerWriter {
 public:
  virtual ~LedgerWriter() = default;

  using AdmitDone = std::function<void(const Result<Admitted>&)>;

  // Queues a batch. `done` is called exactly once, on the writer's thread, after the commit that
  // covers the batch is durable (or it failed); it must not block. Returns kExhausted without
  // calling `done` when limits::kMaxQueuedAdmitBytes are waiting.
  virtual Status admit(Admission admission, AdmitDone done) = 0;

  // Appends the genesis (only to an empty ledger) or a signed office record and waits until it is
  // durable. A record of kind "key.enroll" also makes its stream, in the same commit
  // (model/office_record.h, KeyEnrolled); kExists when the stream is there already. One of kind
  // "key.rotate" makes a stream and closes the old one, "key.revoke" closes one, likewise in the
  // same commit: kNotFound when the stream to be closed is not there, kDenied when it is closed
  // already, and of a rotation kConflict when the old stream does not stand where the record says.
  // A record of kind "content.redact" also withdraws the content that it names, in the same commit:
  // kNotFound when there is no such entry, kConflict when it is not the batch with these hashes,
  // kExists when its content is withdrawn already. The entry stays. On return the bytes are gone
  // from everything that the backend keeps; where a reader holds an old state of it, they go with
  // the end of that reading. A crash in between is made up for at the next opening.
  // `record` is encode_record(); recorded_at is given by the writer.
  virtual Result<LedgerIndex> append(EntryKind kind, Bytes record) = 0;

  // The state of a stream as of the last commit; kNotFound.
  virtual Result<StreamState> stream(const StreamId& id) = 0;

  // The reason of a sticky failure.
  virtual std::optional<Error> failure() const = 0;
};

}  // namespace plumbline

#endif  // PLUMBLINE_STORE_STORE_H_
