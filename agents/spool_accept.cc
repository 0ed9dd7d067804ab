// SPDX-License-Identifier: Apache-2.0
// How events become a sealed batch of the spool.
#include <algorithm>

#include "agents/key_change.h"
#include "agents/spool.h"
#include "agents/spool_rows.h"
#include "model/wire/batch.h"

namespace plumbline {
namespace {

constexpr std::size_t kRememberedBytes = 16;
// What a remembered id takes in the file, with the tree's slack.
constexpr std::size_t kRememberedRowBytes = 64;
// Header, signature, rows and page slack of one batch.
constexpr std::size_t kBatchRowBytes = 4096;

std::string remembered_id(const Submission& submission) {
  // The zero byte separates the two: neither holds one after validation.
  Hash hash = sha256({submission.source, BytesView("\0", 1), submission.id});
  return Bytes(hash.view().substr(0, kRememberedBytes));
}

void append_text(Bytes& out, std::string_view text) {
  append_u32(out, static_cast<std::uint32_t>(text.size()));
  out.append(text);
}

std::string event_digest(const Event& event) {
  Bytes bytes;
  append_text(bytes, event.type);
  append_text(bytes, event.subject);
  append_u64(bytes, static_cast<std::uint64_t>(event.time.ms));
  for (const Field& field : event.fields) {
    append_text(bytes, field.name);
    append_u8(bytes, static_cast<std::uint8_t>(field.value.kind));
    append_u64(bytes, static_cast<std::uint64_t>(field.value.number));
    append_text(bytes, field.value.text);
  }
  return Bytes(sha256(bytes).view().substr(0, kRememberedBytes));
}

// Answers each submission and remembers the new ones with the sequences behind `last`; the events
// of the new ones are added to `fresh`.
Result<std::vector<Answer>> answer_all(SqliteDatabase& database,
                                       std::span<const Submission> submissions, Sequence last,
                                       std::vector<Event>& fresh) {
  ASSIGN_OR_RETURN(auto find,
                   database.prepare("SELECT event, sequence FROM remembered WHERE id = ?"));
  ASSIGN_OR_RETURN(auto insert, database.prepare("INSERT INTO remembered VALUES (?, ?, ?)"));
  std::vector<Answer> answers;
  answers.reserve(submissions.size());
  for (const Submission& submission : submissions) {
    std::string id = remembered_id(submission);
    std::string digest = event_digest(submission.event);
    ASSIGN_OR_RETURN(bool known, find.bind_blob(id).step());
    if (known) {
      bool same = find.bytes(0) == digest;
      Sequence first(static_cast<std::uint64_t>(find.integer(1)));
      answers.push_back({same ? Answer::Outcome::kRepeated : Answer::Outcome::kChanged, first});
      find.reset();
      continue;
    }
    last = last.next();
    RETURN_IF_ERROR(insert.bind_blob(id).bind_blob(digest).bind(last.value).done());
    fresh.push_back(submission.event);
    answers.push_back({Answer::Outcome::kAccepted, last});
  }
  return answers;
}

// Where the stream ends, and what its headers have stated so far.
struct Chain {
  BatchNumber last;
  Sequence last_sequence;
  Hash last_hash;
  Hash events_hash;
  std::uint64_t stated_size = 0;
};

// Whether the chain ends with the last batch that there is: a number that is given twice forks the
// stream.
Result<bool> is_last_batch(SqliteDatabase& database, const Chain& chain, const Bytes& hash) {
  if (hash.size() != Hash::size) return false;
  ASSIGN_OR_RETURN(auto batch, database.prepare("SELECT number, first + count - 1, hash FROM "
                                                "batches ORDER BY number DESC LIMIT 1"));
  ASSIGN_OR_RETURN(bool there, batch.step());
  if (!there) return chain.last.value == 0 && chain.last_sequence.value == 0;
  return static_cast<std::uint64_t>(batch.integer(0)) == chain.last.value &&
         static_cast<std::uint64_t>(batch.integer(1)) == chain.last_sequence.value &&
         batch.bytes(2) == hash;
}

Result<Chain> read_chain(SqliteDatabase& database) {
  ASSIGN_OR_RETURN(auto select,
                   database.prepare("SELECT last_batch, last_sequence, last_hash, events_hash, "
                                    "stated_size FROM stream"));
  ASSIGN_OR_RETURN(bool row, select.step());
  if (!row) return Error(Code::kCorrupt, database.path() + ": the stream's row is missing");
  Chain chain;
  chain.last = BatchNumber(static_cast<std::uint64_t>(select.integer(0)));
  chain.last_sequence = Sequence(static_cast<std::uint64_t>(select.integer(1)));
  chain.stated_size = static_cast<std::uint64_t>(select.integer(4));
  ASSIGN_OR_RETURN(bool agrees, is_last_batch(database, chain, select.bytes(2)));
  if (!agrees) {
    return Error(Code::kCorrupt, database.path() + " is damaged: the stream's head is not batch " +
                                     std::to_string(chain.last.value) + " as it was sealed");
  }
  ASSIGN_OR_RETURN(chain.last_hash, Hash::from(select.bytes(2), "the last header's hash"));
  ASSIGN_OR_RETURN(chain.events_hash, Hash::from(select.bytes(3), "the events hash stated last"));
  return chain;
}

}  // namespace

Result<std::vector<Answer>> Spool::accept(std::span<const Submission> submissions,
                                          const PrivateKey& key, const Hash& events_hash,
                                          const Clock& clock, const BootId& boot_id) {
  CHECK(submissions.size() <= limits::kMaxBatchEvents, "a call fills at most one batch");
  ASSIGN_OR_RETURN(auto transaction, SqliteTransaction::begin(database_));
  ASSIGN_OR_RETURN(Chain chain, read_chain(database_));
  std::vector<Event> fresh;
  ASSIGN_OR_RETURN(auto answers, answer_all(database_, submissions, chain.last_sequence, fresh));
  if (fresh.empty()) return answers;
  std::size_t needed = kBatchRowBytes;
  for (const Event& event : fresh) needed += content_bound(event) + kRememberedRowBytes;
  RETURN_IF_ERROR(make_room(needed));
  ASSIGN_OR_RETURN(Enrolment enrolled, enrolment());
  // Another process may have changed the key since the caller read it.
  std::optional<PrivateKey> changed;
  if (enrolled.key != key.public_key()) {
    ASSIGN_OR_RETURN(changed, key_in_folder(folder_, enrolled.key));
  }
  BatchHeader header;
  header.stream = enrolled.stream;
  header.outlet = enrolled.outlet;
  header.number = chain.last.next();
  header.first = chain.last_sequence.next();
  header.previous = chain.last_hash;
  if (events_hash != chain.events_hash) header.events_hash = events_hash;
  ASSIGN_OR_RETURN(auto checkpoint, held());
  if (checkpoint && checkpoint->checkpoint.size.value > chain.stated_size) {
    header.checkpoint_size = checkpoint->checkpoint.size.value;
    header.checkpoint_root = checkpoint->checkpoint.root;
  }
  header.wall = clock.wall();
  header.monotonic_ms = clock.monotonic_ms();
  header.boot_id = boot_id;
  ASSIGN_OR_RETURN(SealedBatch batch, seal_batch(header, fresh, changed ? *changed : key));
  RETURN_IF_ERROR(insert_sealed(database_, batch));
  RETURN_IF_ERROR(transaction.commit(sealed_note(header.stream, header.number)));
  return answers;
}

Status Spool::check_head() {
  ASSIGN_OR_RETURN([[maybe_unused]] Chain chain, read_chain(database_));
  return {};
}

Result<std::vector<Answer>> Spool::probe(std::span<const Submission> submissions,
                                         ProbeMemory& memory) {
  ASSIGN_OR_RETURN(auto find,
                   database_.prepare("SELECT event, sequence FROM remembered WHERE id = ?"));
  std::vector<Answer> answers;
  for (const Submission& submission : submissions) {
    std::string id = remembered_id(submission);
    std::string digest = event_digest(submission.event);
    ASSIGN_OR_RETURN(bool known, find.bind_blob(id).step());
    Sequence first(known ? static_cast<std::uint64_t>(find.integer(1)) : 0);
    std::string earlier = known ? find.bytes(0) : "";
    find.reset();
    if (!known) {
      auto [seen, added] = memory.emplace(std::move(id), digest);
      if (added) {
        answers.push_back({Answer::Outcome::kAccepted, first});
        continue;
      }
      earlier = seen->second;
    }
    bool same = earlier == digest;
    answers.push_back({same ? Answer::Outcome::kRepeated : Answer::Outcome::kChanged, first});
  }
  return answers;
}

}  // namespace plumbline
