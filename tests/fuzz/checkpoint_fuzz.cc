// SPDX-License-Identifier: Apache-2.0
// A signed note that claims to be a checkpoint. Only what the key has signed is one.
#include "ledger/checkpoint.h"

#include "tests/fuzz/fuzz.h"

namespace plumbline {

void fuzz(BytesView input) {
  static const PrivateKey kKey = PrivateKey::from_seed(Bytes(32, 'c')).value();
  static const std::string kOrigin = checkpoint_origin("00112233445566778899aabbccddeeff");
  auto opened = open_checkpoint(input, kOrigin, kKey.public_key());
  if (!opened.ok()) return;
  CHECK(opened->origin == kOrigin, "a checkpoint that verifies is of the origin asked for");
  std::string body = sign_checkpoint(*opened, kKey);
  body.resize(body.find("\n\n") + 1);
  CHECK(input.starts_with(body), "the note's body says what was read from it");
}

}  // namespace plumbline
