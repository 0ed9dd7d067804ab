// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <functional>
#include <limits>

#include "base/limits.h"
#include "model/wire/batch.h"
#include "model/wire/batch.pb.h"
#include "tests/support/wire/samples.h"

namespace plumbline {
namespace {

using samples::number_field;
using samples::text_field;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Content round_trip(const std::vector<Event>& events) {
  Bytes bytes = encode_content(events).value();
  Content content = decode_content(bytes, static_cast<std::uint32_t>(events.size())).value();
  EXPECT_EQ(events_of(content), events);
  return content;
}

// The content as the schema's own message: a second reader of the same bytes.
wire::Content message_of(const std::vector<Event>& events) {
  wire::Content message;
  EXPECT_TRUE(message.ParseFromString(encode_content(events).value()));
  return message;
}

std::vector<Event> with_numbers(Kind kind, const std::vector<std::int64_t>& numbers) {
  std::vector<Event> events;
  for (std::int64_t number : numbers) {
    Event event{"t", "s", samples::at("2026-01-01T00:00:00Z"), {number_field("n", kind, number)}};
    events.push_back(event);
  }
  return events;
}

std::vector<Event> with_texts(const std::vector<std::string>& texts) {
  std::vector<Event> events;
  for (const std::string& text : texts) {
    Event event{
        "t", "s", samples::at("2026-01-01T00:00:00Z"), {text_field("x", Kind::kCode, text)}};
    events.push_back(event);
  }
  return events;
}

TEST(Content, OneEventOfEveryKind) {
  Content content = round_trip({samples::every_kind()});
  ASSERT_EQ(content.blocks.size(), 1u);
  const EventBlock& block = content.blocks[0];
  EXPECT_EQ(block.type, "request.opened");
  EXPECT_THAT(block.offsets, ElementsAre(0));
  EXPECT_EQ(block.subject(0), "101001234567");
  ASSERT_EQ(block.columns.size(), 9u);
  EXPECT_EQ(block.columns[0].name, "amount");
  EXPECT_EQ(block.columns[8].name, "within");
  for (const Column& column : block.columns) EXPECT_THAT(column.rows, IsEmpty());
}

TEST(Content, MixedTypesAndMissingFields) {
  for (std::size_t count : {1u, 2u, 3u, 4u, 7u, 100u, 1000u}) round_trip(samples::mixed(count));
}

TEST(Content, BlocksAscendByTypeAndKnowTheirPositions) {
  Content content = round_trip(samples::mixed(7));
  ASSERT_EQ(content.blocks.size(), 3u);
  EXPECT_EQ(content.blocks[0].type, "request.closed");
  EXPECT_THAT(content.blocks[0].offsets, ElementsAre(1, 4));
  EXPECT_EQ(content.blocks[1].type, "request.opened");
  EXPECT_THAT(content.blocks[1].offsets, ElementsAre(0, 3, 6));
  EXPECT_EQ(content.blocks[2].type, "training");
  EXPECT_THAT(content.blocks[2].columns[0].rows, ElementsAre(0));
}

TEST(Content, APositionListIsLeftOutForTheWholeBatch) {
  EXPECT_EQ(message_of({samples::every_kind()}).blocks(0).offsets_size(), 0);
  EXPECT_EQ(message_of(samples::mixed(3)).blocks(0).offsets_size(), 1);
}

TEST(Content, TimesUseTheLargestUnitThatPays) {
  std::vector<Event> events = with_numbers(Kind::kCount, {1, 2, 3, 4});
  for (std::size_t i = 0; i < events.size(); ++i) {
    events[i].time =
        samples::at("2026-01-01T00:00:00Z") + Duration{(7 - 2 * static_cast<int>(i)) * 60'000};
  }
  wire::Content minutes = message_of(events);
  EXPECT_EQ(minutes.blocks(0).time_unit(), 60'000u);
  EXPECT_EQ(minutes.blocks(0).times(1), -2);
  events[2].time = events[2].time + Duration{1'000};
  EXPECT_EQ(message_of(events).blocks(0).time_unit(), 1'000u);
  events[2].time = events[2].time + Duration{1};
  EXPECT_EQ(message_of(events).blocks(0).time_unit(), 0u);
  round_trip(events);
}

TEST(Content, SubjectSizesAreLeftOutWhereAllAreEqual) {
  std::vector<Event> events = with_numbers(Kind::kCount, {1, 2});
  EXPECT_EQ(message_of(events).blocks(0).subject_sizes_size(), 0);
  events[1].subject = "longer";
  EXPECT_EQ(message_of(events).blocks(0).subject_sizes_size(), 2);
  round_trip(events);
}

TEST(Content, OneNumberStandsForAll) {
  wire::Content message = message_of(with_numbers(Kind::kInteger, {-9, -9, -9}));
  EXPECT_THAT(message.blocks(0).integer_columns(0).numbers(), ElementsAre(-9));
  Content content = round_trip(with_numbers(Kind::kInteger, {-9, -9, -9}));
  EXPECT_THAT(content.blocks[0].columns[0].numbers, ElementsAre(-9, -9, -9));
}

TEST(Content, NumbersThatGrowAreWrittenAsDifferences) {
  wire::Content message =
      message_of(with_numbers(Kind::kInteger, {1'000'000, 1'000'001, 1'000'003, 1'000'004}));
  EXPECT_TRUE(message.blocks(0).integer_columns(0).differences());
  EXPECT_THAT(message.blocks(0).integer_columns(0).numbers(), ElementsAre(1'000'000, 1, 2, 1));
  message = message_of(with_numbers(Kind::kInteger, {1, -1, 1, -1, 2}));
  EXPECT_FALSE(message.blocks(0).integer_columns(0).differences());
}

TEST(Content, DecimalsAreWrittenInTheUnitThatTheyShare) {
  wire::Content message = message_of(with_numbers(Kind::kDecimal, {12'500'000, 7'000'000, 0}));
  EXPECT_EQ(message.blocks(0).decimal_columns(0).unit(), 10'000u);
  EXPECT_THAT(message.blocks(0).decimal_columns(0).numbers(), ElementsAre(1250, 700, 0));
}

TEST(Content, ExtremeNumbersRoundTrip) {
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  for (Kind kind : {Kind::kInteger, Kind::kDecimal, Kind::kCount}) {
    round_trip(with_numbers(kind, {kMin, kMax, 0, kMin, -1, kMax}));
    round_trip(with_numbers(kind, {kMax}));
    round_trip(with_numbers(kind, {0}));
  }
  round_trip(with_numbers(Kind::kInstant, {-2'208'988'800'000, 7'258'118'399'999}));
  round_trip(with_numbers(Kind::kBool, {0, 1, 1, 0}));
  round_trip(with_numbers(Kind::kBool, {0, 0}));
}

TEST(Content, TextsOfOneValueOfAllAndOfSome) {
  wire::Content one = message_of(with_texts({"a", "a", "a"}));
  EXPECT_EQ(one.blocks(0).code_columns(0).value_count(), 0u);
  EXPECT_EQ(one.blocks(0).code_columns(0).indexes_size(), 0);
  wire::Content all = message_of(with_texts({"aa", "bb", "cc"}));
  EXPECT_EQ(all.blocks(0).code_columns(0).value_count(), 3u);
  EXPECT_EQ(all.blocks(0).code_columns(0).values(), "aabbcc");
  EXPECT_EQ(all.blocks(0).code_columns(0).value_sizes_size(), 0);
  EXPECT_EQ(all.blocks(0).code_columns(0).indexes_size(), 0);
  wire::Content some = message_of(with_texts({"a", "bb", "a"}));
  EXPECT_THAT(some.blocks(0).code_columns(0).value_sizes(), ElementsAre(1, 2));
  EXPECT_THAT(some.blocks(0).code_columns(0).indexes(), ElementsAre(0, 1, 0));
  round_trip(with_texts({"a", "a", "a"}));
  round_trip(with_texts({"aa", "bb", "cc"}));
  Content content = round_trip(with_texts({"a", "bb", "a"}));
  EXPECT_THAT(content.blocks[0].columns[0].dictionary, ElementsAre("a", "bb"));
  EXPECT_THAT(content.blocks[0].columns[0].indexes, ElementsAre(0, 1, 0));
}

TEST(Content, EmptyTextsAreKept) {
  round_trip(with_texts({""}));
  round_trip(with_texts({"", ""}));
  round_trip(with_texts({"", "a"}));
  round_trip(with_texts({"a", "", "a"}));
  std::vector<Event> events = with_texts({"a", "b"});
  events[0].subject = "";
  round_trip(events);
  events[1].subject = "";
  round_trip(events);
}

TEST(Content, FieldsOfOneNameInTwoTypesAreTwoColumns) {
  std::vector<Event> events = with_texts({"a"});
  events.push_back(with_numbers(Kind::kCount, {4})[0]);
  events[1].type = "u";
  events[1].fields[0].name = "x";
  Content content = round_trip(events);
  EXPECT_EQ(content.blocks[0].columns[0].kind, Kind::kCode);
  EXPECT_EQ(content.blocks[1].columns[0].kind, Kind::kCount);
}

TEST(Content, ColumnsAreSortedByNameWhateverTheirKind) {
  Event event{"t", "s", samples::at("2026-01-01T00:00:00Z"), {}};
  event.fields = {number_field("a", Kind::kCount, 1), text_field("b", Kind::kString, "x"),
                  number_field("c", Kind::kBool, 1), text_field("d", Kind::kString, "y")};
  Content content = round_trip({event});
  std::vector<std::string> names;
  for (const Column& column : content.blocks[0].columns) names.push_back(column.name);
  EXPECT_THAT(names, ElementsAre("a", "b", "c", "d"));
}

struct Unsealable {
  const char* name;
  Event event;
  const char* sentence;
};

Event spoiled(const std::function<void(Event&)>& spoil) {
  Event event = samples::every_kind();
  spoil(event);
  return event;
}

TEST(Content, WhatNoReaderWouldAcceptIsNotWritten) {
  const Unsealable kUnsealable[] = {
      {"no type", spoiled([](Event& e) { e.type = ""; }), "an event's type"},
      {"space in type", spoiled([](Event& e) { e.type = "a b"; }), "an event's type"},
      {"long type", spoiled([](Event& e) { e.type = std::string(129, 'a'); }), "1 to 128"},
      {"no field name", spoiled([](Event& e) { e.fields[0].name = ""; }), "a field's name"},
      {"subject not UTF-8", spoiled([](Event& e) { e.subject = "\xff"; }), "not UTF-8"},
      {"text not UTF-8", spoiled([](Event& e) { e.fields[5].value.text = "a\xc0\x80"; }),
       "note is not UTF-8 at its byte 1"},
      {"long text", spoiled([](Event& e) { e.fields[5].value.text = std::string(1025, 'a'); }),
       "1025 bytes of text, at most 1024"},
      {"bool 2", spoiled([](Event& e) { e.fields[7].value.number = 2; }), "urgent is a bool"},
      {"time too late", spoiled([](Event& e) { e.time.ms = 7'258'118'400'000; }), "1900 to 2199"},
      {"instant too early",
       spoiled([](Event& e) { e.fields[3].value.number = -5'000'000'000'000; }),
       "instant of field due"},
      {"field twice", spoiled([](Event& e) { e.fields.push_back(e.fields[0]); }),
       "amount stands twice"},
  };
  for (const Unsealable& bad : kUnsealable) {
    Result<Bytes> bytes = encode_content(std::vector<Event>{bad.event});
    ASSERT_FALSE(bytes.ok()) << bad.name;
    EXPECT_THAT(bytes.error().sentence(), HasSubstr(bad.sentence)) << bad.name;
  }
}

TEST(Content, AFieldIsOfOneKindThroughoutABatch) {
  std::vector<Event> events(2, samples::every_kind());
  events[1].fields[1].value.kind = Kind::kCount;
  EXPECT_THAT(encode_content(events).error().sentence(),
              HasSubstr("balance is of kind integer in one event of a batch and of kind count"));
}

TEST(Content, AtMost64FieldsAType) {
  Event event{"t", "s", samples::at("2026-01-01T00:00:00Z"), {}};
  for (std::size_t i = 0; i < limits::kMaxFieldsPerType; ++i) {
    event.fields.push_back(number_field("f" + std::to_string(100 + i), Kind::kCount, 1));
  }
  round_trip({event});
  event.fields.push_back(number_field("g", Kind::kCount, 1));
  EXPECT_EQ(encode_content(std::vector<Event>{event}).error().code(), Code::kExhausted);
}

TEST(Content, AtMostOneMebibyte) {
  std::vector<Event> events;
  for (int i = 0; i < 4096; ++i) {
    events.push_back(with_texts({std::to_string(1000 + i) + std::string(240, 'a')})[0]);
  }
  round_trip(events);
  for (Event& event : events) event.fields[0].value.text += std::string(20, 'b');
  EXPECT_THAT(encode_content(events).error().sentence(), HasSubstr("seal fewer events together"));
}

TEST(Content, TheCountIsTheHeaders) {
  Bytes bytes = encode_content(samples::mixed(5)).value();
  EXPECT_TRUE(decode_content(bytes, 5).ok());
  for (std::uint32_t count : {0u, 1u, 4u, 6u, 4096u, 4097u, 0xffffffffu}) {
    EXPECT_FALSE(decode_content(bytes, count).ok()) << count;
  }
}

}  // namespace
}  // namespace plumbline
