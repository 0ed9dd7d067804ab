// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/ingest/rows.h"

#include <fmt/format.h>

#include <iterator>

namespace plumbline::bench {
namespace {

constexpr std::string_view kChannels[] = {"onsite", "phone", "online", "email"};
constexpr std::string_view kRequesters[] = {"micro_small", "medium", "university", "individual"};
constexpr std::int64_t kStartMs = 1740963600000;  // 2025-03-03T01:00:00Z
constexpr std::uint64_t kRowsAHash = 1000;

}  // namespace

Event event_of(const Row& row) {
  Event event{std::string(row.type), row.subject, Instant{row.time_ms}, {}};
  event.fields = {{"channel", {Kind::kEnum, 0, std::string(row.channel)}},
                  {"minutes", {Kind::kCount, row.minutes, ""}},
                  {"paid", {Kind::kBool, row.paid ? 1 : 0, ""}},
                  {"requester", {Kind::kEnum, 0, std::string(row.requester)}}};
  return event;
}

RowMaker::RowMaker(std::uint32_t stream, std::uint32_t subject_chars)
    : random_(2025 + stream), subject_chars_(subject_chars), time_ms_(kStartMs) {}

Row RowMaker::next() {
  Row row;
  row.sequence = ++sequence_;
  time_ms_ += static_cast<std::int64_t>(random_() % 600'000);
  row.time_ms = time_ms_;
  std::uint64_t digits = random_();
  for (std::uint32_t i = 0; i < subject_chars_; ++i, digits /= 10) {
    row.subject.push_back(static_cast<char>('0' + digits % 10));
  }
  const std::uint64_t fields = random_();
  row.channel = kChannels[fields % 4];
  row.requester = kRequesters[fields / 4 % 4];
  row.paid = fields / 16 % 2 == 1;
  row.minutes = static_cast<std::int64_t>(fields / 32 % 90);
  return row;
}

std::vector<Row> RowMaker::next(std::uint32_t count) {
  std::vector<Row> rows;
  rows.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) rows.push_back(next());
  return rows;
}

void ResultHash::add(std::uint32_t stream, const Row& row) {
  CHECK(stream < streams_.size(), "a row of a stream that was never sent");
  Stream& into = streams_[stream];
  fmt::format_to(std::back_inserter(into.text), "{}|{}|{}|{}|{}|{}|{}|{}\n", row.sequence, row.type,
                 row.subject, row.time_ms, row.channel, row.minutes, row.paid ? 1 : 0,
                 row.requester);
  if (++into.rows % kRowsAHash == 0) fold(into);
}

void ResultHash::fold(Stream& stream) {
  stream.hash = sha256({stream.hash.view(), stream.text});
  stream.text.clear();
}

std::string ResultHash::json() {
  Bytes all;
  std::uint64_t rows = 0;
  for (Stream& stream : streams_) {
    fold(stream);
    rows += stream.rows;
    append_u64(all, stream.rows);
    all.append(stream.hash.view());
  }
  return fmt::format("{{\"rows\":{},\"sha256\":\"{}\"}}", rows, sha256(all).hex());
}

std::string expected_json(const Amount& amount, SameEvents same) {
  ResultHash hash(amount.streams);
  for (std::uint32_t stream = 0; stream < amount.streams; ++stream) {
    RowMaker maker(same == SameEvents::kYes ? 0 : stream, amount.subject_chars);
    for (std::uint64_t i = 0; i < std::uint64_t{amount.batches} * amount.events; ++i) {
      hash.add(stream, maker.next());
    }
  }
  return hash.json();
}

}  // namespace plumbline::bench
