// SPDX-License-Identifier: Apache-2.0
#include "agents/proxy.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/support/temp_folder.h"

namespace plumbline {
namespace {

using ::testing::HasSubstr;

Proxy proxy(std::string_view url = "http://proxy.example:3128") {
  return parse_proxy(url).value();
}

TEST(ProxyTest, AUrlIsReadAndWrittenBack) {
  for (const char* url : {"http://proxy.example:3128", "http://10.0.0.1:80", "http://[::1]:8080",
                          "http://zhang%20san@proxy.example:3128", "http://%E5%BC%A0@p:1"}) {
    EXPECT_EQ(proxy_text(proxy(url)), url);
  }
  EXPECT_EQ(proxy("http://p:1/").address.host, "p");
  EXPECT_EQ(proxy("http://zhang%20san@p:1").user, "zhang san");
}

TEST(ProxyTest, WhatIsNoProxyIsRefusedWithItsReason) {
  const std::pair<const char*, const char*> kBad[] = {
      {"proxy:3128", "http://HOST:PORT"},
      {"https://proxy:3128", "http://HOST:PORT"},
      {"http://proxy", "'proxy'"},
      {"http://proxy:3128/path", "no path"},
      {"http://u:secret@proxy:1", "password"},
      {"http://a%zz@proxy:1", "%XX"},
      {"http://a%3Ab@proxy:1", "colon"},
      {"http://a%0ab@proxy:1", "control characters"},
      {"http://proxy:70000", "proxy:70000"},
  };
  for (const auto& [url, sentence] : kBad) {
    Result<Proxy> parsed = parse_proxy(url);
    ASSERT_FALSE(parsed.ok()) << url;
    EXPECT_THAT(parsed.error().text(), HasSubstr(sentence)) << url;
    EXPECT_THAT(parsed.error().text(), ::testing::Not(HasSubstr("secret")));
  }
}

TEST(ProxyTest, TheRequestIsThatOfRfc9110And7617) {
  ServerAddress server{"plumbline.example", 7443};
  EXPECT_EQ(connect_request(proxy(), server),
            "CONNECT plumbline.example:7443 HTTP/1.1\r\nHost: plumbline.example:7443\r\n\r\n");
  // The example of RFC 7617 section 2.
  Proxy aladdin = proxy("http://Aladdin@p:1");
  aladdin.password = "open sesame";
  EXPECT_THAT(connect_request(aladdin, server),
              HasSubstr("\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"));
}

TEST(ProxyTest, TheAnswerIsReadHoweverItIsCut) {
  const std::string answer =
      "HTTP/1.1 200 Connection established\r\nProxy-Agent: x\r\nVia: 1.1 y\r\n\r\n";
  for (std::size_t cut = 0; cut < answer.size(); ++cut) {
    ConnectAnswer reader(proxy());
    Result<bool> first = reader.feed(answer.substr(0, cut));
    ASSERT_TRUE(first.ok()) << cut << first.error().text();
    EXPECT_FALSE(*first);
    Result<bool> second = reader.feed(answer.substr(cut));
    ASSERT_TRUE(second.ok());
    EXPECT_TRUE(*second);
  }
}

struct Answer {
  const char* bytes;
  Code code;
  const char* sentence;
};

TEST(ProxyTest, EveryOtherAnswerIsARefusal) {
  const std::string long_header = "HTTP/1.1 200 OK\r\nX: " + std::string(9000, 'x');
  const Answer kAnswers[] = {
      {"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", Code::kDenied, "asks for a user"},
      {"HTTP/1.1 403 Forbidden\r\n\r\n", Code::kDenied, "403 Forbidden"},
      {"HTTP/1.1 502 Bad Gateway\r\n\r\n", Code::kUnavailable, "cannot reach the server"},
      {"HTTP/1.1 302 Found\r\nLocation: http://portal\r\n\r\n", Code::kUnavailable, "302 Found"},
      {"HTTP/1.1 403 \x1b[31mred\r\n\r\n", Code::kDenied, "(it answers 403)"},
      {"SSH-2.0-OpenSSH", Code::kInvalid, "as an HTTP proxy"},
      {"HTTP/1.1 2xx\r\n\r\n", Code::kInvalid, "as an HTTP proxy"},
      {"HTTP/1.1 20\r\n\r\n", Code::kInvalid, "as an HTTP proxy"},
      {"HTTP/1.1 200 OK\r\n\r\nmore", Code::kInvalid, "bytes of its own"},
      {long_header.c_str(), Code::kInvalid, "as an HTTP proxy"},
  };
  for (const Answer& answer : kAnswers) {
    ConnectAnswer reader(proxy());
    Result<bool> read = reader.feed(answer.bytes);
    ASSERT_FALSE(read.ok()) << answer.bytes;
    EXPECT_EQ(read.error().code(), answer.code) << answer.bytes;
    EXPECT_THAT(read.error().text(), HasSubstr(answer.sentence));
  }
  ConnectAnswer known(proxy("http://zhang@p:1"));
  EXPECT_THAT(known.feed("HTTP/1.1 407 No\r\n\r\n").error().text(),
              HasSubstr("does not take the user and password"));
}

TEST(ProxyTest, TheFileIsTheOwnersAlone) {
  testing::PrivateFolder folder;
  EXPECT_EQ(read_proxy(folder.path()).value(), std::nullopt);
  Proxy set = proxy("http://zhang@p:1");
  set.password = "口令 1";
  ASSERT_TRUE(write_proxy(folder.path(), set).ok());
  EXPECT_EQ(read_proxy(folder.path()).value(), set);
  struct stat status {};
  ASSERT_EQ(::stat(folder.path("proxy.json").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  std::ofstream(folder.path("proxy.json")) << "{\"proxy\":\"http://p:1\"}";
  EXPECT_EQ(read_proxy(folder.path()).error().code(), Code::kCorrupt);
  ASSERT_TRUE(remove_proxy(folder.path()).ok());
  ASSERT_TRUE(remove_proxy(folder.path()).ok());
  EXPECT_EQ(read_proxy(folder.path()).value(), std::nullopt);
}

}  // namespace
}  // namespace plumbline
