// SPDX-License-Identifier: Apache-2.0
// The local socket with both of its ends, in a temporary folder.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "collector/control_client.h"
#include "collector/control_listener.h"
#include "collector/control_socket.h"
#include "tests/support/temp_folder.h"

namespace plumbline {
namespace {

using ::testing::HasSubstr;
constexpr std::chrono::milliseconds kPatience(10'000);

Json request(const char* op) {
  Json json = Json::object();
  json.set("op", op);
  return json;
}

class ControlTest : public ::testing::Test {
 protected:
  void start() {
    listener_ =
        ControlListener::start(path_,
                               [](const Json& asked, const std::string& actor) -> Result<Json> {
                                 if (asked.string_at("op").value() == "fail") {
                                   return Error(Code::kConflict, "this contradicts that");
                                 }
                                 Json answer = Json::object();
                                 answer.set("asked", asked).set("actor", actor);
                                 return answer;
                               })
            .value();
  }

  // Writes raw bytes and reads one line.
  std::string raw(const std::string& bytes) {
    auto socket = connect_unix(path_).value();
    EXPECT_TRUE(socket.has_value());
    LineChannel channel(socket->get(), limits::kMaxOfficeRecordBytes, kPatience);
    // The listener may refuse before it has read everything.
    (void)channel.write_line(bytes);
    auto line = channel.read_line();
    return line.ok() && line->has_value() ? **line : "";
  }

  testing::PrivateFolder folder_;
  const std::string path_ = folder_.path("control.sock");
  std::unique_ptr<ControlListener> listener_;
};

TEST_F(ControlTest, ARequestIsAnsweredWithItsUser) {
  start();
  Json answer = control_call(path_, request("hello")).value();
  EXPECT_EQ(*answer.find("asked"), request("hello"));
  const passwd* user = ::getpwuid(::geteuid());
  ASSERT_NE(user, nullptr);
  EXPECT_EQ(answer.string_at("actor").value(), std::string("os:") + user->pw_name);
}

TEST_F(ControlTest, AnErrorKeepsItsCodeAndSentence) {
  start();
  auto answer = control_call(path_, request("fail"));
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code(), Code::kConflict);
  EXPECT_EQ(answer.error().sentence(), "this contradicts that");
}

TEST_F(ControlTest, OneConnectionMayAskManyTimes) {
  start();
  auto socket = connect_unix(path_).value();
  LineChannel channel(socket->get(), 1000, kPatience);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(channel.write_line(request("again").text()).ok());
    EXPECT_THAT(channel.read_line()->value(), HasSubstr("{\"ok\":"));
  }
}

TEST_F(ControlTest, ALargeRequestGoesThrough) {
  start();
  Json large = request("large");
  large.set("text", std::string(6 << 20, 'x'));
  Json answer = control_call(path_, large).value();
  EXPECT_EQ(*answer.find("asked"), large);
}

TEST_F(ControlTest, WithoutPlumbdTheErrorSaysSo) {
  auto answer = control_call(path_, request("hello"));
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code(), Code::kUnavailable);
  EXPECT_THAT(answer.error().sentence(), HasSubstr("plumbd does not run"));
  EXPECT_THAT(answer.error().sentence(), HasSubstr(path_));
}

TEST_F(ControlTest, WhatIsNoJsonIsAnsweredWithAnError) {
  start();
  EXPECT_THAT(raw("what?"), HasSubstr("\"code\":\"invalid\""));
  EXPECT_THAT(raw("[1]"), HasSubstr("a request must be one JSON object"));
}

TEST_F(ControlTest, ALineOverTheLimitIsRefused) {
  start();
  EXPECT_THAT(raw(std::string(limits::kMaxOfficeRecordBytes + 100'000, ' ')),
              HasSubstr("\"code\":\"exhausted\""));
}

TEST_F(ControlTest, ARequestOverTheLimitIsAnsweredToTheCaller) {
  start();
  Json large = request("large");
  large.set("text", std::string(limits::kMaxOfficeRecordBytes + 100'000, 'x'));
  auto answer = control_call(path_, large);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code(), Code::kExhausted);
}

TEST_F(ControlTest, AHalfLineIsTold) {
  start();
  auto socket = connect_unix(path_).value();
  ASSERT_EQ(::send(socket->get(), "{\"op\":", 6, 0), 6);
  ASSERT_EQ(::shutdown(socket->get(), SHUT_WR), 0);
  LineChannel channel(socket->get(), 1000, kPatience);
  EXPECT_THAT(channel.read_line()->value(), HasSubstr("went away within a line"));
  EXPECT_FALSE(channel.read_line()->has_value());
}

TEST_F(ControlTest, ASecondListenerIsRefused) {
  start();
  auto second = ControlListener::start(
      path_, [](const Json&, const std::string&) -> Result<Json> { return Json(); });
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code(), Code::kExists);
}

TEST_F(ControlTest, ASocketThatAKilledServerLeftIsReplaced) {
  {
    sockaddr_un address = unix_address(path_).value();
    FileDescriptor left(::socket(AF_UNIX, SOCK_STREAM, 0));
    ASSERT_EQ(::bind(left.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  start();
  EXPECT_TRUE(control_call(path_, request("hello")).ok());
}

TEST_F(ControlTest, TheSocketGoesWithItsListener) {
  start();
  struct stat info {};
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  listener_.reset();
  EXPECT_NE(::stat(path_.c_str(), &info), 0);
}

TEST_F(ControlTest, AFolderThatOthersMayEnterIsRefused) {
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0755), 0);
  auto started = ControlListener::start(path_, nullptr);
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().code(), Code::kDenied);
}

TEST_F(ControlTest, APathThatIsTooLongForASocketIsTold) {
  auto answer = control_call(folder_.path(std::string(120, 'x')), request("hello"));
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code(), Code::kInvalid);
}

TEST_F(ControlTest, StoppingDoesNotWaitForAnIdleClient) {
  start();
  auto socket = connect_unix(path_).value();
  listener_.reset();
  LineChannel channel(socket->get(), 1000, kPatience);
  auto line = channel.read_line();
  EXPECT_TRUE(!line.ok() || !line->has_value() || !(*line)->empty());
}

}  // namespace
}  // namespace plumbline
