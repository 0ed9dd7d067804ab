// SPDX-License-Identifier: Apache-2.0
// Signing in and out of a portal on loopback.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/password.h"
#include "dashboards/portal/session_desk.h"
#include "dashboards/portal/sign_in_limits.h"
#include "tests/support/portal/scene.h"

namespace plumbline {
namespace {

using ::testing::HasSubstr;
using testing::PortalScene;

constexpr const char* kSession = "/api/v1/session";
const AccountChange kBy{Instant{1}, "os:clerk", "test"};

std::string cookie_in(const PortalScene::Answer& answer) {
  const std::string set = answer.header("Set-Cookie");
  return set.substr(0, set.find(';'));
}

class SessionTest : public ::testing::Test {
 protected:
  Account account() {
    Account made;
    made.name = "xuanwu";
    made.display_zh = "玄武区";
    made.role = Role::kCounty;
    made.scope = {ScopeLevel::kCounty, "320102"};
    return made;
  }

  void add_with_password() {
    Account made = account();
    made.password_hash = hash_password("correct horse").value();
    ASSERT_TRUE(scene_.accounts().add(made, kBy).ok());
  }

  PortalScene::Answer sign_in(const std::string& name, const std::string& password) {
    const std::string body = Json::object().set("account", name).set("password", password).text();
    return scene_.send("POST", kSession, "", body);
  }

  PortalScene scene_;
};

TEST_F(SessionTest, APasswordOpensASessionThatSaysWhoIsThere) {
  add_with_password();
  const auto signed_in = sign_in("xuanwu", "correct horse");
  ASSERT_EQ(signed_in.status, 200) << signed_in.body;
  EXPECT_THAT(signed_in.header("Set-Cookie"),
              HasSubstr("; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200"));
  const std::string cookie = cookie_in(signed_in);
  EXPECT_EQ(cookie.size(), std::string("plumbline_session=").size() + 64);
  const Json session = scene_.get(kSession, cookie).json();
  EXPECT_EQ(session, signed_in.json());
  EXPECT_EQ(session.string_at("role").value(), "county");
  EXPECT_EQ(session.find("scope")->string_at("unit").value(), "320102");
  EXPECT_EQ(session.find("scope")->find("name")->string_at("zh").value(), "县320102");
  EXPECT_EQ(session.find("name")->string_at("en").value(), "玄武区");
  EXPECT_EQ(scene_.get("/api/v1/counties/320102", cookie).status, 200);
  const auto out = scene_.send("DELETE", kSession, cookie);
  EXPECT_EQ(out.status, 204);
  EXPECT_THAT(out.header("Set-Cookie"), HasSubstr("Max-Age=0"));
  EXPECT_EQ(scene_.get(kSession, cookie).status, 401);
  EXPECT_EQ(scene_.send("DELETE", kSession, cookie).status, 204);
}

TEST_F(SessionTest, WrongNamesAndPasswordsAreAnsweredInTheSameWords) {
  add_with_password();
  const auto wrong = sign_in("xuanwu", "wrong horse");
  const auto unknown = sign_in("nobody", "correct horse");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(wrong.body, unknown.body);
  EXPECT_EQ(wrong.code(), "unauthenticated");
  EXPECT_EQ(wrong.header("Set-Cookie"), "");
}

TEST_F(SessionTest, ADisabledAccountAndOneWithoutAPasswordStayOut) {
  Account made = account();
  ASSERT_TRUE(scene_.accounts().add(made, kBy).ok());
  EXPECT_EQ(sign_in("xuanwu", "").status, 401);
}

TEST_F(SessionTest, ChangesNeedTheHeader) {
  const std::string body = R"({"account":"a","password":"b"})";
  const auto refused = scene_.send("POST", kSession, "", body, false);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.code(), "forbidden");
  const std::string cookie = scene_.cookie_of(Role::kCounty, "320102");
  EXPECT_EQ(scene_.send("DELETE", kSession, cookie, "", false).status, 403);
  EXPECT_EQ(scene_.get(kSession, cookie).status, 200);
}

TEST_F(SessionTest, ABodyThatIsNoneIsTold) {
  for (const char* body : {"x", "[]", "{}", R"({"account":"a"})", R"({"account":1,"password":"b"})",
                           R"({"account":"a","password":"b","more":"c"})", R"({"demo":1})"}) {
    EXPECT_EQ(scene_.send("POST", kSession, "", body).status, 400) << body;
  }
}

TEST_F(SessionTest, EndsAfterTwelveHours) {
  const std::string cookie = scene_.cookie_of(Role::kProvince, "ALL");
  scene_.clock.advance(Duration{12 * kMsPerHour - 1});
  EXPECT_EQ(scene_.get("/api/v1/targets", cookie).status, 200);
  scene_.clock.advance(Duration{1});
  EXPECT_EQ(scene_.get("/api/v1/targets", cookie).status, 401);
}

TEST_F(SessionTest, AChangedScopeCountsAtTheNextRequest) {
  ASSERT_TRUE(scene_.accounts().add(account(), kBy).ok());
  const std::string before = scene_.sign_in("xuanwu");
  EXPECT_EQ(scene_.get("/api/v1/counties/320102", before).status, 200);
  Account moved = account();
  moved.scope.unit = "320104";
  ASSERT_TRUE(scene_.accounts().set(moved, kBy).ok());
  EXPECT_EQ(scene_.get("/api/v1/counties/320102", before).status, 401);
  const std::string after = scene_.sign_in("xuanwu");
  EXPECT_EQ(scene_.get("/api/v1/counties/320102", after).status, 404);
  EXPECT_EQ(scene_.get("/api/v1/counties/320104", after).status, 200);
  ASSERT_TRUE(scene_.accounts().remove("xuanwu", kBy).ok());
  EXPECT_EQ(scene_.get("/api/v1/counties/320104", after).status, 401);
}

TEST_F(SessionTest, CookiesThatAreNoneOpenNothing) {
  const std::string good = scene_.cookie_of(Role::kProvince, "ALL");
  for (const std::string& bad :
       {std::string("plumbline_session="), std::string("plumbline_session=abc"),
        "plumbline_session=" + std::string(64, 'g'), "plumbline_session=" + std::string(64, '0'),
        good + "; " + good, "x" + good}) {
    EXPECT_EQ(scene_.get(kSession, bad).status, 401) << bad;
  }
  EXPECT_EQ(scene_.get(kSession, "other=1; " + good).status, 200);
}

TEST(DemoAccounts, AreThereWhenAskedForAndOpenWithoutAPassword) {
  PortalScene::Setup setup;
  setup.demo_accounts = true;
  PortalScene scene(setup);
  const Json list = scene.get("/api/v1/demo-accounts").json();
  std::string ids;
  for (const Json& account : list.find("accounts")->as_array()) {
    ids += account.string_at("id").value() + " ";
  }
  EXPECT_EQ(ids, "province city county outlet auditor operator ");
  EXPECT_TRUE(list.find("simulated")->as_bool());
  const auto signed_in = scene.send("POST", kSession, "", R"({"demo":"county"})");
  ASSERT_EQ(signed_in.status, 200) << signed_in.body;
  EXPECT_EQ(scene.get("/api/v1/counties/320102", cookie_in(signed_in)).status, 200);
  EXPECT_EQ(scene.get("/api/v1/counties/320104", cookie_in(signed_in)).status, 404);
  // A second browser does not end the first one's session.
  EXPECT_EQ(scene.send("POST", kSession, "", R"({"demo":"county"})").status, 200);
  EXPECT_EQ(scene.get(kSession, cookie_in(signed_in)).status, 200);
  EXPECT_EQ(scene.send("POST", kSession, "", R"({"demo":"admin"})").status, 401);
}

TEST(DemoAccounts, AreNotThereUnlessAskedFor) {
  PortalScene scene;
  EXPECT_TRUE(scene.get("/api/v1/demo-accounts").json().find("accounts")->as_array().empty());
  EXPECT_EQ(scene.send("POST", kSession, "", R"({"demo":"province"})").status, 401);
}

TEST(SignInLimitsTest, TenFailuresInAQuarterOfAnHour) {
  SignInLimits limits;
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(limits.may_try("a", i));
    limits.failed("a", i);
  }
  EXPECT_FALSE(limits.may_try("a", 10));
  EXPECT_TRUE(limits.may_try("b", 10));
  EXPECT_TRUE(limits.may_try("a", SignInLimits::kWindowMs));
  limits.failed("a", SignInLimits::kWindowMs);
  limits.succeeded("a");
  EXPECT_TRUE(limits.may_try("a", SignInLimits::kWindowMs));
}

TEST(SignInLimitsTest, GuessedNamesAreBounded) {
  SignInLimits limits;
  for (std::size_t i = 0; i < SignInLimits::kMaxNames; ++i) limits.failed(std::to_string(i), 0);
  EXPECT_FALSE(limits.may_try("one more", 1));
  EXPECT_TRUE(limits.may_try("7", 1));
  EXPECT_TRUE(limits.may_try("one more", SignInLimits::kWindowMs));
}

}  // namespace
}  // namespace plumbline
