// SPDX-License-Identifier: Apache-2.0
// Contents that the encoder never writes, made through the schema's own messages: the decoder
// answers each with a sentence and never with a crash or a large allocation.
#include <gmock/gmock.h>

#include <functional>
#include <random>

#include "model/wire/batch.h"
#include "model/wire/batch.pb.h"
#include "model/wire/fields.h"
#include "tests/support/wire/samples.h"

namespace plumbline {
namespace {

using testing::HasSubstr;

// Three events of one type: an integer n of 5, 6, 9 and a code x of "a", "b", "a".
wire::Content three() {
  std::vector<Event> events;
  const std::int64_t kNumbers[] = {5, 6, 9};
  const char* const kTexts[] = {"a", "b", "a"};
  for (int i = 0; i < 3; ++i) {
    Event event{"t", "s" + std::to_string(i), samples::at("2026-01-01T00:00:00Z"), {}};
    event.time = event.time + Duration{i * 1'000};
    event.fields = {samples::number_field("n", Kind::kInteger, kNumbers[i]),
                    samples::text_field("x", Kind::kCode, kTexts[i])};
    events.push_back(event);
  }
  wire::Content message;
  EXPECT_TRUE(message.ParseFromString(encode_content(events).value()));
  return message;
}

struct Bad {
  const char* name;
  std::function<void(wire::Block&)> spoil;
  const char* sentence;
};

wire::NumberColumn& n(wire::Block& block) {
  return *block.mutable_integer_columns(0);
}
wire::TextColumn& x(wire::Block& block) {
  return *block.mutable_code_columns(0);
}

const Bad kBadBlocks[] = {
    {"no type", [](auto& b) { b.clear_type(); }, "the type of a block"},
    {"type with a slash", [](auto& b) { b.set_type("a/b"); }, "the type of a block"},
    {"no times", [](auto& b) { b.clear_times(); }, "has no times"},
    {"a time too few", [](auto& b) { b.mutable_times()->RemoveLast(); }, "2 times for 3 positions"},
    {"a time too many", [](auto& b) { b.add_times(1); }, "at most 3"},
    {"times beyond", [](auto& b) { b.set_times(0, INT64_MAX), b.set_times(1, INT64_MAX); },
     "64 bits"},
    {"time out of range", [](auto& b) { b.set_times(0, 1ll << 43); }, "1900 to 2199"},
    {"unit 1", [](auto& b) { b.set_time_unit(1); }, "unit 1"},
    {"unit beyond a day", [](auto& b) { b.set_time_unit(86'400'001); }, "unit 86400001"},
    {"every position", [](auto& b) { b.add_offsets(0), b.add_offsets(1), b.add_offsets(1); },
     "lists every position"},
    {"position twice", [](auto& b) { b.add_offsets(0), b.add_offsets(0); }, "repeats a position"},
    {"position beyond", [](auto& b) { b.add_offsets(1), b.add_offsets(2); }, "goes beyond 2"},
    {"positions beyond 32 bits",
     [](auto& b) { b.add_offsets(0xffffffff), b.add_offsets(0xffffffff); }, "goes beyond 2"},
    {"subjects do not part", [](auto& b) { b.set_subjects("s0s1s"); }, "3 equal texts"},
    {"sizes too few", [](auto& b) { b.add_subject_sizes(6); }, "do not add up"},
    {"sizes too large",
     [](auto& b) { b.add_subject_sizes(2), b.add_subject_sizes(2), b.add_subject_sizes(3); },
     "do not add up"},
    {"sizes that wrap",
     [](auto& b) {
       b.add_subject_sizes(0xffffffff), b.add_subject_sizes(0xffffffff), b.add_subject_sizes(8);
     },
     "do not add up"},
    {"subject not UTF-8", [](auto& b) { b.set_subjects("s0s\xffs2"); }, "not UTF-8"},
    {"column name missing", [](auto& b) { n(b).clear_name(); }, "a column's name"},
    {"column name with a line", [](auto& b) { n(b).set_name("a\nb"); }, "a column's name"},
    {"numbers missing", [](auto& b) { n(b).clear_numbers(); }, "0 numbers for 3 rows"},
    {"numbers too few", [](auto& b) { n(b).mutable_numbers()->RemoveLast(); }, "2 numbers for 3"},
    {"numbers too many", [](auto& b) { n(b).add_numbers(1); }, "at most 3"},
    {"one number as difference",
     [](auto& b) { n(b).clear_numbers(), n(b).add_numbers(1), n(b).set_differences(true); },
     "1 numbers for 3 rows"},
    {"sum overflows", [](auto& b) { n(b).set_differences(true), n(b).set_numbers(0, INT64_MAX); },
     "64 bits"},
    {"product overflows", [](auto& b) { n(b).set_unit(10), n(b).set_numbers(0, INT64_MAX); },
     "64 bits"},
    {"unit of a column", [](auto& b) { n(b).set_unit(1); }, "unit 1"},
    {"huge unit of a column", [](auto& b) { n(b).set_unit(~0ull); }, "unit 18446744073709551615"},
    {"rows of all", [](auto& b) { n(b).add_rows(0), n(b).add_rows(1), n(b).add_rows(1); },
     "lists every position"},
    {"rows beyond", [](auto& b) { n(b).add_rows(3); }, "goes beyond 2"},
    {"rows and numbers", [](auto& b) { n(b).add_rows(1); }, "at most 1"},
    {"columns of one name", [](auto& b) { *b.add_integer_columns() = n(b); }, "ascending order"},
    {"columns descending",
     [](auto& b) {
       *b.add_integer_columns() = n(b);
       b.mutable_integer_columns(1)->set_name("m");
     },
     "ascending order"},
    {"one name, two kinds", [](auto& b) { x(b).set_name("n"); }, "two columns named n"},
    {"value count 1", [](auto& b) { x(b).set_value_count(1); }, "value count of 1"},
    {"more values than rows", [](auto& b) { x(b).set_value_count(4); }, "4 distinct values for 3"},
    {"values of another count", [](auto& b) { x(b).set_value_count(3); }, "3 equal texts"},
    {"values do not part", [](auto& b) { x(b).set_values("abc"); }, "2 equal texts"},
    {"value twice", [](auto& b) { x(b).set_values("aa"); }, "lists a value twice"},
    {"value not UTF-8", [](auto& b) { x(b).set_values("a\xff"); }, "not UTF-8"},
    {"value sizes", [](auto& b) { x(b).add_value_sizes(1), x(b).add_value_sizes(2); }, "add up"},
    {"indexes missing", [](auto& b) { x(b).clear_indexes(); }, "does not say which of 2 values"},
    {"index beyond, behind all others", [](auto& b) { x(b).set_indexes(2, 3); },
     "order of their appearance"},
    {"index beyond", [](auto& b) { x(b).set_indexes(2, 2); }, "order of their appearance"},
    {"indexes too few", [](auto& b) { x(b).mutable_indexes()->RemoveLast(); }, "one for each of 3"},
    {"indexes too many", [](auto& b) { x(b).add_indexes(0); }, "at most 3"},
    {"value unused", [](auto& b) { x(b).set_indexes(1, 0); }, "order of their appearance"},
    {"not in order of appearance", [](auto& b) { x(b).set_indexes(0, 1), x(b).set_indexes(1, 0); },
     "order of their appearance"},
    {"long text", [](auto& b) { x(b).set_values(std::string(2050, 'a')); }, "at most 1024"},
    {"bool 2",
     [](auto& b) {
       *b.add_bool_columns() = n(b);
       b.mutable_bool_columns(0)->set_name("b");
     },
     "of kind bool and has the value 5"},
    {"instant out of range",
     [](auto& b) {
       *b.add_instant_columns() = n(b);
       b.mutable_instant_columns(0)->set_name("i");
       b.mutable_instant_columns(0)->set_numbers(1, INT64_MIN);
     },
     "outside the years"},
};

TEST(HostileContent, BlocksAreRefusedWithTheReason) {
  ASSERT_TRUE(decode_content(three().SerializeAsString(), 3).ok());
  for (const Bad& bad : kBadBlocks) {
    wire::Content message = three();
    bad.spoil(*message.mutable_blocks(0));
    Result<Content> decoded = decode_content(message.SerializeAsString(), 3);
    ASSERT_FALSE(decoded.ok()) << bad.name;
    EXPECT_EQ(decoded.error().code(), Code::kInvalid) << bad.name;
    EXPECT_THAT(decoded.error().sentence(), HasSubstr(bad.sentence)) << bad.name;
  }
}

TEST(HostileContent, OneSpellingOnly) {
  Bytes good = three().SerializeAsString();
  EXPECT_THAT(decode_content(good + Bytes("\x10\x01", 2), 3).error().sentence(),
              HasSubstr("field 2, which version 1 does not have"));
  EXPECT_FALSE(decode_content(good + Bytes("\x0a\x00", 2), 3).ok());
  EXPECT_FALSE(decode_content("", 1).ok());
  wire::Content message = three();
  message.mutable_blocks(0)->mutable_integer_columns(0)->set_name("");
  Bytes block = message.blocks(0).SerializeAsString();
  append_number_field(block, 16, 1);
  Bytes content;
  append_bytes_field(content, 1, block);
  EXPECT_FALSE(decode_content(content, 3).ok());
}

TEST(HostileContent, BlocksAscendAndShareNoPosition) {
  wire::Content twice = three();
  *twice.add_blocks() = twice.blocks(0);
  EXPECT_FALSE(decode_content(twice.SerializeAsString(), 3).ok());
  EXPECT_FALSE(decode_content(twice.SerializeAsString(), 6).ok());

  wire::Content parts;
  ASSERT_TRUE(parts.ParseFromString(encode_content(samples::mixed(6)).value()));
  wire::Content swapped = parts;
  swapped.mutable_blocks()->SwapElements(0, 1);
  EXPECT_THAT(decode_content(swapped.SerializeAsString(), 6).error().sentence(),
              HasSubstr("ascending order"));
  wire::Content shared = parts;
  shared.mutable_blocks(1)->set_offsets(0, 1);
  EXPECT_THAT(decode_content(shared.SerializeAsString(), 6).error().sentence(),
              HasSubstr("two events stand at position"));
  wire::Content missing = parts;
  missing.mutable_blocks()->RemoveLast();
  EXPECT_THAT(decode_content(missing.SerializeAsString(), 6).error().sentence(),
              HasSubstr("holds 4 events, the header says 6"));
}

TEST(HostileContent, MoreColumnsThanATypeMayHave) {
  wire::Content message = three();
  for (int i = 0; i < 64; ++i) {
    wire::NumberColumn* column = message.mutable_blocks(0)->add_count_columns();
    column->set_name("c" + std::to_string(100 + i));
    column->add_numbers(1);
  }
  EXPECT_THAT(decode_content(message.SerializeAsString(), 3).error().sentence(),
              HasSubstr("more than 64 columns"));
}

// Half a million empty blocks in one megabyte: refused at the first one.
TEST(HostileContent, EmptyMessagesDoNotMultiply) {
  Bytes bytes;
  for (int i = 0; i < 400'000; ++i) bytes += Bytes("\x0a\x01\x0a", 3).substr(0, 2) + "x";
  bytes.resize(1 << 20);
  EXPECT_FALSE(decode_content(bytes, 4096).ok());
  EXPECT_FALSE(decode_content(Bytes((1 << 20) + 1, 'x'), 1).ok());
}

TEST(HostileContent, EveryPrefixIsRefused) {
  Bytes bytes = encode_content(samples::mixed(30)).value();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_content(BytesView(bytes).substr(0, size), 30).ok()) << size;
  }
}

// What survives a mutation is a content: its events can be listed and written again.
TEST(HostileContent, MutationsAreRefusedOrEvents) {
  std::mt19937_64 random(311);
  for (std::uint32_t count : {1u, 3u, 40u}) {
    const Bytes bytes = encode_content(samples::mixed(count)).value();
    for (int round = 0; round < 6'000; ++round) {
      Bytes mutated = bytes;
      for (int i = 0; i <= round % 6; ++i) {
        mutated[random() % mutated.size()] = static_cast<char>(random());
      }
      if (round % 7 == 0) mutated.erase(random() % mutated.size(), random() % 5);
      if (round % 11 == 0)
        mutated.insert(random() % mutated.size(), 1, static_cast<char>(random()));
      Result<Content> decoded = decode_content(mutated, count);
      if (!decoded.ok()) continue;
      std::vector<Event> events = events_of(*decoded);
      EXPECT_EQ(events.size(), count);
      EXPECT_TRUE(encode_content(events).ok());
    }
  }
}

}  // namespace
}  // namespace plumbline
