// SPDX-License-Identifier: Apache-2.0
// The keys that outlets report with: what of them each account sees.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/portal/scene.h"

namespace plumbline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::PortalScene;

class PortalStreams : public ::testing::Test {
 protected:
  Json streams(const std::string& path, const std::string& cookie) {
    const auto answer = scene_.get(path, cookie);
    EXPECT_EQ(answer.status, 200) << path << answer.body;
    return *answer.json().find("streams");
  }
  static std::vector<std::string> texts(const Json& list, const std::string& key) {
    std::vector<std::string> found;
    for (const Json& row : list.find("list")->as_array()) {
      found.push_back(row.string_at(key).value());
    }
    return found;
  }
  static std::string zh(const Json& json) { return json.find("text")->string_at("zh").value(); }
  static std::string en(const Json& json) { return json.find("text")->string_at("en").value(); }

  PortalScene scene_;
};

TEST_F(PortalStreams, OfAnOutletThoseThatNeedALookFirstThenTheLastEnrolled) {
  const std::string cookie = scene_.cookie_of(Role::kCounty, "320102");
  const Json json = streams("/api/v1/outlets/o320102-1/streams", cookie);
  EXPECT_THAT(texts(json, "stream"), ElementsAre(PortalScene::stream_of("o320102-1", 4).hex(),
                                                 PortalScene::stream_of("o320102-1", 1).hex(),
                                                 PortalScene::stream_of("o320102-1", 3).hex(),
                                                 PortalScene::stream_of("o320102-1", 2).hex()));
  EXPECT_THAT(texts(json, "state"), ElementsAre("open", "open", "revoked", "rotated"));
  EXPECT_THAT(texts(json, "enrolled_text"), ElementsAre("2026-10-05 08:01", "2026-10-02 08:01",
                                                        "2026-10-04 08:01", "2026-10-03 08:01"));
  const auto& rows = json.find("list")->as_array();
  EXPECT_EQ(zh(rows[0]), "疑似两台设备使用同一密钥（2 批），请与网点核实");
  EXPECT_EQ(en(rows[0]), "Two machines seem to report with this key (2 batches); ask the outlet");
  EXPECT_EQ(rows[0].find("doubt")->text(), R"({"count":2,"kind":"machine_returned","number":7})");
  EXPECT_EQ(zh(rows[1]), "同一批次报送了不同内容，共 2 次（最近 2026-10-07 08:01），请与网点核实");
  EXPECT_EQ(zh(rows[2]), "2026-10-09 08:01 吊销，此后不再接收");
  EXPECT_EQ(zh(rows[3]), "2026-10-08 08:01 由新密钥接替");
  EXPECT_EQ(rows[3].string_at("successor").value(), PortalScene::stream_of("o320102-1", 1).hex());
}

TEST_F(PortalStreams, TheOutletsLineSaysHowManyAndWhatToAsk) {
  const std::string cookie = scene_.cookie_of(Role::kOutlet, "o320102-1");
  const Json doubted = streams("/api/v1/outlets/o320102-1/streams", cookie);
  EXPECT_EQ(zh(doubted),
            "在用密钥 2 个，已停用 2 个；同一批次报送了不同内容，共 2 次（最近 2026-10-07 "
            "08:01），请与网点核实；疑似两台设备使用同一密钥（2 批），请与网点核实");
  EXPECT_TRUE(doubted.find("look")->as_bool());
  const std::string county = scene_.cookie_of(Role::kCounty, "320102");
  const Json well = streams("/api/v1/outlets/o320102-2/streams", county);
  EXPECT_EQ(zh(well), "在用密钥 1 个");
  EXPECT_EQ(en(well), "1 active key");
  EXPECT_FALSE(well.find("look")->as_bool());
}

TEST_F(PortalStreams, WhatWasNotLookedAtIsSaidAndNotTakenForWell) {
  const std::string cookie = scene_.cookie_of(Role::kProvince, "ALL");
  const std::string path = "/api/v1/outlets/o320102-2/streams";
  EXPECT_EQ(zh(streams(path, cookie).find("list")->as_array()[0]), "未发现异常");
  scene_.all_looked_at = false;
  const Json json = streams(path, cookie);
  EXPECT_EQ(zh(json.find("list")->as_array()[0]), "部分批次尚未核查");
  EXPECT_FALSE(json.find("list")->as_array()[0].find("complete")->as_bool());
  EXPECT_EQ(zh(json), "在用密钥 1 个；部分批次尚未核查");
}

TEST_F(PortalStreams, TheListCountsAllAndGivesAPage) {
  const std::string cookie = scene_.cookie_of(Role::kOperator, "ALL");
  const Json all = streams("/api/v1/streams", cookie);
  EXPECT_EQ(all.integer_at("total").value(), 20);
  EXPECT_EQ(all.integer_at("look").value(), 8);
  std::vector<std::int64_t> counts;
  for (const Json& state : all.find("states")->as_array()) {
    counts.push_back(state.integer_at("streams").value());
  }
  EXPECT_THAT(counts, ElementsAre(12, 4, 4));
  const std::vector<std::string> in_order = texts(all, "stream");
  std::vector<std::string> paged;
  for (int offset : {0, 7, 14, 21}) {
    const Json page = streams("/api/v1/streams?limit=7&offset=" + std::to_string(offset), cookie);
    for (const std::string& one : texts(page, "stream")) paged.push_back(one);
  }
  EXPECT_EQ(paged, in_order);
  const Json look = streams("/api/v1/streams?state=look", cookie);
  EXPECT_EQ(texts(look, "stream"),
            std::vector<std::string>(in_order.begin(), in_order.begin() + 8));
  EXPECT_THAT(texts(streams("/api/v1/streams?state=revoked", cookie), "state"),
              ElementsAre("revoked", "revoked", "revoked", "revoked"));
}

TEST_F(PortalStreams, NobodySeesAStreamOfAnotherCounty) {
  for (const auto& [role, unit] : std::vector<std::pair<Role, std::string>>{
           {Role::kCounty, "320102"}, {Role::kCity, "320100"}, {Role::kOutlet, "o320102-1"}}) {
    const std::string cookie = scene_.cookie_of(role, unit);
    EXPECT_EQ(scene_.get("/api/v1/outlets/o320205-1/streams", cookie).status, 404);
    const std::string body = scene_.get("/api/v1/streams?limit=500", cookie).body;
    for (int number = 1; number <= 4; ++number) {
      EXPECT_THAT(body, HasSubstr(PortalScene::stream_of("o320102-1", number).hex()));
      EXPECT_THAT(body, Not(HasSubstr(PortalScene::stream_of("o320205-1", number).hex())));
    }
    EXPECT_THAT(body, Not(HasSubstr(PortalScene::stream_of("o320206-2", 1).hex())));
  }
  const std::string cookie = scene_.cookie_of(Role::kCounty, "320102");
  EXPECT_EQ(streams("/api/v1/streams", cookie).integer_at("total").value(), 5);
}

TEST_F(PortalStreams, RefusesAStateThatThereIsNotAndAPageThatIsTooLong) {
  const std::string cookie = scene_.cookie_of(Role::kProvince, "ALL");
  const auto state = scene_.get("/api/v1/streams?state=closed", cookie);
  EXPECT_EQ(state.status, 400);
  EXPECT_THAT(state.body, HasSubstr("open, rotated, revoked or look"));
  for (const char* limit : {"0", "501"}) {
    const auto answer = scene_.get(std::string("/api/v1/streams?limit=") + limit, cookie);
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.body, HasSubstr("must be 1 to 500"));
  }
}

}  // namespace
}  // namespace plumbline
