// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_WIRE_EXAMPLE_H_
#define PLUMBLINE_TESTS_SUPPORT_WIRE_EXAMPLE_H_

#include "tests/support/wire/samples.h"

// The worked example of docs/formats/wire.md and ledger.md.
namespace plumbline::samples {

inline std::vector<Event> example_events() {
  Event opened;
  opened.type = "request.opened";
  opened.subject = "101001234567";
  opened.time = at("2026-01-05T09:00:00Z");
  opened.fields = {number_field("due", Kind::kInstant, at("2026-01-07T09:00:00Z").ms),
                   text_field("source", Kind::kEnum, "phone")};
  Event second = opened;
  second.subject = "101001234568";
  second.time = at("2026-01-05T09:04:00Z");
  second.fields = {number_field("fee", Kind::kDecimal, 12'500'000),
                   text_field("source", Kind::kEnum, "online")};
  Event closed;
  closed.type = "request.closed";
  closed.subject = "101001234567";
  closed.time = at("2026-01-05T09:10:30Z");
  return {opened, second, closed};
}

inline SealedBatch example_batch() {
  PrivateKey agent = key(7);
  BatchHeader h = header(agent, outlet("isd"));
  h.wall = at("2026-01-05T09:11:00Z");
  return seal_batch(h, example_events(), agent).value();
}

}  // namespace plumbline::samples

#endif  // PLUMBLINE_TESTS_SUPPORT_WIRE_EXAMPLE_H_
