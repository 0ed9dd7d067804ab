// SPDX-License-Identifier: Apache-2.0
// A signed note that claims to be a checkpoint, or the text of a verifier key. Only what the key
// has signed is a checkpoint.
#include "ledger/checkpoint.h"
#include "ledger/signed_note.h"
#include "tests/fuzz/fuzz.h"

namespace plumbline {

void fuzz(BytesView input) {
  static const PrivateKey kKey = PrivateKey::from_seed(Bytes(32, 'c')).value();
  static const std::string kOrigin = checkpoint_origin("00112233445566778899aabbccddeeff");
  if (auto key = parse_verifier_key(input); key.ok()) {
    CHECK(parse_verifier_key(verifier_key_text(*key)).value() == *key, "a verifier key reads back");
  }
  CHECK(!open_any_checkpoint(input, kKey.public_key()).ok() || input.starts_with("plumbline/"),
        "a checkpoint of any ledger says which");
  auto opened = open_checkpoint(input, kOrigin, kKey.public_key());
  if (!opened.ok()) return;
  CHECK(opened->origin == kOrigin, "a checkpoint that verifies is of the origin asked for");
  std::string body = sign_checkpoint(*opened, kKey);
  body.resize(body.find("\n\n") + 1);
  CHECK(input.starts_with(body), "the note's body says what was read from it");
}

}  // namespace plumbline
