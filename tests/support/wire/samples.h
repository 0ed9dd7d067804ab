// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_WIRE_SAMPLES_H_
#define PLUMBLINE_TESTS_SUPPORT_WIRE_SAMPLES_H_

#include <string>
#include <vector>

#include "base/crypto.h"
#include "model/wire/batch.h"

// Fixed values that tests of formats are made from: the same bytes in every run.
namespace plumbline::samples {

// The key whose 32 seed bytes all are `byte`.
inline PrivateKey key(std::uint8_t byte) {
  return PrivateKey::from_seed(Bytes(32, static_cast<char>(byte))).value();
}

inline OutletId outlet(std::string_view text) {
  return OutletId::parse(text).value();
}

inline Instant at(std::string_view text) {
  return parse_instant(text).value();
}

inline Hash hash_of(std::string_view text) {
  return sha256(text);
}

inline Field text_field(std::string name, Kind kind, std::string text) {
  return {std::move(name), Value{kind, 0, std::move(text)}};
}

inline Field number_field(std::string name, Kind kind, std::int64_t number) {
  return {std::move(name), Value{kind, number, ""}};
}

// A header that seal_batch accepts: the first batch of `key`'s stream about `outlet`.
inline BatchHeader header(const PrivateKey& key, const OutletId& outlet) {
  BatchHeader h;
  h.stream = stream_id(key.public_key(), outlet);
  h.outlet = outlet;
  h.number = BatchNumber(1);
  h.first = Sequence(1);
  h.events_hash = hash_of("events.yaml");
  h.wall = at("2026-01-05T09:30:00Z");
  h.monotonic_ms = 123'456'789;
  h.boot_id = {1, 2, 3, 4, 5, 6, 7, 8};
  return h;
}

// The header that follows `before` in its stream.
inline BatchHeader header_after(const SealedBatch& before) {
  BatchHeader h = before.header;
  h.number = before.header.number.next();
  h.first = Sequence(before.header.first.value + before.header.count);
  h.previous = batch_hash(before.head.header);
  return h;
}

// An event with a field of every kind.
inline Event every_kind() {
  Event event;
  event.type = "request.opened";
  event.subject = "101001234567";
  event.time = at("2026-01-05T09:12:34.567Z");
  event.fields = {number_field("amount", Kind::kDecimal, -12'500'000),
                  number_field("balance", Kind::kInteger, -42),
                  text_field("county", Kind::kCode, "320106"),
                  number_field("due", Kind::kInstant, at("2026-02-01T00:00:00Z").ms),
                  number_field("items", Kind::kCount, 3),
                  text_field("note", Kind::kString, "知识产权"),
                  text_field("source", Kind::kEnum, "phone"),
                  number_field("urgent", Kind::kBool, 1),
                  text_field("within", Kind::kReference, "101001234500")};
  return event;
}

// Events of three types in turn, with fields that some of them lack: every form of a column.
inline std::vector<Event> mixed(std::size_t count) {
  std::vector<Event> events;
  Instant time = at("2026-01-05T08:00:00Z");
  for (std::size_t i = 0; i < count; ++i) {
    Event event = every_kind();
    event.time = time + Duration{static_cast<std::int64_t>(i) * 61'000};
    event.subject = "S" + std::to_string(1000 + i * 7);
    if (i % 3 == 1) {
      event.type = "request.closed";
      event.fields = {number_field("minutes", Kind::kCount, static_cast<std::int64_t>(i * i)),
                      text_field("outcome", Kind::kEnum, i % 2 == 0 ? "answered" : "referred")};
    } else if (i % 3 == 2) {
      event.type = "training";
      event.fields.clear();
      if (i % 2 == 0) event.fields = {number_field("attended", Kind::kCount, 20)};
    } else {
      event.fields[1].value.number = static_cast<std::int64_t>(i) * -1'000'003;
      if (i % 2 == 0) event.fields.erase(event.fields.begin() + 5);
    }
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace plumbline::samples

#endif  // PLUMBLINE_TESTS_SUPPORT_WIRE_SAMPLES_H_
