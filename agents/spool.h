// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_SPOOL_H_
#define PLUMBLINE_AGENTS_SPOOL_H_

#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "agents/enrolment.h"
#include "agents/sqlite.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/limits.h"
#include "base/result.h"
#include "model/event.h"
#include "model/ids.h"
#include "model/wire/session.h"

// What an agent has accepted: sealed batches, remembered ids, the enrolment.
// docs/guides/agent.md, section "The spool"; docs/decisions/agent-spool.md.
namespace plumbline {

// An event as its source hands it in. (source, id) identifies it: handing it in again is answered
// with the first sequence number.
struct Submission {
  std::string source;
  std::string id;
  Event event;
};

struct Answer {
  enum class Outcome {
    kAccepted,  // on disk now
    kRepeated,  // on disk since earlier; `sequence` is the first one
    kChanged,   // the same id with other content; not taken, `sequence` is the first one
  };
  Outcome outcome = Outcome::kAccepted;
  Sequence sequence;
  bool operator==(const Answer&) const = default;
};

// A batch as it waits to be sent: the exact bytes that were sealed.
struct SpooledBatch {
  BatchNumber number;
  Sequence first;
  std::uint32_t count = 0;
  Hash hash;  // batch_hash() of the header
  Bytes sealed;
};

// Where the stream stands.
struct SpoolHead {
  BatchNumber last;            // 0 = nothing accepted yet
  Sequence last_sequence;      // 0 = nothing accepted yet
  BatchNumber acknowledged;    // the ledger holds all batches up to here
  BatchNumber oldest_content;  // first batch whose bytes are still kept; last + 1 when none
  bool operator==(const SpoolHead&) const = default;
};

// What `status` shows beside the head.
struct SpoolReport {
  std::uint64_t unacknowledged_events = 0;
  std::optional<Instant> last_ack_at;  // the agent's clock
  std::optional<LedgerIndex> last_ack_index;
  std::optional<Instant> last_error_at;
  std::string last_error;  // empty when the last attempt went well
  std::size_t used_bytes = 0;
};

// Which start of the machine it is, for the batch header.
using BootId = std::array<std::uint8_t, 8>;

// What a trial without writing has seen: digest of (source, id) -> digest of the event.
using ProbeMemory = std::unordered_map<std::string, std::string>;

// One open spool. Not for use by two threads at a time; several processes may have the same spool
// open. Every method that changes something is one transaction, durable when it returns: a crash
// leaves all of it or nothing.
class Spool {
 public:
  struct Options {
    // `max_bytes` bounds what the spool holds. Acknowledged batches are kept while they take at
    // most half of it.
    std::size_t max_bytes = limits::kMaxSpoolBytes;
  };

  // Makes the spool of a newly enrolled agent. kExists when the folder is enrolled already.
  static Status create(const std::string& folder, const Enrolment& enrolment,
                       std::span<const PackFile> files);
  // True when the folder holds an enrolled spool.
  static Result<bool> exists(const std::string& folder);
  // kNotFound: not enrolled. kUnsupported: written by a newer version. kCorrupt: not a spool.
  static Result<Spool> open(const std::string& folder, Options options);
  static Result<Spool> open(const std::string& folder) { return open(folder, Options()); }

  Result<Enrolment> enrolment();
  Result<std::vector<PackFile>> pack_files();
  Status set_pack_files(std::span<const PackFile> files);
  Status set_server(const ServerAddress& server);

  // Seals those of `submissions` that are new into one batch and answers each, in order. They are
  // on disk when this returns. At most limits::kMaxBatchEvents; the events must have passed
  // check_event. `key` is the enrolled one. kExhausted: the spool or the disk is full; nothing was
  // taken then, and what was accepted earlier is untouched.
  Result<std::vector<Answer>> accept(std::span<const Submission> submissions, const PrivateKey& key,
                                     const Hash& events_hash, const Clock& clock,
                                     const BootId& boot_id);
  // What accept would answer, with nothing written. New events get no sequence; `memory` stands in
  // for what accept would have remembered of the submissions of earlier calls.
  Result<std::vector<Answer>> probe(std::span<const Submission> submissions, ProbeMemory& memory);

  Result<SpoolHead> head();
  // nullopt when the spool has no such batch, or its bytes were freed.
  Result<std::optional<SpooledBatch>> load(BatchNumber number);
  // The header hash of a batch, kept also when its bytes were freed.
  Result<std::optional<Hash>> batch_hash_of(BatchNumber number);
  // The first sequence behind a batch; 1 for batch 0.
  Result<std::optional<Sequence>> sequence_behind(BatchNumber number);

  // The ledger holds every batch up to `number`: in a stream a batch enters only behind its
  // predecessor. `index` is the ledger position of `number`, if it is known. Frees the oldest
  // acknowledged bytes over half the bound. No effect for a number not above the known one.
  Status acknowledge(BatchNumber number, std::optional<LedgerIndex> index, Instant now);
  // The ledger was restored to an earlier state and holds only the batches up to `number`.
  Status rewind(BatchNumber number);

  // Remembers why the last attempt to send failed; an empty sentence clears it.
  Status note_error(std::string_view sentence, Instant now);
  Result<SpoolReport> report();

  // True when another connection committed since the last call. Costs microseconds.
  Result<bool> changed();

 private:
  Spool(SqliteDatabase database, Options options)
      : database_(std::move(database)), options_(options) {}

  Result<std::size_t> used_bytes();
  // These run inside a transaction of the caller.
  Status set_acknowledged(BatchNumber number);
  Status free_acknowledged(std::size_t keep_bytes);
  Status make_room(std::size_t needed);

  SqliteDatabase database_;
  Options options_;
  // Asked several times a second, so it is prepared once; goes before its database.
  std::optional<SqliteStatement> data_version_query_;
  std::int64_t data_version_ = 0;
};

// The first 8 bytes of the machine's boot id; zero where the system has none.
BootId read_boot_id();

// An upper bound of the bytes that the event takes in a batch's content: for cutting submissions
// into batches that stay under limits::kMaxContentBytes.
std::size_t content_bound(const Event& event);

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_SPOOL_H_
