// SPDX-License-Identifier: Apache-2.0
#include "model/ids.h"

#include <gtest/gtest.h>

#include "tests/support/wire/samples.h"

namespace plumbline {
namespace {

TEST(OutletId, AcceptsItsForm) {
  for (const char* good : {"a", "0", "isd", "boston-isd", "a.b_c-d", "9z"}) {
    EXPECT_EQ(OutletId::parse(good)->text(), good);
  }
  EXPECT_TRUE(OutletId::parse(std::string(64, 'a')).ok());
}

TEST(OutletId, RefusesEverythingElse) {
  for (const char* bad : {"", "-a", ".a", "_a", "A", "a b", "a/b", "网点", "a\n", "aB"}) {
    EXPECT_EQ(OutletId::parse(bad).error().code(), Code::kInvalid) << bad;
  }
  EXPECT_FALSE(OutletId::parse(std::string(65, 'a')).ok());
  EXPECT_FALSE(OutletId::parse(std::string_view("a\0b", 3)).ok());
}

TEST(StreamId, FollowsFromKeyAndOutlet) {
  PublicKey key = samples::key(7).public_key();
  OutletId outlet = samples::outlet("isd");
  Bytes hashed = Bytes("plumbline/stream/v1\0", 20) + Bytes(key.view()) + "isd";
  EXPECT_EQ(stream_id(key, outlet).view(), sha256(hashed).view().substr(0, 16));
  EXPECT_NE(stream_id(key, outlet), stream_id(key, samples::outlet("pwd")));
  EXPECT_NE(stream_id(key, outlet), stream_id(samples::key(8).public_key(), outlet));
}

TEST(SourceKind, NamesRoundTrip) {
  for (SourceKind kind :
       {SourceKind::kAgent, SourceKind::kRatingPage, SourceKind::kInspector, SourceKind::kFeed}) {
    EXPECT_EQ(parse_source_kind(source_kind_name(kind)).value(), kind);
  }
  EXPECT_FALSE(parse_source_kind("Agent").ok());
}

// The numbers of kinds are in every batch that was ever sealed.
TEST(Kind, NumbersAndNamesNeverChange) {
  const std::pair<Kind, const char*> kKinds[] = {
      {Kind(1), "string"},  {Kind(2), "code"},    {Kind(3), "enum"},
      {Kind(4), "integer"}, {Kind(5), "decimal"}, {Kind(6), "bool"},
      {Kind(7), "instant"}, {Kind(8), "count"},   {Kind(9), "reference"}};
  for (const auto& [kind, name] : kKinds) {
    EXPECT_EQ(kind_name(kind), name);
    EXPECT_EQ(parse_kind(name).value(), kind);
    int number = static_cast<int>(kind);
    EXPECT_EQ(is_text_kind(kind), number <= 3 || number == 9) << name;
  }
  EXPECT_EQ(parse_kind("float").error().code(), Code::kInvalid);
}

}  // namespace
}  // namespace plumbline
