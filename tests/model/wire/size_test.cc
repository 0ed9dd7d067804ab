// SPDX-License-Identifier: Apache-2.0
// Bytes for an event, on fixed events: head and content, as they are sent and stored. A ledger
// entry adds 10 bytes a batch.
#include <gtest/gtest.h>

#include <random>

#include "model/wire/batch.h"
#include "tests/support/wire/samples.h"

namespace plumbline {
namespace {

using samples::number_field;
using samples::text_field;

constexpr std::size_t kEntryHeader = 10;

// Events with four small fields, in the order in which an outlet would send them.
std::vector<Event> four_small_fields(std::size_t count, std::size_t subject_chars) {
  static const char* const kChannels[] = {"onsite", "phone", "online", "email"};
  static const char* const kRequesters[] = {"micro_small", "medium", "university", "individual"};
  std::mt19937_64 random(2025);
  std::vector<Event> events;
  Instant time = samples::at("2025-03-03T01:00:00Z");
  for (std::size_t i = 0; i < count; ++i) {
    time = time + Duration{static_cast<std::int64_t>(random() % 600'000)};
    Event event{"consultation.opened", "", time, {}};
    while (event.subject.size() < subject_chars) {
      event.subject.push_back(static_cast<char>('0' + random() % 10));
    }
    event.fields = {text_field("channel", Kind::kEnum, kChannels[random() % 4]),
                    number_field("minutes", Kind::kCount, static_cast<std::int64_t>(random() % 90)),
                    number_field("paid", Kind::kBool, static_cast<std::int64_t>(random() % 2)),
                    text_field("requester", Kind::kEnum, kRequesters[random() % 4])};
    events.push_back(event);
  }
  return events;
}

BatchHeader steady_header(const PrivateKey& key) {
  BatchHeader h = samples::header(key, samples::outlet("boston-isd"));
  h.number = BatchNumber(5'000);
  h.first = Sequence(80'000);
  h.previous = samples::hash_of("previous");
  return h;
}

std::size_t stored_bytes(const BatchHeader& header, const std::vector<Event>& events) {
  PrivateKey key = samples::key(7);
  return kEntryHeader + encode_sealed(seal_batch(header, events, key).value()).size();
}

double bytes_per_event(const std::vector<Event>& events) {
  return static_cast<double>(stored_bytes(steady_header(samples::key(7)), events)) /
         static_cast<double>(events.size());
}

TEST(Size, BatchesOfAThousandWithAShortSubject) {
  double bytes = bytes_per_event(four_small_fields(1000, 4));
  RecordProperty("bytes_per_event", std::to_string(bytes));
  EXPECT_LE(bytes, 12.0);  // asked for: 20
}

TEST(Size, BatchesOfAThousandWithASubjectOfTenCharacters) {
  double bytes = bytes_per_event(four_small_fields(1000, 10));
  RecordProperty("bytes_per_event", std::to_string(bytes));
  EXPECT_LE(bytes, 18.0);  // asked for: 32
}

TEST(Size, ThreeTypesInTurnWithTwelveDigits) {
  std::vector<Event> events = four_small_fields(1000, 12);
  static const char* const kTypes[] = {"consultation.opened", "consultation.first_reply",
                                       "consultation.closed"};
  for (std::size_t i = 0; i < events.size(); ++i) events[i].type = kTypes[i * 7 % 3];
  EXPECT_LE(bytes_per_event(events), 22.0);
}

TEST(Size, ABatchOfOneEvent) {
  std::vector<Event> one = four_small_fields(1, 10);
  PrivateKey key = samples::key(7);
  BatchHeader header = steady_header(key);
  header.events_hash = {};  // the same as in the batch before
  std::size_t steady = stored_bytes(header, one);
  RecordProperty("steady", std::to_string(steady));
  EXPECT_LE(steady, 330u);
  header.events_hash = samples::hash_of("events.yaml");
  std::size_t with_events_hash = stored_bytes(header, one);
  RecordProperty("with_events_hash", std::to_string(with_events_hash));
  EXPECT_LE(with_events_hash, 364u);
  header.checkpoint_size = 1'000'000;
  header.checkpoint_root = samples::hash_of("root");
  std::size_t with_all = stored_bytes(header, one);
  RecordProperty("with_all", std::to_string(with_all));
  EXPECT_LE(with_all, 402u);
}

TEST(Size, AHeaderIsAboutTwoHundredBytes) {
  BatchHeader header = steady_header(samples::key(7));
  header.checkpoint_size = 1'000'000;
  header.checkpoint_root = samples::hash_of("root");
  header.content_hash = samples::hash_of("content");
  header.content_size = 20'000;
  header.count = 1000;
  EXPECT_LE(encode_header(header).size(), 215u);
}

}  // namespace
}  // namespace plumbline
