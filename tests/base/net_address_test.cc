// SPDX-License-Identifier: Apache-2.0
#include "base/net_address.h"

#include <gtest/gtest.h>

namespace plumbline {
namespace {

TEST(NetAddress, ReadsWhatItWrites) {
  for (const char* text :
       {"127.0.0.1:8080", "0.0.0.0:0", "10.1.2.3:65535", "[::1]:443", "[2001:db8::7]:1"}) {
    auto address = parse_net_address(text);
    ASSERT_TRUE(address.ok()) << text;
    EXPECT_EQ(address->text(), text);
    EXPECT_EQ(parse_net_address(address->text()).value(), *address);
  }
  EXPECT_EQ(parse_net_address("[::1]:443")->host, "::1");
  EXPECT_EQ(parse_net_address("[::1]:443")->port, 443);
}

TEST(NetAddress, RefusesNamesAndOtherForms) {
  for (const char* text : {"", ":", "127.0.0.1", "127.0.0.1:", ":8080", "localhost:8080",
                           "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+1", "127.0.0.1:80x",
                           "127.0.0.1: 80", "127.0.0:80", "127.0.0.256:80", "::1:80", "[::1]80",
                           "[127.0.0.1]:80", "[]:80", "[::1:80", "127.0.0.1:80:80"}) {
    auto address = parse_net_address(text);
    EXPECT_FALSE(address.ok()) << text;
    EXPECT_EQ(address.error().code(), Code::kInvalid);
  }
}

TEST(NetAddress, KnowsLoopback) {
  for (const char* host : {"127.0.0.1", "127.255.255.255", "::1"}) {
    EXPECT_TRUE((NetAddress{host, 1}).is_loopback()) << host;
  }
  for (const char* host :
       {"128.0.0.1", "0.0.0.0", "::", "10.0.0.1", "localhost", "", "::ffff:10.0.0.1"}) {
    EXPECT_FALSE((NetAddress{host, 1}).is_loopback()) << host;
  }
}

}  // namespace
}  // namespace plumbline
