// SPDX-License-Identifier: Apache-2.0
#include "evidence/entry_checker.h"

#include <fmt/format.h>

#include "packs/pack.h"

namespace plumbline {
EntryChecker::Verdict EntryChecker::check(const StoredEntry& stored, const ExaminedEntry& examined,
                                          Leaf leaf) {
  Verdict verdict;
  if (leaf == Leaf::kDiffers) {
    verdict.reasons.push_back("its bytes do not have the leaf hash that was recorded for them");
  }
  const Result<Entry>& entry = examined.entry;
  if (!entry.ok()) {
    verdict.reasons.push_back(entry.error().text());
    ++lost_;
    return verdict;
  }
  if ((stored.index.value == 0) != (entry->kind == EntryKind::kGenesis)) {
    verdict.reasons.push_back("a genesis stands at the beginning of a ledger and nowhere else");
  }
  check_time(*entry, leaf, verdict);
  if (entry->kind == EntryKind::kBatch) {
    check_batch(stored, *examined.batch, verdict);
  } else {
    check_record(stored, *entry, verdict);
  }
  return verdict;
}

void EntryChecker::check_time(const Entry& entry, Leaf leaf, Verdict& verdict) {
  if (last_recorded_.has_value() && entry.recorded_at < *last_recorded_) {
    verdict.reasons.push_back(
        fmt::format("it was recorded at {}, before the entry in front of it "
                    "({})",
                    format_instant(entry.recorded_at), format_instant(*last_recorded_)));
  } else if (leaf == Leaf::kMatches) {
    last_recorded_ = entry.recorded_at;
  }
}

void EntryChecker::check_record(const StoredEntry& stored, const Entry& entry, Verdict& verdict) {
  verdict.kind = entry_kind_name(entry.kind);
  if (stored.content.has_value()) verdict.reasons.push_back("it is no batch and has a content");
  Result<SignedRecord> record = decode_record(entry.payload);
  if (!record.ok()) {
    verdict.reasons.push_back(record.error().text());
    ++lost_;
    return;
  }
  Result<OfficeRecord> parsed = office_record_from_json(record->json);
  if (!parsed.ok() && parsed.error().code() != Code::kUnsupported) {
    verdict.reasons.push_back(parsed.error().text());
    ++lost_;
    return;
  }
  bool genesis = parsed.ok() && std::holds_alternative<Genesis>(parsed->body);
  if (genesis != (entry.kind == EntryKind::kGenesis)) {
    verdict.reasons.push_back(fmt::format("an entry of kind {} holds another kind of record",
                                          entry_kind_name(entry.kind)));
    ++lost_;
    return;
  }
  if (parsed.ok()) verdict.kind = office_record_kind(*parsed);
  if (genesis) {
    check_genesis(*record, *parsed, verdict);
  } else if (office_key_.has_value() && !verify_record(*record, *office_key_)) {
    verdict.reasons.push_back("its signature is not by the office key");
    ++lost_;
  } else if (!parsed.ok()) {
    verdict.kind = record->json.string_at("kind").value();
    verdict.note = parsed.error().sentence() + ": only its signature was checked";
  } else {
    check_office(stored, entry, *parsed, verdict);
  }
}

void EntryChecker::check_genesis(const SignedRecord& record, const OfficeRecord& parsed,
                                 Verdict& verdict) {
  const auto& genesis = std::get<Genesis>(parsed.body);
  if (!verify_record(record, genesis.office_key)) {
    verdict.reasons.push_back("its signature is not by the office key that it names");
    ++lost_;
    return;
  }
  if (office_key_.value_or(genesis.office_key) != genesis.office_key) {
    verdict.reasons.push_back(fmt::format("it names the office key {}, expected is {}",
                                          genesis.office_key.hex(), office_key_->hex()));
  }
  if (checkpoint_key_.value_or(genesis.checkpoint_key) != genesis.checkpoint_key) {
    verdict.reasons.push_back(fmt::format("it names the checkpoint key {}, expected is {}",
                                          genesis.checkpoint_key.hex(), checkpoint_key_->hex()));
  }
  if (genesis_.has_value()) return;
  genesis_ = genesis;
  if (!office_key_.has_value()) office_key_ = genesis.office_key;
  if (!checkpoint_key_.has_value()) checkpoint_key_ = genesis.checkpoint_key;
  (void)registry_.apply(LedgerIndex(0), Instant{}, parsed);
}

void EntryChecker::check_office(const StoredEntry& stored, const Entry& entry,
                                const OfficeRecord& parsed, Verdict& verdict) {
  Status applied = registry_.apply(stored.index, entry.recorded_at, parsed);
  if (!applied.ok() && lost_ == 0) verdict.reasons.push_back(applied.error().text());
  if (const auto* rules = std::get_if<RulesActivated>(&parsed.body)) {
    if (rule_hash(rules->files) != rules->rule_hash) {
      verdict.reasons.push_back("its rule hash is not that of its files");
    }
  }
  if (const auto* redacted = std::get_if<ContentRedacted>(&parsed.body)) {
    if (redacted->second_person == parsed.actor) {
      verdict.reasons.push_back("its second person is its actor");
    } else if (redacted->index >= stored.index) {
      verdict.reasons.push_back(
          fmt::format("it withdraws the content of entry {}, which does not "
                      "stand before it",
                      redacted->index.value));
    } else if (applied.ok()) {
      redactions_.push_back({stored.index, *redacted});
    }
  }
  if (const auto* key = std::get_if<KeyEnrolled>(&parsed.body)) {
    check_new_stream(key->stream, key->key, applied.ok(), verdict);
  } else if (const auto* rotated = std::get_if<KeyRotated>(&parsed.body)) {
    check_rotation(*rotated, verdict);
    check_new_stream(rotated->stream, rotated->key, applied.ok(), verdict);
  } else if (const auto* conflict = std::get_if<StreamConflict>(&parsed.body)) {
    check_conflict(*conflict, verdict);
  }
}

void EntryChecker::check_new_stream(const StreamId& stream, const PublicKey& key, bool fits,
                                    Verdict& verdict) {
  bool added = streams_.try_emplace(stream, Stream{key, 0, {}, 1, lost_}).second;
  if (!added && fits) {
    verdict.reasons.push_back(fmt::format("stream {} was enrolled before", stream.hex()));
  }
}

void EntryChecker::check_rotation(const KeyRotated& rotated, Verdict& verdict) {
  const StreamLink& link = rotated.previous;
  auto old = streams_.find(link.stream);
  if (old == streams_.end() || old->second.lost < lost_) return;
  if (old->second.batches == link.last.value && old->second.head == link.last_hash) return;
  verdict.reasons.push_back(
      fmt::format("it says that stream {} ends with batch {} ({}), in front of it stands batch {} "
                  "({})",
                  link.stream.hex(), link.last.value, link.last_hash.hex(), old->second.batches,
                  old->second.head.hex()));
}

// The refused batch must be what its stream's key signed: the office cannot invent a conflict.
void EntryChecker::check_conflict(const StreamConflict& conflict, Verdict& verdict) {
  auto stream = streams_.find(conflict.stream);
  if (stream == streams_.end()) return;  // a fault of the registry, or of a lost entry
  ByteReader reader(conflict.head);
  Result<BatchHead> head = decode_head(reader);
  if (!head.ok()) return verdict.reasons.push_back(head.error().text());
  Result<BatchHeader> header = decode_header(head->header);
  if (!header.ok()) return verdict.reasons.push_back(header.error().text());
  if (Status verified = verify_head(*header, *head, stream->second.key); !verified.ok()) {
    return verdict.reasons.push_back(verified.error().text());
  }
  bool same = reader.empty() && header->stream == conflict.stream &&
              header->number == conflict.number && batch_hash(head->header) != conflict.held_hash;
  if (!same) verdict.reasons.push_back("the batch that it keeps is not the one that it speaks of");
}

void EntryChecker::check_batch(const StoredEntry& stored, const Result<ExaminedBatch>& examined,
                               Verdict& verdict) {
  verdict.kind = entry_kind_name(EntryKind::kBatch);
  if (!examined.ok()) {
    verdict.reasons.push_back(examined.error().text());
    ++lost_;
    return;
  }
  const ExaminedBatch& batch = *examined;
  auto found = streams_.find(batch.header.stream);
  if (found == streams_.end()) {
    verdict.reasons.push_back(
        fmt::format("no entry before it enrols its stream {}, so that its "
                    "signature cannot be checked",
                    batch.header.stream.hex()));
    ++lost_;
    return;
  }
  Stream& stream = found->second;
  if (batch.signed_by != stream.key) {
    Status verified = verify_head(batch.header, batch.head, stream.key);
    if (!verified.ok()) {
      verdict.reasons.push_back(verified.error().text());
      ++lost_;
      return;
    }
  }
  if (auto closed = registry_.closed.find(batch.header.stream); closed != registry_.closed.end()) {
    verdict.reasons.push_back(fmt::format(
        "its stream takes no batch since entry {}: {}", closed->second.index.value,
        closed->second.successor.has_value() ? "a new key took over" : "its key is revoked"));
  }
  check_chain(batch, stream, verdict);
  check_content(stored, batch, verdict);
}

void EntryChecker::check_content(const StoredEntry& stored, const ExaminedBatch& batch,
                                 Verdict& verdict) {
  if (!stored.content.has_value()) {
    verdict.content_missing = true;
  } else if (!batch.content.ok()) {
    verdict.reasons.push_back(batch.content.error().text());
  } else if (batch.form.ok()) {
    if (verdict.reasons.empty()) verdict.events = batch.header.count;
  } else {
    // The agent signed it and the ledger kept it: no fault of the ledger.
    verdict.note = fmt::format(
        "its {} events cannot be read as the agent wrote them and are set "
        "aside: {}",
        batch.header.count, batch.form.error().text());
  }
}

void EntryChecker::check_chain(const ExaminedBatch& batch, Stream& stream, Verdict& verdict) {
  const BatchHeader& header = batch.header;
  bool follows = header.number.value == stream.batches + 1 && header.previous == stream.head &&
                 header.first.value == stream.next_sequence;
  bool may_skip = stream.lost < lost_ && header.number.value > stream.batches + 1;
  if (!follows && !may_skip) {
    verdict.reasons.push_back(
        fmt::format("batch {} from sequence {} with previous hash {} does not follow batch {} of "
                    "its stream: expected is number {} from sequence {} with previous hash {}",
                    header.number.value, header.first.value, header.previous.hex(), stream.batches,
                    stream.batches + 1, stream.next_sequence, stream.head.hex()));
    if (header.number.value <= stream.batches) return;
  }
  stream.batches = header.number.value;
  stream.head = batch.hash;
  stream.next_sequence = header.first.value + header.count;
  stream.lost = lost_;
}

}  // namespace plumbline
