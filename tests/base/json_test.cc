// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/utf8.h"

namespace plumbline {
namespace {

using testing::HasSubstr;

// The canonical text of a text, or "!" and why there is none.
std::string canonical(std::string_view text) {
  auto parsed = Json::parse(text);
  return parsed.ok() ? parsed->text() : "! " + parsed.error().sentence();
}

TEST(Json, WritesCanonicalText) {
  EXPECT_EQ(canonical(" { \"b\" : [ 1 , true , null ] , \"a\" : \"x\" } "),
            R"({"a":"x","b":[1,true,null]})");
  EXPECT_EQ(canonical("[]"), "[]");
  EXPECT_EQ(canonical("{}"), "{}");
  EXPECT_EQ(canonical("-0"), "0");
  EXPECT_EQ(canonical("-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(canonical("9223372036854775807"), "9223372036854775807");
}

TEST(Json, SortsKeysByTheirBytes) {
  // Upper case before lower case, a prefix before the longer key (RFC 8785 section 3.2.3).
  EXPECT_EQ(canonical(R"({"b":1,"B":2,"a1":3,"a":4,"_":5,"1":6,"10":7,"2":8})"),
            R"({"1":6,"10":7,"2":8,"B":2,"_":5,"a":4,"a1":3,"b":1})");
}

TEST(Json, SpellsStringsInOneWay) {
  // The string of RFC 8785 section 3.2.2.2.
  EXPECT_EQ(canonical("\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\""),
            "\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"");
  EXPECT_EQ(canonical(R"("\b\f\n\r\t\u0000\u001f")"), "\"\\b\\f\\n\\r\\t\\u0000\\u001f\"");
  EXPECT_EQ(canonical(R"("\u007f\u0080")"), "\"\x7f\u0080\"");
  EXPECT_EQ(canonical(R"("\ud83d\ude00 <>& \/")"), "\"😀 <>& /\"");
  EXPECT_EQ(canonical("\"知识产权\""), "\"知识产权\"");
}

TEST(Json, RefusesNumbersThatAreNotIntegersOfItsSize) {
  EXPECT_THAT(canonical("1.0"), HasSubstr("! 1.0 is not an integer"));
  EXPECT_THAT(canonical("[1e3]"), HasSubstr("! 1e3 is not an integer"));
  EXPECT_THAT(canonical("9223372036854775808"), HasSubstr("does not fit in 64 bits"));
  EXPECT_THAT(canonical("-9223372036854775809"), HasSubstr("!"));
  EXPECT_THAT(canonical("123456789012345678901234567890"), HasSubstr("!"));
  EXPECT_THAT(canonical("NaN"), HasSubstr("not JSON at byte"));
  EXPECT_THAT(canonical("01"), HasSubstr("not JSON at byte"));
}

TEST(Json, RefusesWhatTwoReadersCouldReadDifferently) {
  EXPECT_EQ(canonical(R"({"a":1,"a":1})"), "! the key \"a\" stands twice");
  EXPECT_EQ(canonical(R"({"a":{"b":1,"\u0062":2}})"), "! the key \"b\" stands twice");
  EXPECT_THAT(canonical("{\"é\":1}"), HasSubstr("is not plain ASCII"));
  EXPECT_THAT(canonical("{\"a\\n\":1}"), HasSubstr("is not plain ASCII"));
  EXPECT_THAT(canonical("\"\xff\""), HasSubstr("not JSON at byte"));
  EXPECT_THAT(canonical("\"\\ud800\""), HasSubstr("not JSON at byte"));
}

TEST(Json, RefusesWhatIsNotOneValue) {
  for (const char* text : {"", " ", "{", "[1,]", "{\"a\"}", "{\"a\":}", "1 2", "{} x", "nul", "'a'",
                           "[1] // comment", "\"\n\""}) {
    EXPECT_THAT(canonical(text), HasSubstr("! not JSON at byte")) << text;
  }
}

// An error is shown to people, and is a text of other JSON.
TEST(Json, AnErrorAboutWhatIsNoTextIsText) {
  for (const char* bad :
       {"{\"a\":1,\"\x8d\x90\":2}", "{\"a\":\"\xff\"}", "\xc3", "{\"\xe4\xb8\"}"}) {
    Result<Json> parsed = Json::parse(bad);
    ASSERT_FALSE(parsed.ok());
    EXPECT_FALSE(utf8_error_at(parsed.error().text()).has_value()) << parsed.error().text();
    EXPECT_TRUE(Json::parse(Json(parsed.error().text()).text()).ok());
  }
}

TEST(Json, DepthHasALimit) {
  auto nested = [](std::size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']');
  };
  EXPECT_EQ(canonical(nested(32)), nested(32));
  EXPECT_EQ(canonical(nested(33)), "! nested deeper than 32 levels");
  EXPECT_EQ(canonical(std::string(1'000'000, '[')), "! nested deeper than 32 levels");
}

TEST(Json, BuildsAndReads) {
  Json json;
  EXPECT_TRUE(json.is_null());
  json.set("n", 5).set("s", "x").set("b", true);
  json.set("n", 6);
  Json list = Json::array();
  list.push(nullptr);
  list.push(Json::object());
  json.set("l", list);
  EXPECT_EQ(json.text(), R"({"b":true,"l":[null,{}],"n":6,"s":"x"})");
  EXPECT_EQ(json.integer_at("n").value(), 6);
  EXPECT_EQ(json.string_at("s").value(), "x");
  EXPECT_EQ(json.string_at("n").error().sentence(), "\"n\" is missing or not a string");
  EXPECT_EQ(json.integer_at("none").error().sentence(), "\"none\" is missing or not an integer");
  EXPECT_EQ(json.find("none"), nullptr);
  EXPECT_EQ(Json(5).find("n"), nullptr);
  EXPECT_EQ(Json::parse(json.text()).value(), json);
}

}  // namespace
}  // namespace plumbline
