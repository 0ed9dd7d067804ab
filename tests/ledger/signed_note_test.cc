// SPDX-License-Identifier: Apache-2.0
#include "ledger/signed_note.h"

#include <gmock/gmock.h>

#include "ledger/checkpoint.h"
#include "tests/support/wire/samples.h"

namespace plumbline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kDash = "\xe2\x80\x94 ";

// The example of c2sp.org/signed-note, section "Verifier keys".
constexpr std::string_view kExampleKey =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const std::string kExampleNote =
    "This is an example message.\n"
    "\n" +
    std::string(kDash) +
    "example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
    "\n";

// The example of c2sp.org/tlog-checkpoint and tlog-cosignature: an Ed25519 signature of the log and
// a cosignature of a witness.
constexpr std::string_view kLogLines =
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
constexpr std::string_view kLogSignature =
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=";
constexpr std::string_view kWitnessLine =
    "witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/"
    "zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==";
constexpr std::string_view kGoSumKey =
    "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";

VerifierKey known(std::uint8_t seed, std::string name = "log.example/a") {
  return {std::move(name), samples::key(seed).public_key()};
}

std::string line(const std::string& text) {
  return std::string(kDash) + text + "\n";
}

std::string note_of(const std::string& text = "hello\n") {
  return sign_note(text, "log.example/a", samples::key(2));
}

Result<OpenedNote> open_with(std::string_view note, std::vector<VerifierKey> keys) {
  return open_note(note, keys);
}

TEST(SignedNote, TheExampleOfTheSpecification) {
  VerifierKey key = parse_verifier_key(kExampleKey).value();
  EXPECT_EQ(key.name, "example.com/foo");
  EXPECT_EQ(verifier_key_text(key), kExampleKey);
  auto opened = open_with(kExampleNote, {key});
  ASSERT_TRUE(opened.ok()) << opened.error().text();
  EXPECT_EQ(opened->text, "This is an example message.\n");
  EXPECT_THAT(opened->signers, ElementsAre("example.com/foo"));
}

TEST(SignedNote, EveryFlippedBitOfTheExampleIsNoticed) {
  VerifierKey key = parse_verifier_key(kExampleKey).value();
  for (std::size_t bit = 0; bit < kExampleNote.size() * 8; ++bit) {
    std::string flipped = kExampleNote;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
    EXPECT_FALSE(open_with(flipped, {key}).ok()) << bit;
  }
}

// The specification took its checkpoint from the Go checksum database, whose origin line is not its
// key's name, and wrote another origin over it: with the true one the published key verifies it.
TEST(SignedNote, ACheckpointOfTheGoChecksumDatabase) {
  VerifierKey key = parse_verifier_key(kGoSumKey).value();
  std::string body = "go.sum database tree\n" + std::string(kLogLines);
  std::string note = body + "\n" + line("sum.golang.org " + std::string(kLogSignature)) +
                     line(std::string(kWitnessLine));
  auto opened = open_with(note, {key});
  ASSERT_TRUE(opened.ok()) << opened.error().text();
  EXPECT_EQ(opened->text, body);
  EXPECT_THAT(opened->signers, ElementsAre("sum.golang.org"));
  // As printed in the specification its form is right, and nobody known signed it.
  std::string printed = "example.com/behind-the-sofa\n" + std::string(kLogLines) + "\n" +
                        line("example.com/behind-the-sofa " + std::string(kLogSignature)) +
                        line(std::string(kWitnessLine));
  EXPECT_EQ(open_with(printed, {key}).error().code(), Code::kUnauthenticated);
}

TEST(SignedNote, TheTextMayHoldEmptyLines) {
  std::string text = "Ognuno sta solo\ntrafitto da un raggio di sole:\n\ned \xc3\xa8 sera.\n";
  EXPECT_EQ(open_with(note_of(text), {known(2)})->text, text);
}

TEST(SignedNote, SeveralKnownKeys) {
  std::string other = sign_note("hello\n", "log.example/b", samples::key(3));
  std::string note = note_of() + other.substr(other.find(kDash));
  EXPECT_THAT(open_with(note, {known(3, "log.example/b"), known(2)})->signers,
              ElementsAre("log.example/a", "log.example/b"));
  EXPECT_THAT(open_with(note, {known(3, "log.example/b")})->signers, ElementsAre("log.example/b"));
  // One of them does not hold: the whole note is refused.
  std::string spoiled = note;
  spoiled.replace(0, 5, "hallo");
  EXPECT_EQ(open_with(spoiled, {known(2)}).error().code(), Code::kUnauthenticated);
  std::string foreign = sign_note("other\n", "log.example/b", samples::key(3));
  std::string half = note_of() + foreign.substr(foreign.find(kDash));
  EXPECT_TRUE(open_with(half, {known(2)}).ok());
  EXPECT_EQ(open_with(half, {known(2), known(3, "log.example/b")}).error().code(),
            Code::kUnauthenticated);
}

TEST(SignedNote, UnknownKeysArePassedOverWhateverTheyShare) {
  // The name of a known key with another id, and its id under another name.
  Bytes id = key_id(known(2));
  std::string same_name = line("log.example/a " + to_base64(Bytes(4, 'x') + Bytes(64, 's')));
  std::string same_id = line("log.example/z " + to_base64(id + Bytes(64, 's')));
  std::string short_one = line("log.example/y " + to_base64(Bytes(5, 'y')));
  EXPECT_TRUE(open_with(note_of() + same_name + same_id + short_one, {known(2)}).ok());
  // Both: it is the known key, and must hold, whatever its length.
  for (std::size_t size : {1, 63, 64, 65}) {
    std::string both = line("log.example/a " + to_base64(id + Bytes(size, 's')));
    EXPECT_EQ(open_with(note_of() + both, {known(2)}).error().code(), Code::kUnauthenticated);
    EXPECT_EQ(open_with("hello\n\n" + both, {known(2)}).error().code(), Code::kUnauthenticated);
  }
}

TEST(SignedNote, NobodyKnownSigned) {
  auto opened = open_with(note_of(), {known(3), known(4, "w")});
  EXPECT_EQ(opened.error().code(), Code::kUnauthenticated);
  EXPECT_THAT(opened.error().sentence(), HasSubstr("log.example/a+"));
  EXPECT_THAT(opened.error().sentence(), HasSubstr(" or w+"));
  EXPECT_EQ(open_with(note_of(), {}).error().code(), Code::kUnauthenticated);
}

// 16 signatures of the longest kind in use must be read; a note without end must not.
TEST(SignedNote, SixteenLongSignaturesAreReadAndNoteSizesAreBounded) {
  std::string note = note_of();
  for (int i = 0; i < 15; ++i) {
    note += line("pq.example/" + std::to_string(i) + " " + to_base64(Bytes(5000, 'q')));
  }
  EXPECT_TRUE(open_with(note, {known(2)}).ok());
  while (note.size() <= kMaxNoteBytes) {
    note += line("pq.example/more " + to_base64(Bytes(5000, 'q')));
  }
  EXPECT_THAT(open_with(note, {known(2)}).error().sentence(), HasSubstr("at most 131072"));
}

TEST(SignedNote, NamesAfterTheSpecification) {
  for (std::string_view good :
       {"a", "example.com/abc123", "\xe5\x87\x86\xe7\xbb\xb3", "x=y!", "\x7f"}) {
    EXPECT_TRUE(check_key_name(good).ok()) << good;
    std::string note = sign_note("hello\n", good, samples::key(2));
    EXPECT_TRUE(open_with(note, {known(2, std::string(good))}).ok()) << good;
  }
  for (std::string_view bad :
       {"", "a b", "a+b", "a\nb", "a\tb", "\x1f", "\xff", "a\xc2\x85", "\xc2\xa0x", "\xe1\x9a\x80",
        "\xe2\x80\x80", "\xe2\x80\x8a", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf",
        "\xe2\x81\x9f", "x\xe3\x80\x80y"}) {
    EXPECT_EQ(check_key_name(bad).error().code(), Code::kInvalid) << bad;
    // A signature line of such a name has not its form, whoever signed beside it.
    std::string beside = note_of() + line(std::string(bad) + " " + to_base64(Bytes(68, 's')));
    EXPECT_EQ(open_with(beside, {known(2)}).error().code(), Code::kInvalid) << bad;
  }
}

TEST(SignedNote, LinesThatAreNoSignaturesAreRefused) {
  const std::string good = to_base64(Bytes(68, 's'));
  for (const std::string& bad :
       {std::string("- name ") + good + "\n", std::string("\xe2\x80\x94name ") + good + "\n",
        line("name"), line("name "), line("name  " + good), line("name " + good + " "),
        line("name " + good + " " + good), line("name AAAAAA=="), line("name AAAAAA"),
        line("name " + good.substr(0, 91)), line("name !!!!!!!!"), std::string("\n"),
        std::string("text\n"), std::string("\r\n")}) {
    EXPECT_EQ(open_with(note_of() + bad, {known(2)}).error().code(), Code::kInvalid) << bad;
  }
  std::string cut = note_of();
  cut.pop_back();
  EXPECT_EQ(open_with(cut, {known(2)}).error().code(), Code::kInvalid);
  EXPECT_EQ(open_with("hello\n\n", {known(2)}).error().code(), Code::kInvalid);
  EXPECT_EQ(open_with("hello\n", {known(2)}).error().code(), Code::kInvalid);
  EXPECT_EQ(open_with("", {known(2)}).error().code(), Code::kInvalid);
}

TEST(VerifierKey, RoundTrips) {
  VerifierKey key = known(5, "witness.example/w1");
  EXPECT_EQ(parse_verifier_key(verifier_key_text(key)).value(), key);
  EXPECT_EQ(parse_verifier_key(kGoSumKey)->name, "sum.golang.org");
  EXPECT_EQ(verifier_key_text(parse_verifier_key(kGoSumKey).value()), kGoSumKey);
}

TEST(VerifierKey, WhatIsNoneIsRefused) {
  const std::string good(kExampleKey);
  auto code = [](const std::string& text) { return parse_verifier_key(text).error().code(); };
  EXPECT_EQ(code(""), Code::kInvalid);
  EXPECT_EQ(code("example.com/foo"), Code::kInvalid);
  EXPECT_EQ(code("example.com/foo+530d903a"), Code::kInvalid);
  EXPECT_EQ(code("+530d903a" + good.substr(good.rfind("+Ae"))), Code::kInvalid);
  EXPECT_EQ(code("example.com/foo+530d903b" + good.substr(good.rfind("+Ae"))), Code::kInvalid);
  EXPECT_EQ(code("example.com/fog" + good.substr(15)), Code::kInvalid);
  EXPECT_EQ(code("example.com foo" + good.substr(15)), Code::kInvalid);
  EXPECT_EQ(code("example.com/foo+530d90" + good.substr(good.rfind("+Ae"))), Code::kInvalid);
  EXPECT_EQ(code("example.com/foo+530d903x" + good.substr(good.rfind("+Ae"))), Code::kInvalid);
  EXPECT_EQ(code(good + "="), Code::kInvalid);
  EXPECT_EQ(code(good + "\n"), Code::kInvalid);
  EXPECT_EQ(code("example.com/foo+530d903a+"), Code::kInvalid);
  EXPECT_EQ(code("example.com/foo+530d903a+" + to_base64("\x01short")), Code::kInvalid);
  // A witness's cosignature key.
  EXPECT_EQ(code("example.com/foo+530d903a+" + to_base64(Bytes(1, '\4') + Bytes(32, 'k'))),
            Code::kUnsupported);
}

TEST(VerifierKey, EveryFlippedBitIsNoticed) {
  for (std::size_t bit = 0; bit < kExampleKey.size() * 8; ++bit) {
    std::string flipped(kExampleKey);
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
    // Also where only the case of a hexadecimal digit is another: a key has one spelling.
    EXPECT_FALSE(parse_verifier_key(flipped).ok()) << bit;
  }
}

}  // namespace
}  // namespace plumbline
