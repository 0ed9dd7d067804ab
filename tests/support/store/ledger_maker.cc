// SPDX-License-Identifier: Apache-2.0
#include "tests/support/store/ledger_maker.h"

#include <stdlib.h>

#include <filesystem>
#include <memory>

#include "base/check.h"
#include "model/wire/batch.h"
#include "model/wire/session.h"

namespace plumbline::testing {
namespace {

Bytes record_of(OfficeRecord record) {
  record.actor = "os:tester";
  record.reason = "test";
  return encode_record(to_json(record), key_of(1000));
}

}  // namespace

TempFolder::TempFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "plumbline-store-XXXXXX");
  CHECK(::mkdtemp(pattern.data()) != nullptr, "a temporary folder can be made");
  path_ = pattern;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TempFolder::path(std::string_view name) const {
  return name.empty() ? path_ : path_ + "/" + std::string(name);
}

PrivateKey key_of(int number) {
  Hash seed = sha256("store test key " + std::to_string(number));
  return PrivateKey::from_seed(seed.view()).value();
}

Bytes genesis_record() {
  Genesis genesis;
  genesis.ledger_id = "00112233445566778899aabbccddeeff";
  genesis.network = "Test network";
  genesis.office_key = key_of(1000).public_key();
  genesis.checkpoint_key = key_of(1001).public_key();
  return record_of({"", "", genesis});
}

Bytes outlet_record(std::string_view outlet) {
  OutletAdded added;
  added.outlet = OutletId::parse(outlet).value();
  added.code = "C1";
  added.name_zh = "网点";
  added.name_en = "Outlet";
  return record_of({"", "", added});
}

Bytes enroll_record(const KeyEnrolled& enrolled) {
  return record_of({"", "", enrolled});
}

Bytes rotate_record(const KeyRotated& rotated) {
  return record_of({"", "", rotated});
}

Bytes revoke_record(const StreamId& stream) {
  return record_of({"", "", KeyRevoked{stream}});
}

ContentRedacted redaction_of(LedgerIndex index, const Admission& batch) {
  ContentRedacted redacted;
  redacted.index = index;
  redacted.batch_hash = batch.hash;
  redacted.content_hash = sha256(batch.content);
  redacted.second_person = "os:second";
  return redacted;
}

Bytes redact_record(const ContentRedacted& redacted) {
  return record_of({"", "", redacted});
}

Source::Source(int key_number, std::string_view outlet)
    : key_(key_of(key_number)),
      outlet_(OutletId::parse(outlet).value()),
      stream_(stream_id(key_.public_key(), outlet_)) {}

KeyEnrolled Source::enrolment() const {
  KeyEnrolled enrolled;
  enrolled.key = key_.public_key();
  enrolled.outlet = outlet_;
  enrolled.stream = stream_;
  enrolled.source_kind = SourceKind::kInspector;
  enrolled.historical = true;
  enrolled.token_hash = sha256("token");
  enrolled.software = "plumb-agent 0.1.0";
  return enrolled;
}

KeyRotated Source::rotation_to(const Source& next) const {
  KeyRotated rotated;
  rotated.key = next.key_.public_key();
  rotated.outlet = outlet_;
  rotated.stream = next.stream_;
  rotated.source_kind = SourceKind::kInspector;
  rotated.historical = true;
  rotated.previous = {stream_, BatchNumber(number_.value - 1), previous_};
  rotated.consent = key_.sign(rotation_signed_bytes(rotated.previous, rotated.key));
  rotated.software = "plumb-agent 0.1.0";
  return rotated;
}

Admission Source::seal(BatchNumber number, const Hash& previous, Sequence first,
                       std::uint32_t events, std::string_view mark) const {
  BatchHeader header;
  header.stream = stream_;
  header.outlet = outlet_;
  header.number = number;
  header.first = first;
  header.previous = previous;
  header.events_hash = sha256("events.yaml");
  header.wall = kStart;
  std::vector<Event> list;
  for (std::uint32_t i = 0; i < events; ++i) {
    std::string subject = "case-" + std::to_string(first.value + i) + std::string(mark);
    list.push_back({"consultation.opened", subject, kStart, {}});
  }
  SealedBatch sealed = seal_batch(header, list, key_).value();
  Admission admission;
  admission.stream = stream_;
  admission.number = number;
  admission.hash = batch_hash(sealed.head.header);
  admission.previous = previous;
  admission.first = first;
  admission.count = events;
  admission.head = encode_head(sealed.head);
  admission.content = sealed.content;
  return admission;
}

Admission Source::next(std::uint32_t events) {
  Admission admission = seal(number_, previous_, first_, events);
  number_ = number_.next();
  previous_ = admission.hash;
  first_ = Sequence(first_.value + events);
  return admission;
}

Admission Source::fork(std::uint32_t events) const {
  return seal(number_, previous_, first_, events, "-fork");
}

std::future<Result<Admitted>> Admitting::later(Admission admission) {
  auto promise = std::make_shared<std::promise<Result<Admitted>>>();
  std::future<Result<Admitted>> answer = promise->get_future();
  Status queued = writer_.admit(std::move(admission), [promise](const Result<Admitted>& result) {
    promise->set_value(result);
  });
  if (!queued.ok()) promise->set_value(queued.error());
  return answer;
}

LedgerIndex Admitting::genesis() {
  return writer_.append(EntryKind::kGenesis, genesis_record()).value();
}

LedgerIndex Admitting::enroll(const Source& source) {
  return writer_.append(EntryKind::kOffice, enroll_record(source.enrolment())).value();
}

Result<std::vector<StoredEntry>> read_all(LedgerReader& reader) {
  std::vector<StoredEntry> entries;
  for (LedgerIndex next;;) {
    LedgerIndex from = next;
    ASSIGN_OR_RETURN(next, reader.read(from, [&](const StoredEntry& entry) -> Status {
      entries.push_back(entry);
      return {};
    }));
    if (next == from) return entries;
  }
}

}  // namespace plumbline::testing
