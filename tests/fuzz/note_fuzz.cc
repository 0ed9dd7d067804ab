// SPDX-License-Identifier: Apache-2.0
// Signed notes and verifier keys of any bytes, with signatures that hold and that do not. Only a
// known key's signature opens a note, and a key text has one spelling. The first byte chooses: a
// verifier key, a note as it is, or a text and signature lines that are put behind a true one.
#include "ledger/signed_note.h"

#include "tests/fuzz/fuzz.h"

namespace plumbline {
namespace {

void open(std::string_view note, const VerifierKey& known) {
  auto opened = open_note(note, {&known, 1});
  if (!opened.ok()) return;
  CHECK(!opened->signers.empty() && opened->signers[0] == known.name, "a known key has signed");
  CHECK(note.starts_with(opened->text) && opened->text.ends_with('\n'), "the text is the note's");
}

}  // namespace

void fuzz(BytesView input) {
  static const PrivateKey kKey = PrivateKey::from_seed(Bytes(32, 'n')).value();
  static const VerifierKey kKnown{"example.org/log", kKey.public_key()};
  static const std::string kSigned = sign_note("a\n", kKnown.name, kKey);
  switch (take_byte(input) % 3) {
    case 0:
      if (auto key = parse_verifier_key(input); key.ok()) {
        CHECK(verifier_key_text(*key) == input, "a verifier key has one spelling");
      }
      return;
    case 1:
      return open(input, kKnown);
    default:
      open(kSigned + std::string(input), kKnown);
      return open(std::string(input) + kSigned, kKnown);
  }
}

}  // namespace plumbline
