// SPDX-License-Identifier: Apache-2.0
#include "tests/support/agents/desk.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "model/wire/batch.h"

namespace plumbline::testing {
namespace {

constexpr const char* kPack = R"(format: plumbline/pack/v1
id: desk
version: "1"
title: {zh: 测试, en: Test}
time_zone: Asia/Shanghai
max_future: 10m
levels:
  - id: network
    title: {zh: 全省, en: Network}
  - id: outlet
    title: {zh: 网点, en: Outlet}
)";

constexpr const char* kEvents = R"(format: plumbline/events/v1
types:
  consultation:
    title: {zh: 咨询, en: Consultation}
    steps:
      - id: opened
        title: {zh: 受理, en: Opened}
      - id: closed
        title: {zh: 办结, en: Closed}
        final: true
    due: due
    fields:
      due: {kind: instant, title: {zh: 期限, en: Due}, steps: [opened]}
      channel:
        kind: enum
        title: {zh: 渠道, en: Channel}
        steps: [opened]
        values: [onsite, phone, online]
      topic: {kind: string, title: {zh: 主题, en: Topic}, steps: [opened]}
      minutes: {kind: count, title: {zh: 分钟, en: Minutes}}
      change: {kind: integer, title: {zh: 变化, en: Change}}
      fee: {kind: decimal, title: {zh: 费用, en: Fee}}
      free: {kind: bool, title: {zh: 免费, en: Free}}
  training:
    title: {zh: 培训, en: Training}
    fields:
      attended: {kind: count, title: {zh: 人数, en: Attended}}
)";

constexpr const char* kCalendar = R"(format: plumbline/calendar/v1
time_zone: Asia/Shanghai
covers: {from: 2024-01-01, until: 2026-12-31}
offsets:
  - {from: 2023-12-01T00:00:00Z, offset: "+08:00"}
work_days:
  weekdays: [mon, tue, wed, thu, fri]
  holidays: []
  extra: []
)";

Enrolment enrolment_of(const PrivateKey& key) {
  Enrolment enrolment;
  enrolment.server = {"127.0.0.1", 7443};
  enrolment.server_pin.data[0] = 7;
  enrolment.ledger_id = "00112233445566778899aabbccddeeff";
  enrolment.checkpoint_key.data[31] = 9;
  enrolment.key = key.public_key();
  enrolment.outlet = OutletId::parse("njlib").value();
  enrolment.outlet_code = "NJ-01";
  enrolment.stream = stream_id(enrolment.key, enrolment.outlet);
  enrolment.historical = true;
  enrolment.enrolled_at = {1'700'000'000'000};
  return enrolment;
}

}  // namespace

std::vector<PackFile> desk_pack_files() {
  return {{"calendar.yaml", kCalendar}, {"events.yaml", kEvents}, {"pack.yaml", kPack}};
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "plumb-agent-XXXXXX").string();
  CHECK(mkdtemp(name.data()) != nullptr, "no temporary folder");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Desk::Desk()
    : key(PrivateKey::generate()),
      pack(parse_agent_pack(desk_pack_files()).value()),
      enrolment(enrolment_of(key)),
      clock(Instant{1'740'800'000'000}) {
  Status written = key.write_file(key_path(folder.path()));
  CHECK(written.ok(), "the key was not written");
  Status created = Spool::create(folder.path(), enrolment, desk_pack_files());
  CHECK(created.ok(), created.ok() ? "" : created.error().text());
}

Submission opened(int number, const std::string& topic) {
  Submission submission;
  submission.source = "test";
  submission.event.type = "consultation.opened";
  submission.event.subject = "C-" + std::to_string(number);
  submission.event.time = {1'740'700'000'000 + number};
  submission.event.fields = {{"topic", {Kind::kString, 0, topic}}};
  submission.id = submission.event.type + "/" + submission.event.subject;
  return submission;
}

std::vector<Submission> opened_many(int first, int count) {
  std::vector<Submission> all;
  for (int i = 0; i < count; ++i) all.push_back(opened(first + i));
  return all;
}

Status prove(Spool& spool, std::uint64_t first, std::uint64_t last, Instant now,
             std::uint64_t size) {
  std::string origin = checkpoint_origin(spool.enrolment().value().ledger_id);
  ProofsHold hold;
  hold.checkpoint.checkpoint = {origin, LedgerSize(size), sha256(std::to_string(size))};
  hold.checkpoint.note = origin + "\n" + std::to_string(size) + "\n";
  for (std::uint64_t number = first; number <= last; ++number) {
    hold.batches.push_back({BatchNumber(number), LedgerIndex(100 + number), Instant{7'000},
                            std::vector<Hash>(10, sha256("sibling"))});
  }
  return spool.keep_proofs(hold, now);
}

std::uint64_t verify_chain(Spool& spool, const PublicKey& key) {
  SpoolHead head = spool.head().value();
  Hash previous;
  std::uint64_t events = 0;
  for (BatchNumber number(1); number <= head.last; number = number.next()) {
    auto spooled = spool.load(number).value();
    if (!spooled) {
      ADD_FAILURE() << "batch " << number.value << " is missing";
      return events;
    }
    Result<SealedBatch> batch = decode_sealed(spooled->sealed);
    if (!batch.ok()) {
      ADD_FAILURE() << batch.error().text();
      return events;
    }
    Status verified = verify_batch(*batch, key);
    EXPECT_TRUE(verified.ok()) << number.value;
    EXPECT_EQ(batch->header.number, number);
    EXPECT_EQ(batch->header.previous, previous);
    EXPECT_EQ(batch->header.first.value, events + 1);
    EXPECT_EQ(spooled->first, batch->header.first);
    EXPECT_EQ(spooled->count, batch->header.count);
    previous = batch_hash(batch->head.header);
    EXPECT_EQ(spooled->hash, previous);
    auto content = decode_content(batch->content, batch->header.count);
    EXPECT_TRUE(content.ok());
    events += batch->header.count;
  }
  EXPECT_EQ(head.last_sequence.value, events);
  return events;
}

void fill(Desk& desk, Spool& spool, int first_batch, int batches) {
  for (int batch = first_batch; batch < first_batch + batches; ++batch) {
    std::vector<Submission> some;
    for (int i = 0; i < 200; ++i) {
      std::string topic = std::to_string(batch) + "-" + std::to_string(i) + std::string(40, 't');
      some.push_back(opened(batch * 1000 + i, topic));
    }
    auto answers = desk.accept(spool, some);
    ASSERT_TRUE(answers.ok()) << answers.error().text();
  }
}

}  // namespace plumbline::testing
