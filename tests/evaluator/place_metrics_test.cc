// SPDX-License-Identifier: Apache-2.0
#include "evaluator/place_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace plumbline {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr Date kDay{2026, 10, 31};

struct Places {
  Places() {
    add("division", "320100", {{"level", "city"}, {"name_zh", "南京市"}, {"name_en", "Nanjing"}});
    add("division", "320102",
        {{"level", "county"}, {"parent", "320100"}, {"name_zh", "玄武区"}, {"name_en", "Xuanwu"}});
  }
  void add(const std::string& kind, const std::string& id,
           std::map<std::string, std::string> attributes) {
    Fact fact = {kind, id, std::nullopt, std::nullopt, std::move(attributes)};
    book.add(LedgerIndex(next++), Instant{}, fact);
  }
  std::string shown(Date day = kDay) {
    metrics.show("p", book, day);
    return prometheus::TextSerializer().Serialize(registry.Collect());
  }

  prometheus::Registry registry;
  PlaceMetrics metrics{registry};
  FactBook book;
  std::uint64_t next = 0;
};

TEST(PlaceMetrics, NamesCountyAndCity) {
  EXPECT_THAT(Places().shown(),
              HasSubstr("plumbline_county_info{city=\"320100\",city_name_en=\"Nanjing\","
                        "city_name_zh=\"南京市\",county=\"320102\",county_name_en=\"Xuanwu\","
                        "county_name_zh=\"玄武区\",pack=\"p\"} 1\n"));
}

TEST(PlaceMetrics, CitiesAndOtherFactsAreNoCounties) {
  Places places;
  places.add("institution", "i", {{"level", "county"}, {"name_zh", "中心"}});
  EXPECT_THAT(places.shown(), Not(HasSubstr("county=\"320100\"")));
  EXPECT_THAT(places.shown(), Not(HasSubstr("county=\"i\"")));
}

TEST(PlaceMetrics, WhatIsNotKnownOfTheCityIsItsCode) {
  Places places;
  places.add("division", "9902", {{"level", "county"}, {"parent", "99"}, {"name_zh", "乙"}});
  EXPECT_THAT(places.shown(),
              HasSubstr("{city=\"99\",city_name_en=\"99\",city_name_zh=\"99\",county=\"9902\","
                        "county_name_en=\"乙\",county_name_zh=\"乙\",pack=\"p\"} 1\n"));
}

TEST(PlaceMetrics, ANewNameTakesTheOldOnesPlace) {
  Places places;
  EXPECT_THAT(places.shown(), HasSubstr("玄武区"));
  places.add("division", "320102", {{"level", "county"}, {"parent", "320100"}, {"name_zh", "新"}});
  EXPECT_THAT(places.shown(), HasSubstr("county_name_zh=\"新\""));
  EXPECT_THAT(places.shown(), Not(HasSubstr("玄武区")));
}

TEST(PlaceMetrics, OnlyCountiesOfTheDay) {
  Places places;
  Fact merged = {"division",
                 "320103",
                 std::nullopt,
                 Date{2025, 12, 31},
                 {{"level", "county"}, {"parent", "320100"}, {"name_zh", "旧"}}};
  places.book.add(LedgerIndex(9), Instant{}, merged);
  EXPECT_THAT(places.shown(Date{2025, 12, 31}), HasSubstr("320103"));
  EXPECT_THAT(places.shown(Date{2026, 1, 1}), Not(HasSubstr("320103")));
  EXPECT_THAT(places.shown(), HasSubstr("320102"));
}

TEST(PlaceMetrics, ARuleSetOfAnotherPackTakesThemOver) {
  Places places;
  places.shown();
  places.metrics.show("q", places.book, kDay);
  std::string text = prometheus::TextSerializer().Serialize(places.registry.Collect());
  EXPECT_THAT(text, HasSubstr("pack=\"q\"} 1"));
  EXPECT_THAT(text, Not(HasSubstr("pack=\"p\"")));
}

}  // namespace
}  // namespace plumbline
