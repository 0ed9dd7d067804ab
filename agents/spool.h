// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_SPOOL_H_
#define PLUMBLINE_AGENTS_SPOOL_H_

#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "agents/alarm.h"
#include "agents/enrolment.h"
#include "agents/proof_check.h"
#include "agents/sqlite.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/limits.h"
#include "base/result.h"
#include "model/event.h"
#include "model/ids.h"
#include "model/wire/session.h"

// What an agent has accepted: sealed batches, remembered ids, the enrolment; and what it knows of
// the ledger: acknowledgements, the newest checkpoint, proofs, an alarm.
// docs/guides/agent.md, section "The spool"; docs/decisions/0012-agent-spool.md and
// 0022-spool-freed-by-proofs.md.
//
// What must hold, whoever changes it:
// - A batch is sealed once, in the transaction that answers for its events.
// - Bytes are freed for proved batches only, oldest first: oldest_content - 1 <= proved <=
//   acknowledged <= last.
// - A proof counts while the ledger that gave it is the one that the agent talks to: rewind() and
//   forget_proofs() take it back, and the checkpoint that is held never becomes an older one of
//   the same origin.
// - While an alarm is open nothing is proved and nothing is freed.
// - The spool has one stream: number, chain, receipts and positions are those of enrolment().key.
//   Before another key takes over, everything must be acknowledged; the bytes that are not yet
//   proved, and the receipts, belong to the old stream and must stay provable under its number,
//   for `batches` and `receipts` do not tell streams apart.
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
  BatchNumber proved = {};     // all batches up to here were proved, or freed by an older agent
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
  std::size_t max_bytes = 0;
  std::optional<Instant> last_proof_at;
  // When the oldest batch that is acknowledged and not proved was acknowledged; nullopt: none, or
  // by an older agent that did not note it.
  std::optional<Instant> unproved_since;
  std::string proof_trouble;                  // why nothing is proved; empty when proofs get on
  std::optional<LedgerSize> checkpoint_size;  // held
  int used_percent() const;
};
// From here on an agent warns that its spool fills up.
constexpr int kSpoolWarningPercent = 75;
// How long after its proof a batch is kept, so that a server that was restored from an older copy
// can be refilled. An outlet with 10 MB a day still keeps 12 days within half of its spool.
constexpr Duration kProvedKept{std::int64_t{30} * 86'400'000};

// One acknowledgement. Index and time are unknown where only a welcome told of it.
struct AckedBatch {
  BatchNumber number;
  std::optional<LedgerIndex> index;
  std::optional<Instant> recorded_at;
};

// What the agent can show of a batch to anybody; ledger/receipt.h makes a document of it.
struct KeptProof {
  BatchNumber number;
  std::string note;  // the checkpoint that the path leads to
  LedgerIndex index;
  Instant recorded_at;
  Bytes head;
  std::vector<Hash> path;
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
    // `max_bytes` bounds what the spool holds. Proved batches are kept for kProvedKept while they
    // take at most half of it, receipts while they take at most a quarter.
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
  // taken then, and what was accepted earlier is untouched. The header states `events_hash` and
  // the held checkpoint where they are new in the stream.
  Result<std::vector<Answer>> accept(std::span<const Submission> submissions, const PrivateKey& key,
                                     const Hash& events_hash, const Clock& clock,
                                     const BootId& boot_id);
  // What accept would answer, with nothing written. New events get no sequence; `memory` stands in
  // for what accept would have remembered of the submissions of earlier calls.
  Result<std::vector<Answer>> probe(std::span<const Submission> submissions, ProbeMemory& memory);

  Result<SpoolHead> head();
  // kCorrupt when the head is not the last batch as it was sealed; accept() then takes nothing.
  Status check_head();
  // nullopt when the spool has no such batch, or its bytes were freed.
  Result<std::optional<SpooledBatch>> load(BatchNumber number);
  // The header hash of a batch, kept also when its bytes were freed.
  Result<std::optional<Hash>> batch_hash_of(BatchNumber number);
  // The first sequence behind a batch; 1 for batch 0.
  Result<std::optional<Sequence>> sequence_behind(BatchNumber number);

  // The ledger holds every batch up to the last one of `acks` (ascending): in a stream a batch
  // enters only behind its predecessor. No effect for numbers not above the known one.
  Status acknowledge(std::span<const AckedBatch> acks, Instant now);
  Status acknowledge(BatchNumber number, std::optional<LedgerIndex> index, Instant now);
  // The ledger was restored to an earlier state and holds only the batches up to `number`: what
  // was said and proved of later ones counts no more. Receipts stay: they say what was once signed.
  Status rewind(BatchNumber number);

  // The checkpoint that the agent holds.
  Result<std::optional<HeldCheckpoint>> held();
  // The note of that origin and size, where one was verified and is still kept.
  Result<std::optional<std::string>> verified_note(const std::string& origin, LedgerSize size);
  // What is needed to check the proofs of `count` batches from `first` on; all must be kept.
  Result<std::vector<ProofTarget>> proof_targets(BatchNumber first, std::uint32_t count);
  // Holds the checkpoint from now on and remembers that its batches, which follow the proved ones,
  // are in it. Frees proved bytes that are due. kConflict while an alarm is open.
  Status keep_proofs(const ProofsHold& proofs, Instant now);
  // The office continued the ledger under another id.
  Status continue_ledger(const std::string& ledger_id);
  // No proof counts any more; what is kept will be proved anew.
  Status forget_proofs();
  // nullopt: the batch is not proved, or its receipt was freed.
  Result<std::optional<KeptProof>> kept_proof(BatchNumber number);
  // The batch with that event; nullopt where there is none.
  Result<std::optional<BatchNumber>> batch_with(Sequence sequence);
  // Frees proved bytes that are older than they have to be kept.
  Status expire(Instant now);
  // Remembers why proofs do not get on; an empty sentence clears it.
  Status note_proof_trouble(std::string_view sentence);

  // Keeps the contradiction and opens an alarm; no effect while one is open. Where there are two
  // histories, what was said of unproved batches' places counts no more.
  Status raise_alarm(const Contradiction& what, Instant now);
  Result<std::optional<Alarm>> alarm();
  // Ends the open alarm; what it was stays on record. kNotFound: there is none.
  Status clear_alarm(std::string_view reason, Instant now);

  // Remembers why the last attempt to send failed; an empty sentence clears it.
  Status note_error(std::string_view sentence, Instant now);
  Result<SpoolReport> report();

  const std::string& folder() const { return folder_; }

  // True when another connection committed since the last call. Costs microseconds.
  Result<bool> changed();

 private:
  Spool(SqliteDatabase database, Options options, std::string folder)
      : database_(std::move(database)), options_(options), folder_(std::move(folder)) {}

  Result<std::size_t> used_bytes();
  // These run inside a transaction of the caller.
  Status set_proved(BatchNumber number);
  Status free_proved(std::size_t keep_bytes, std::optional<Instant> now);
  Status free_receipts(std::size_t keep_bytes);
  Status make_room(std::size_t needed);
  Status refuse_full(std::size_t used);

  SqliteDatabase database_;
  Options options_;
  std::string folder_;
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
