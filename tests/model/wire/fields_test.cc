// SPDX-License-Identifier: Apache-2.0
#include "model/wire/fields.h"

#include <gmock/gmock.h>

#include <limits>

namespace plumbline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Bytes bytes_of(std::initializer_list<int> values) {
  Bytes out;
  for (int value : values) out.push_back(static_cast<char>(value));
  return out;
}

TEST(Zigzag, PutsTheSignIntoTheLowestBit) {
  EXPECT_EQ(zigzag(0), 0u);
  EXPECT_EQ(zigzag(-1), 1u);
  EXPECT_EQ(zigzag(1), 2u);
  EXPECT_EQ(zigzag(std::numeric_limits<std::int64_t>::min()), ~std::uint64_t{0});
  for (std::int64_t value :
       {std::int64_t{0}, std::int64_t{-77}, std::int64_t{1} << 40,
        std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_EQ(unzigzag(zigzag(value)), value);
  }
}

TEST(Varint, TakesAsManyBytesAsItSays) {
  for (int bits = 0; bits < 64; ++bits) {
    for (std::uint64_t value : {std::uint64_t{1} << bits, (std::uint64_t{1} << bits) - 1}) {
      Bytes out;
      append_varint(out, value);
      EXPECT_EQ(out.size(), varint_size(value));
      BytesView rest = out;
      EXPECT_EQ(take_varint(rest, "x").value(), value);
      EXPECT_TRUE(rest.empty());
    }
  }
  EXPECT_EQ(varint_size(~std::uint64_t{0}), 10u);
}

TEST(Varint, RefusesEveryOtherSpelling) {
  for (const Bytes& bad :
       {Bytes(), bytes_of({0x80}), bytes_of({0x80, 0x00}), bytes_of({0xff, 0x80, 0x00}),
        Bytes(10, '\xff'), Bytes(9, '\xff') + '\x02', Bytes(9, '\x80') + '\x80'}) {
    BytesView rest = bad;
    EXPECT_FALSE(take_varint(rest, "x").ok()) << to_hex(bad);
  }
  Bytes largest = Bytes(9, '\xff') + '\x01';
  BytesView rest = largest;
  EXPECT_EQ(take_varint(rest, "x").value(), ~std::uint64_t{0});
}

TEST(Fields, DefaultsAreNotWritten) {
  Bytes out;
  append_number_field(out, 1, 0);
  append_bytes_field(out, 2, "");
  append_packed_field(out, 3, std::span<const std::uint32_t>());
  append_packed_field(out, 4, std::span<const std::int64_t>());
  EXPECT_EQ(out, "");
}

TEST(FieldReader, ReadsWhatIsWritten) {
  Bytes out;
  append_number_field(out, 1, 300);
  append_bytes_field(out, 16, "abc");
  EXPECT_EQ(to_hex(out), "08ac02820103616263");
  FieldReader reader(out, "it");
  std::optional<WireField> field = reader.next().value();
  ASSERT_TRUE(field.has_value());
  EXPECT_EQ(field->number, 1u);
  EXPECT_EQ(reader.number(*field).value(), 300u);
  EXPECT_THAT(reader.bytes(*field).error().sentence(), HasSubstr("must be bytes"));
  field = reader.next().value();
  EXPECT_EQ(field->number, 16u);
  EXPECT_EQ(reader.bytes(*field).value(), "abc");
  EXPECT_THAT(reader.number(*field).error().sentence(), HasSubstr("must be a number"));
  EXPECT_FALSE(reader.next().value().has_value());
}

struct Spelling {
  const char* name;
  Bytes bytes;
  const char* sentence;
};

TEST(FieldReader, RefusesEveryOtherSpelling) {
  const Spelling kSpellings[] = {
      {"descending", bytes_of({0x10, 1, 0x08, 1}), "ascending order"},
      {"twice", bytes_of({0x08, 1, 0x08, 1}), "ascending order"},
      {"default number", bytes_of({0x08, 0}), "default value of field 1"},
      {"default bytes", bytes_of({0x0a, 0}), "default value of field 1"},
      {"fixed64", bytes_of({0x09, 1, 2, 3, 4, 5, 6, 7, 8}), "wire type 1"},
      {"group", bytes_of({0x0b, 0x0c}), "wire type 3"},
      {"fixed32", bytes_of({0x0d, 1, 2, 3, 4}), "wire type 5"},
      {"field zero", bytes_of({0x00, 1}), "number 0"},
      {"cut in the tag", bytes_of({0x88}), "cut off"},
      {"cut behind the tag", bytes_of({0x08}), "cut off"},
      {"cut in the bytes", bytes_of({0x0a, 3, 'a', 'b'}), "needs 3 bytes, only 2 are left"},
      {"long varint", bytes_of({0x08, 0x81, 0x00}), "longer than it need be"},
  };
  for (const Spelling& spelling : kSpellings) {
    FieldReader reader(spelling.bytes, "it");
    Result<std::optional<WireField>> field = reader.next();
    while (field.ok() && field->has_value()) field = reader.next();
    ASSERT_FALSE(field.ok()) << spelling.name;
    EXPECT_THAT(field.error().sentence(), HasSubstr(spelling.sentence)) << spelling.name;
  }
}

TEST(FieldReader, RepeatsOnlyWhereAllowed) {
  Bytes out;
  append_bytes_field(out, 7, "a");
  append_bytes_field(out, 7, "b");
  FieldReader strict(out, "it");
  EXPECT_TRUE(strict.next().ok());
  EXPECT_FALSE(strict.next().ok());
  FieldReader lenient(out, "it", 1u << 7);
  EXPECT_TRUE(lenient.next().ok());
  EXPECT_EQ(lenient.next().value()->bytes, "b");
}

TEST(Packed, RoundTrips) {
  std::vector<std::int64_t> numbers = {0, -1, 1, std::numeric_limits<std::int64_t>::min(),
                                       std::numeric_limits<std::int64_t>::max()};
  Bytes out;
  append_packed_field(out, 1, numbers);
  FieldReader reader(out, "it");
  Bytes packed(reader.next().value()->bytes);
  EXPECT_EQ(read_packed_s64(packed, 5, "it").value(), numbers);
  EXPECT_FALSE(read_packed_s64(packed, 4, "it").ok());
  EXPECT_THAT(read_packed_u32(bytes_of({0, 0xff, 0x01}), 2, "it").value(), ElementsAre(0, 255));
}

TEST(Packed, RefusesWhatDoesNotFit) {
  EXPECT_FALSE(read_packed_u32(bytes_of({0xff, 0xff, 0xff, 0xff, 0x1f}), 1, "it").ok());
  EXPECT_FALSE(read_packed_u32(bytes_of({1, 0x80}), 4, "it").ok());
  EXPECT_FALSE(read_packed_s64(bytes_of({0x80}), 4, "it").ok());
  Error error = read_packed_u32(Bytes(1000, '\1'), 999, "the rows").error();
  EXPECT_THAT(error.sentence(), HasSubstr("the rows holds 1000 numbers, at most 999"));
}

}  // namespace
}  // namespace plumbline
