// SPDX-License-Identifier: Apache-2.0
#include "base/password.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plumbline {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Password, MatchesItsHashAndNoOther) {
  const std::string hash = hash_password("correct horse").value();
  EXPECT_THAT(hash, StartsWith("$argon2id$v=19$m=65536,t=2,p=1$"));
  EXPECT_TRUE(password_matches(hash, "correct horse"));
  EXPECT_FALSE(password_matches(hash, "correct horsf"));
  EXPECT_NE(hash, hash_password("correct horse").value());
}

TEST(Password, HasALeastAndAMostLength) {
  EXPECT_THAT(hash_password("short").error().sentence(), HasSubstr("must have 10 to 128"));
  EXPECT_EQ(hash_password(std::string(129, 'x')).error().code(), Code::kInvalid);
}

TEST(Password, AHashThatIsNoneMatchesNothing) {
  EXPECT_FALSE(password_matches("", ""));
  EXPECT_FALSE(password_matches("$argon2id$", "correct horse"));
  EXPECT_FALSE(password_matches("!", std::string(200, 'x')));
}

}  // namespace
}  // namespace plumbline
