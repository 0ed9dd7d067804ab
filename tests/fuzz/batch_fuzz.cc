// SPDX-License-Identifier: Apache-2.0
// A sealed batch as it arrives: what can be read is written as the very same bytes, for they are
// what was signed and what is stored.
#include "model/wire/batch.h"

#include "tests/fuzz/fuzz.h"

namespace plumbline {

void fuzz(BytesView input) {
  auto batch = decode_sealed(input);
  if (batch.ok()) {
    CHECK(encode_sealed(*batch) == input, "a sealed batch keeps its bytes");
    static const PrivateKey kKey = PrivateKey::from_seed(Bytes(32, 'k')).value();
    (void)verify_batch(*batch, kKey.public_key());
  }
  auto header = decode_header(input);
  if (header.ok()) {
    auto again = decode_header(encode_header(*header));
    CHECK(again.ok() && *again == *header, "a header that was read can be written and read");
  }
}

}  // namespace plumbline
