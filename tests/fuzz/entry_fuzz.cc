// SPDX-License-Identifier: Apache-2.0
// An entry of the ledger and the office record in it: what is read is written as the same bytes,
// and a record that has its form keeps it.
#include "ledger/entry.h"
#include "model/office_record.h"
#include "tests/fuzz/fuzz.h"

namespace plumbline {

void fuzz(BytesView input) {
  auto entry = decode_entry(input);
  if (entry.ok()) {
    CHECK(encode_entry(*entry) == input, "an entry keeps its bytes");
    auto signed_record = decode_record(entry->payload);
    if (signed_record.ok()) {
      CHECK(signed_record->json.text() == signed_record->json_bytes, "a record is canonical");
    }
  }
  auto json = Json::parse(input);
  if (!json.ok()) return;
  auto record = office_record_from_json(*json);
  if (!record.ok()) return;
  CHECK(to_json(*record) == *json, "a record says all that its JSON says, and nothing else");
}

}  // namespace plumbline
