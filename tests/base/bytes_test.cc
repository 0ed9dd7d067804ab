// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.h"

#include <gtest/gtest.h>

#include <random>

namespace plumbline {
namespace {

TEST(Bytes, AppendsBigEndianAndReadsItBack) {
  Bytes out;
  append_u8(out, 0x01);
  append_u16(out, 0x0203);
  append_u32(out, 0x04050607);
  append_u64(out, 0x08090a0b0c0d0e0f);
  out += "tail";
  EXPECT_EQ(to_hex(out), "0102030405060708090a0b0c0d0e0f7461696c");
  ByteReader reader(out);
  EXPECT_EQ(reader.u8("a").value(), 0x01);
  EXPECT_EQ(reader.u16("b").value(), 0x0203);
  EXPECT_EQ(reader.u32("c").value(), 0x04050607u);
  EXPECT_EQ(reader.u64("d").value(), 0x08090a0b0c0d0e0fu);
  EXPECT_EQ(reader.take(3, "e").value(), "tai");
  EXPECT_EQ(reader.rest(), "l");
  EXPECT_FALSE(reader.empty());
}

TEST(ByteReader, AReadPastTheEndNamesWhatAndTakesNothing) {
  ByteReader reader("\x01\x02\x03");
  auto wide = reader.u32("the sequence");
  ASSERT_FALSE(wide.ok());
  EXPECT_EQ(wide.error().code(), Code::kInvalid);
  EXPECT_NE(wide.error().sentence().find("the sequence"), std::string::npos);
  EXPECT_FALSE(reader.u64("x").ok());
  EXPECT_FALSE(reader.take(4, "x").ok());
  EXPECT_FALSE(reader.take(static_cast<std::size_t>(-1), "x").ok());
  EXPECT_EQ(reader.rest().size(), 3u);
  EXPECT_EQ(reader.u16("x").value(), 0x0102);
  EXPECT_FALSE(reader.u16("x").ok());
  EXPECT_EQ(reader.u8("x").value(), 3);
  EXPECT_TRUE(reader.empty());
  EXPECT_FALSE(reader.u8("x").ok());
  EXPECT_EQ(reader.take(0, "x").value(), "");
}

TEST(Hex, GoesBothWays) {
  EXPECT_EQ(to_hex(std::string("\x00\xff\x10", 3)), "00ff10");
  EXPECT_EQ(from_hex("00fF10").value(), std::string("\x00\xff\x10", 3));
  EXPECT_EQ(from_hex("").value(), "");
  for (const char* text : {"0", "0g", "g0", "00 ", "0x00", "é"}) {
    EXPECT_FALSE(from_hex(text).ok()) << text;
  }
}

TEST(Base64, HasTheVectorsOfRfc4648) {
  const std::pair<const char*, const char*> kVectors[] = {{"", ""},
                                                          {"f", "Zg=="},
                                                          {"fo", "Zm8="},
                                                          {"foo", "Zm9v"},
                                                          {"foob", "Zm9vYg=="},
                                                          {"fooba", "Zm9vYmE="},
                                                          {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : kVectors) {
    EXPECT_EQ(to_base64(plain), coded);
    EXPECT_EQ(from_base64(coded).value(), plain);
  }
  EXPECT_EQ(to_base64("\xfb\xff"), "+/8=");
}

TEST(Base64, RefusesWhatEncodingWouldNotHaveMade) {
  for (const char* text : {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==",
                           "Zm 9v", "Zm9v\n", "Zm9-", "Zm=v", "=Zg="}) {
    EXPECT_FALSE(from_base64(text).ok()) << text;
  }
}

TEST(Base64, EveryLengthComesBack) {
  std::mt19937 random(7);
  for (std::size_t size = 0; size < 200; ++size) {
    Bytes bytes;
    for (std::size_t i = 0; i < size; ++i) bytes.push_back(static_cast<char>(random()));
    EXPECT_EQ(from_base64(to_base64(bytes)).value(), bytes);
    EXPECT_EQ(from_hex(to_hex(bytes)).value(), bytes);
  }
}

TEST(FixedBytes, TakesExactlyItsSize) {
  EXPECT_TRUE(Hash().is_zero());
  auto hash = Hash::from(std::string(31, 'a') + "b", "a hash");
  ASSERT_TRUE(hash.ok());
  EXPECT_FALSE(hash->is_zero());
  EXPECT_EQ(hash->view(), std::string(31, 'a') + "b");
  EXPECT_EQ(hash->hex().substr(60), "6162");
  EXPECT_LT(Hash(), *hash);
  auto wrong = Hash::from("abc", "a hash");
  EXPECT_EQ(wrong.error().sentence(), "a hash has 3 bytes, must have 32");
}

}  // namespace
}  // namespace plumbline
