// SPDX-License-Identifier: Apache-2.0
// The columns of a batch: the first two bytes are the header's count. What is read has as many
// events as the header says, and the same events come back from what is written.
#include "base/limits.h"
#include "model/wire/batch.h"
#include "tests/fuzz/fuzz.h"

namespace plumbline {

void fuzz(BytesView input) {
  std::uint32_t count = take_byte(input) * 256u;
  count = (count + take_byte(input)) % (limits::kMaxBatchEvents + 1);
  auto content = decode_content(input, count);
  if (!content.ok()) return;
  std::vector<Event> events = events_of(*content);
  CHECK(events.size() == count, "a content holds as many events as its header says");
  auto written = encode_content(events);
  if (!written.ok()) return;  // events that only a hostile agent writes
  auto again = decode_content(*written, count);
  CHECK(again.ok(), "what was written can be read");
  CHECK(events_of(*again) == events, "and holds the same events");
}

}  // namespace plumbline
