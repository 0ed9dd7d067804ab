// SPDX-License-Identifier: Apache-2.0
// One conformance suite for both homes of accounts.
#include "store/accounts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/crypto.h"
#include "store/sqlite/accounts_db.h"
#include "tests/support/temp_folder.h"

namespace plumbline {
namespace {

using ::testing::HasSubstr;

const AccountChange kBy{Instant{1000}, "os:clerk", "joins"};
constexpr Instant kNow{5000};

Account account(const std::string& name, const std::string& county = "320102") {
  Account made;
  made.name = name;
  made.display_zh = "玄武区";
  made.role = Role::kCounty;
  made.scope = {ScopeLevel::kCounty, county};
  made.password_hash = "hash";
  return made;
}

Hash token(int number) {
  return sha256(std::to_string(number));
}

class AccountsTest : public ::testing::TestWithParam<const char*> {
 protected:
  AccountsTest() {
    if (GetParam() == std::string("sqlite")) {
      accounts_ = open_sqlite_accounts(folder_.path("portal.db")).value();
    } else {
      accounts_ = make_memory_accounts();
    }
  }

  Account added(const std::string& name) {
    EXPECT_TRUE(accounts_->add(account(name), kBy).ok());
    return accounts_->find(name).value().value();
  }

  void sign_in(const Account& who, int number, Instant created = kNow) {
    EXPECT_TRUE(accounts_
                    ->open_session(
                        {token(number), who.name, created, created + Duration{100}, who.revision})
                    .ok());
  }

  bool is_in(int number, Instant now = kNow) {
    return accounts_->signed_in(token(number), now).value().has_value();
  }

  testing::PrivateFolder folder_;
  std::unique_ptr<AccountStore> accounts_;
};

TEST_P(AccountsTest, AreAddedOnceAndListed) {
  Account made = added("b");
  added("a");
  EXPECT_EQ(made.display_zh, "玄武区");
  EXPECT_EQ(made.scope, (Scope{ScopeLevel::kCounty, "320102"}));
  EXPECT_EQ(accounts_->add(account("b"), kBy).error().code(), Code::kExists);
  std::vector<Account> all = accounts_->list().value();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].name, "a");
  EXPECT_FALSE(accounts_->find("c").value().has_value());
}

TEST_P(AccountsTest, SayWhatIsNotPossible) {
  Account wrong = account("a");
  wrong.scope = {ScopeLevel::kNetwork, "ALL"};
  EXPECT_THAT(accounts_->add(wrong, kBy).error().sentence(), HasSubstr("county"));
  wrong = account("A b");
  EXPECT_EQ(accounts_->add(wrong, kBy).error().code(), Code::kInvalid);
  wrong = account("a");
  wrong.display_zh.clear();
  EXPECT_EQ(accounts_->add(wrong, kBy).error().code(), Code::kInvalid);
  wrong = account("a", "ALL");
  EXPECT_EQ(accounts_->add(wrong, kBy).error().code(), Code::kInvalid);
  EXPECT_EQ(accounts_->set(account("nobody"), kBy).error().code(), Code::kNotFound);
  EXPECT_EQ(accounts_->remove("nobody", kBy).error().code(), Code::kNotFound);
  EXPECT_EQ(accounts_->open_session({token(1), "nobody", kNow, kNow, 1}).error().code(),
            Code::kNotFound);
}

TEST_P(AccountsTest, ASessionLastsUntilItExpiresOrIsClosed) {
  Account made = added("a");
  sign_in(made, 1);
  sign_in(made, 2);
  EXPECT_TRUE(is_in(1));
  EXPECT_TRUE(is_in(1, kNow + Duration{99}));
  EXPECT_FALSE(is_in(1, kNow + Duration{100}));
  EXPECT_FALSE(is_in(3));
  ASSERT_TRUE(accounts_->close_session(token(1)).ok());
  EXPECT_FALSE(is_in(1));
  EXPECT_TRUE(is_in(2));
  ASSERT_TRUE(accounts_->forget_expired(kNow + Duration{100}).ok());
  EXPECT_FALSE(is_in(2));
}

TEST_P(AccountsTest, AChangedAccountEndsItsSessions) {
  Account made = added("a");
  sign_in(made, 1);
  ASSERT_TRUE(accounts_->set(account("a", "320104"), kBy).ok());
  EXPECT_FALSE(is_in(1));
  Account changed = accounts_->find("a").value().value();
  EXPECT_NE(changed.revision, made.revision);
  sign_in(changed, 2);
  EXPECT_TRUE(is_in(2));
  changed.disabled = true;
  ASSERT_TRUE(accounts_->set(changed, kBy).ok());
  sign_in(accounts_->find("a").value().value(), 3);
  EXPECT_FALSE(is_in(3));
}

TEST_P(AccountsTest, ARemovedAccountTakesItsSessionsAlong) {
  Account made = added("a");
  sign_in(made, 1);
  ASSERT_TRUE(accounts_->remove("a", kBy).ok());
  EXPECT_FALSE(is_in(1));
  Account again = added("a");
  EXPECT_NE(again.revision, made.revision);
  EXPECT_FALSE(is_in(1));
}

TEST_P(AccountsTest, TheOldestSessionsEndFirst) {
  Account made = added("a");
  const int most = static_cast<int>(AccountStore::kMaxSessionsPerAccount);
  for (int i = 0; i <= most; ++i) sign_in(made, i, kNow + Duration{i});
  EXPECT_FALSE(is_in(0));
  EXPECT_TRUE(is_in(1));
  EXPECT_TRUE(is_in(most));
}

INSTANTIATE_TEST_SUITE_P(Homes, AccountsTest, ::testing::Values("memory", "sqlite"),
                         [](const auto& named) { return std::string(named.param); });

TEST(SqliteAccounts, StayAfterReopeningAndBelongToOneProgram) {
  testing::PrivateFolder folder;
  auto accounts = open_sqlite_accounts(folder.path("portal.db")).value();
  ASSERT_TRUE(accounts->add(account("a"), kBy).ok());
  EXPECT_EQ(open_sqlite_accounts(folder.path("portal.db")).error().code(), Code::kConflict);
  accounts.reset();
  accounts = open_sqlite_accounts(folder.path("portal.db")).value();
  EXPECT_EQ(accounts->find("a").value()->password_hash, "hash");
}

}  // namespace
}  // namespace plumbline
