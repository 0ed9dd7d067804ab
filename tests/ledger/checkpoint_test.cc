// SPDX-License-Identifier: Apache-2.0
#include "ledger/checkpoint.h"

#include <gmock/gmock.h>

#include <random>

#include "tests/support/wire/samples.h"

namespace plumbline {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kDash = "\xe2\x80\x94 ";

Checkpoint checkpoint() {
  return {checkpoint_origin("00112233445566778899aabbccddeeff"), LedgerSize(20852163),
          samples::hash_of("root")};
}

std::string signature_line(std::string_view name, const PrivateKey& key, std::string_view body) {
  Bytes typed = Bytes(1, '\1') + Bytes(key.public_key().view());
  Bytes id(sha256({name, "\n", typed}).view().substr(0, 4));
  return std::string(kDash) + std::string(name) + " " +
         to_base64(id + Bytes(key.sign(body).view())) + "\n";
}

// A note of our key over any text.
std::string note(const std::string& body) {
  return body + "\n" + signature_line(checkpoint().origin, samples::key(2), body);
}

Result<Checkpoint> open(std::string_view text) {
  return open_checkpoint(text, checkpoint().origin, samples::key(2).public_key());
}

TEST(Checkpoint, RoundTrips) {
  std::string text = sign_checkpoint(checkpoint(), samples::key(2));
  EXPECT_EQ(open(text).value(), checkpoint());
  EXPECT_THAT(text, StartsWith("plumbline/00112233445566778899aabbccddeeff\n20852163\n" +
                               to_base64(checkpoint().root.view()) + "\n\n" + std::string(kDash) +
                               "plumbline/00112233445566778899aabbccddeeff "));
}

// The key of RFC 8032 section 7.1, test 1. The key id was computed with a shell:
// printf 'plumbline/demo\n\001<key>' | sha256sum.
TEST(Checkpoint, AgreesWithTheSpecification) {
  PrivateKey key =
      PrivateKey::from_seed(
          from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").value())
          .value();
  EXPECT_EQ(key.public_key().hex(),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  EXPECT_EQ(verifier_key_text("plumbline/demo", key.public_key()),
            "plumbline/demo+35cfdaf5+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea");
}

// Published by the Go module checksum database: its verifier key (golang.org/x/mod) has key id
// 033de0ae, and the id of a verifier key follows from its name and key.
TEST(Checkpoint, TheKeyIdOfAPublishedKey) {
  Bytes typed = from_base64("Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8").value();
  ASSERT_EQ(typed[0], 1);
  PublicKey key = PublicKey::from(BytesView(typed).substr(1), "the key").value();
  EXPECT_EQ(verifier_key_text("sum.golang.org", key),
            "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8");
}

// The example of Go's package golang.org/x/mod/sumdb/note: its signature holds here too, and then
// the text is told to be no checkpoint.
TEST(Checkpoint, ASignedNoteOfAnotherProgram) {
  Bytes typed = from_base64("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").value();
  PublicKey key = PublicKey::from(BytesView(typed).substr(1), "the key").value();
  EXPECT_THAT(verifier_key_text("PeterNeumann", key), StartsWith("PeterNeumann+c74f20a3+ARpc"));
  std::string text =
      "If you think cryptography is the answer to your problem,\n"
      "then you don't know what your problem is.\n"
      "\n" +
      std::string(kDash) +
      "PeterNeumann "
      "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6K"
      "E6RyyBwJnAM=\n";
  Result<Checkpoint> opened = open_checkpoint(text, "PeterNeumann", key);
  EXPECT_EQ(opened.error().code(), Code::kInvalid);
  EXPECT_THAT(opened.error().sentence(), HasSubstr("three lines"));
  text[3] = 'Y';
  EXPECT_EQ(open_checkpoint(text, "PeterNeumann", key).error().code(), Code::kUnauthenticated);
}

TEST(Checkpoint, OtherSignaturesArePassedOver) {
  std::string text = sign_checkpoint(checkpoint(), samples::key(2));
  std::string body = text.substr(0, text.find("\n\n") + 1);
  std::string witness = signature_line("witness.example/w1", samples::key(9), body);
  EXPECT_TRUE(open(text + witness).ok());
  std::string before = body + "\n" + witness + text.substr(body.size() + 1);
  EXPECT_TRUE(open(before).ok());
  std::string long_signature = std::string(kDash) + "pq.example " + to_base64(Bytes(5000, 'x'));
  EXPECT_TRUE(open(text + long_signature + "\n").ok());
  // The same name with another key: its key id differs.
  EXPECT_TRUE(open(text + signature_line(checkpoint().origin, samples::key(9), body)).ok());
}

TEST(Checkpoint, WithoutOurSignatureItIsNotAccepted) {
  std::string text = sign_checkpoint(checkpoint(), samples::key(9));
  EXPECT_EQ(open(text).error().code(), Code::kUnauthenticated);
  EXPECT_THAT(open(text).error().sentence(), HasSubstr("has no signature by plumbline/0011"));
}

// A signature that names our key and does not hold spoils the note, whatever else it carries.
TEST(Checkpoint, AWrongSignatureByOurKeySpoilsTheNote) {
  std::string text = sign_checkpoint(checkpoint(), samples::key(2));
  std::string body = text.substr(0, text.find("\n\n") + 1);
  std::string wrong = signature_line(checkpoint().origin, samples::key(2), body + "x");
  EXPECT_EQ(open(text + wrong).error().code(), Code::kUnauthenticated);
  EXPECT_THAT(open(text + wrong).error().sentence(), HasSubstr("does not hold"));
}

TEST(Checkpoint, ExtensionLinesAreAllowed) {
  EXPECT_EQ(open(note(checkpoint().origin + "\n0\n" + to_base64(checkpoint().root.view()) +
                      "\nextension\n"))
                ->size,
            LedgerSize(0));
}

// Whoever holds a checkpoint of a ledger of this server can show it, whatever the ledger is called.
TEST(Checkpoint, OfAnyLedgerOfTheKey) {
  std::string text = sign_checkpoint(checkpoint(), samples::key(2));
  PublicKey key = samples::key(2).public_key();
  EXPECT_EQ(open_any_checkpoint(text, key).value(), checkpoint());
  EXPECT_EQ(open_any_checkpoint(text, samples::key(3).public_key()).error().code(),
            Code::kUnauthenticated);
  // Signed by the key, but under another name than the origin.
  std::string body = text.substr(0, text.find("\n\n") + 1);
  EXPECT_EQ(open_any_checkpoint(body + "\n" + signature_line("other", samples::key(2), body), key)
                .error()
                .code(),
            Code::kUnauthenticated);
  for (const char* origin : {"plumbline/0011", "plumbline/", "plumbline", "x", "sum.golang.org",
                             "plumbline/0011223344556677889900aabbccddgg"}) {
    Checkpoint other = checkpoint();
    other.origin = origin;
    EXPECT_EQ(open_any_checkpoint(sign_checkpoint(other, samples::key(2)), key).error().code(),
              Code::kInvalid)
        << origin;
  }
  EXPECT_FALSE(open_any_checkpoint("", key).ok());
}

TEST(Checkpoint, SignedTextThatIsNoCheckpointIsRefused) {
  const std::string origin = checkpoint().origin;
  const std::string root = to_base64(checkpoint().root.view());
  for (const std::string& body :
       {"other\n1\n" + root + "\n", origin + "\n1\n", origin + "\n",
        origin + "\n01\n" + root + "\n", origin + "\n-1\n" + root + "\n",
        origin + "\n+1\n" + root + "\n", origin + "\n\n" + root + "\n",
        origin + "\n1 \n" + root + "\n", origin + "\n18446744073709551616\n" + root + "\n",
        origin + "\n1\n" + root + "=\n", origin + "\n1\nAAAA\n",
        origin + "\n1\n" + root + "\n\nmore\n"}) {
    Result<Checkpoint> opened = open(note(body));
    ASSERT_FALSE(opened.ok()) << body;
    EXPECT_EQ(opened.error().code(), Code::kInvalid) << body;
  }
}

TEST(Checkpoint, NotesWithoutTheirFormAreRefused) {
  std::string text = sign_checkpoint(checkpoint(), samples::key(2));
  std::string no_dash = text;
  no_dash.replace(no_dash.find(kDash), kDash.size(), "- ");
  for (const std::string& bad :
       {std::string(), std::string("\n\n"), no_dash, text + "trailing", text + "\n", text + "\r\n",
        text.substr(0, text.size() - 1), text.substr(0, text.find("\n\n") + 2),
        text + std::string(kDash) + "name\n", text + std::string(kDash) + "name AAAA\n",
        text + std::string(kDash) + "name !!!!\n", text + std::string(kDash) + " AAAAAAAA\n",
        text + "\xff\n", std::string(1 << 20, 'a')}) {
    EXPECT_FALSE(open(bad).ok()) << bad.substr(0, 300);
  }
}

TEST(Checkpoint, EveryPrefixIsRefused) {
  std::string text = sign_checkpoint(checkpoint(), samples::key(2));
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(open(text.substr(0, size)).ok()) << size;
  }
}

TEST(Checkpoint, EveryFlippedBitIsNoticed) {
  const std::string text = sign_checkpoint(checkpoint(), samples::key(2));
  for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
    std::string flipped = text;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
    EXPECT_FALSE(open(flipped).ok()) << bit;
  }
}

}  // namespace
}  // namespace plumbline
