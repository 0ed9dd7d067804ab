// SPDX-License-Identifier: Apache-2.0
#include "base/crypto.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/file.h"

namespace plumbline {
namespace {

Bytes hex(std::string_view text) {
  return from_hex(text).value();
}

TEST(Sha256, HasTheVectorsOfFips180) {
  EXPECT_EQ(sha256("").hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc").hex(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").hex(),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256(std::string(1'000'000, 'a')).hex(),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, OfPartsIsThatOfTheirConcatenation) {
  EXPECT_EQ(sha256({"a", "", "bc"}), sha256("abc"));
  EXPECT_EQ(sha256({}), sha256(""));
}

struct Vector {
  const char* seed;
  const char* key;
  const char* message;
  const char* signature;
};

// RFC 8032 section 7.1, tests 1 to 3.
constexpr Vector kVectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc"
     "6594a7c15e9716ed28dc027beceea1ec40a"},
};

TEST(Ed25519, HasTheVectorsOfRfc8032) {
  for (const Vector& vector : kVectors) {
    auto key = PrivateKey::from_seed(hex(vector.seed));
    ASSERT_TRUE(key.ok());
    EXPECT_EQ(key->public_key().hex(), vector.key);
    EXPECT_EQ(key->sign(hex(vector.message)).hex(), vector.signature);
    EXPECT_TRUE(verify_signature(key->public_key(), hex(vector.message),
                                 Signature::from(hex(vector.signature), "signature").value()));
  }
}

TEST(Ed25519, AnyFlippedBitIsSeen) {
  PrivateKey key = PrivateKey::from_seed(hex(kVectors[1].seed)).value();
  std::string message = "a batch";
  Signature signature = key.sign(message);
  EXPECT_TRUE(verify_signature(key.public_key(), message, signature));
  for (std::size_t bit = 0; bit < 8 * signature.size; ++bit) {
    Signature flipped = signature;
    flipped.data[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    EXPECT_FALSE(verify_signature(key.public_key(), message, flipped)) << bit;
  }
  for (std::size_t bit = 0; bit < 8 * message.size(); ++bit) {
    std::string flipped = message;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(verify_signature(key.public_key(), flipped, signature)) << bit;
  }
  EXPECT_FALSE(verify_signature(PrivateKey::generate().public_key(), message, signature));
  EXPECT_FALSE(verify_signature(PublicKey(), message, signature));
}

// Over the neutral point as key, "R = the neutral point, S = 0" would be the signature of
// everything: who enrols such a key could later deny any batch, or claim one.
TEST(Ed25519, AKeyOfSmallOrderSignsNothing) {
  PublicKey neutral;
  neutral.data[0] = 1;
  Signature signature;
  signature.data[0] = 1;
  EXPECT_FALSE(verify_signature(neutral, "a batch", signature));
  EXPECT_FALSE(verify_signature(neutral, "another batch", signature));
}

TEST(PrivateKey, SeedsHave32Bytes) {
  EXPECT_FALSE(PrivateKey::from_seed("short").ok());
  EXPECT_FALSE(PrivateKey::from_seed(std::string(33, 'x')).ok());
  EXPECT_NE(PrivateKey::generate().seed(), PrivateKey::generate().seed());
  EXPECT_EQ(random_bytes(17).size(), 17u);
  EXPECT_EQ(random_bytes(0), "");
}

class KeyFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "keyXXXXXX";
    folder_ = mkdtemp(pattern.data());
    path_ = folder_ + "/key";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string folder_;
  std::string path_;
};

TEST_F(KeyFile, ComesBackAndIsForItsOwnerOnly) {
  PrivateKey key = PrivateKey::generate();
  ASSERT_TRUE(key.write_file(path_).ok());
  struct stat info {};
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(read_file(path_, 100).value(), to_hex(key.seed()) + "\n");
  auto read = PrivateKey::read_file(path_);
  ASSERT_TRUE(read.ok()) << read.error().text();
  EXPECT_EQ(read->public_key(), key.public_key());
  EXPECT_EQ(key.write_file(path_).error().code(), Code::kExists);
}

TEST_F(KeyFile, IsRefusedWhereItIsOpenBrokenOrAbsent) {
  EXPECT_EQ(PrivateKey::read_file(path_).error().code(), Code::kNotFound);
  ASSERT_TRUE(create_file_durably(path_, "00ff\n", FileMode::kOwnerOnly).ok());
  EXPECT_EQ(PrivateKey::read_file(path_).error().code(), Code::kCorrupt);
  ASSERT_TRUE(replace_file_durably(path_, std::string(64, 'g'), FileMode::kOwnerOnly).ok());
  EXPECT_EQ(PrivateKey::read_file(path_).error().code(), Code::kCorrupt);
  ASSERT_TRUE(replace_file_durably(path_, std::string(64, '0'), FileMode::kReadable).ok());
  EXPECT_EQ(PrivateKey::read_file(path_).error().code(), Code::kDenied);
}

}  // namespace
}  // namespace plumbline
