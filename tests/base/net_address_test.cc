// SPDX-License-Identifier: Apache-2.0
#include "base/net_address.h"

#include <gtest/gtest.h>

namespace plumbline {
namespace {

TEST(NetAddressTest, ReadsWhatItWrites) {
  for (const char* text : {"127.0.0.1:0", "0.0.0.0:65535", "[::1]:8080", "[2001:db8::1]:1"}) {
    auto address = parse_net_address(text);
    ASSERT_TRUE(address.ok()) << text;
    EXPECT_EQ(address->text(), text);
  }
}

TEST(NetAddressTest, RefusesEverythingElse) {
  for (const char* text :
       {"", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:1x",
        "localhost:80", "::1:80", "[::1]", "[127.0.0.1]:80", "256.0.0.1:80", " 127.0.0.1:80"}) {
    auto address = parse_net_address(text);
    ASSERT_FALSE(address.ok()) << text;
    EXPECT_EQ(address.error().code(), Code::kInvalid);
  }
}

TEST(NetAddressTest, KnowsLoopback) {
  EXPECT_TRUE((NetAddress{"127.0.0.1", 1}).is_loopback());
  EXPECT_TRUE((NetAddress{"127.9.9.9", 1}).is_loopback());
  EXPECT_TRUE((NetAddress{"::1", 1}).is_loopback());
  EXPECT_FALSE((NetAddress{"0.0.0.0", 1}).is_loopback());
  EXPECT_FALSE((NetAddress{"128.0.0.1", 1}).is_loopback());
  EXPECT_FALSE((NetAddress{"::", 1}).is_loopback());
}

}  // namespace
}  // namespace plumbline
