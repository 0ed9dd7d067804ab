// SPDX-License-Identifier: Apache-2.0
#include "agents/enrolment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "agents/enroll.h"
#include "base/file.h"
#include "tests/support/agents/desk.h"

namespace plumbline {
namespace {

using ::testing::HasSubstr;

TEST(ServerAddressTest, NamesAndNumbersWithAPort) {
  EXPECT_EQ(ServerAddress::parse("plumbline.example.cn:7443").value(),
            (ServerAddress{"plumbline.example.cn", 7443}));
  EXPECT_EQ(ServerAddress::parse("10.0.0.1:1").value(), (ServerAddress{"10.0.0.1", 1}));
  EXPECT_EQ(ServerAddress::parse("[::1]:65535").value(), (ServerAddress{"::1", 65535}));
  for (const char* text : {"10.0.0.1:1", "[::1]:65535", "a:80"}) {
    EXPECT_EQ(ServerAddress::parse(text).value().text(), text);
  }
}

TEST(ServerAddressTest, AnythingElseIsRefusedWithAnExample) {
  for (const char* text : {"", "host", ":7443", "host:", "host:0", "host:65536", "host:74 43",
                           "host:-1", "::1:7443", "[]:7443", "[::1:7443", "[::1]"}) {
    auto address = ServerAddress::parse(text);
    ASSERT_FALSE(address.ok()) << text;
    EXPECT_THAT(address.error().text(), HasSubstr("expected HOST:PORT"));
  }
}

Enrolled answer() {
  Enrolled enrolled;
  enrolled.ledger_id = "ledger";
  enrolled.outlet = OutletId::parse("njlib").value();
  enrolled.outlet_code = "NJ-01";
  enrolled.historical = true;
  enrolled.files = testing::desk_pack_files();
  return enrolled;
}

TEST(EnrolmentTest, HoldsWhatTheServerAnswered) {
  PrivateKey key = PrivateKey::generate();
  Hash pin = sha256("spki");
  auto made = make_enrolment(answer(), {"h", 1}, pin, key.public_key(), Instant{5}).value();
  EXPECT_EQ(made.ledger_id, "ledger");
  EXPECT_EQ(made.outlet_code, "NJ-01");
  EXPECT_EQ(made.server_pin, pin);
  EXPECT_EQ(made.stream, stream_id(key.public_key(), answer().outlet));
  EXPECT_TRUE(made.historical);
  EXPECT_EQ(made.enrolled_at, Instant{5});
}

TEST(EnrolmentTest, AnAnswerThatCannotBeUsedIsRefused) {
  PublicKey key = PrivateKey::generate().public_key();
  auto why = [&](auto spoil) {
    Enrolled spoiled = answer();
    spoil(spoiled);
    auto made = make_enrolment(spoiled, {"h", 1}, Hash(), key, Instant{5});
    return made.ok() ? std::string() : made.error().text();
  };
  EXPECT_EQ(why([](Enrolled&) {}), "");
  EXPECT_THAT(why([](Enrolled& e) { e.ledger_id.clear(); }), HasSubstr("names no ledger"));
  EXPECT_THAT(why([](Enrolled& e) { e.outlet = OutletId(); }), HasSubstr("names no outlet"));
  EXPECT_THAT(why([](Enrolled& e) { e.files[1].bytes += "colour: red\n"; }),
              HasSubstr("events.yaml"));
  EXPECT_THAT(why([](Enrolled& e) { e.files.clear(); }), HasSubstr("rule pack"));
}

TEST(EnrolmentTest, FilesThatAnAgentDoesNotNeedArePassedOver) {
  auto files = testing::desk_pack_files();
  files.push_back({"standards/x.yaml", "not: [read"});
  EXPECT_TRUE(parse_agent_pack(files).ok());
  EXPECT_EQ(agent_files(files).size(), 3u);
  EXPECT_TRUE(same_agent_files(files, testing::desk_pack_files()));
}

TEST(EnrolmentTest, FilesDifferWhereBytesDoAndOneIsMissing) {
  auto files = testing::desk_pack_files();
  files[0].bytes += "# longer\n";
  EXPECT_FALSE(same_agent_files(files, testing::desk_pack_files()));
  files = testing::desk_pack_files();
  files.pop_back();
  EXPECT_FALSE(same_agent_files(files, testing::desk_pack_files()));
  EXPECT_FALSE(same_agent_files(testing::desk_pack_files(), files));
}

TEST(FolderKeyTest, IsMadeOnceAndIsPrivate) {
  testing::TemporaryFolder folder;
  PublicKey first = folder_key(folder.path()).value().public_key();
  EXPECT_EQ(folder_key(folder.path()).value().public_key(), first);
  struct stat status {};
  ASSERT_EQ(stat(key_path(folder.path()).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  ASSERT_EQ(chmod(key_path(folder.path()).c_str(), 0644), 0);
  EXPECT_EQ(folder_key(folder.path()).error().code(), Code::kDenied);
}

TEST(EnrollTest, AnEnrolledFolderAndABadTokenAreRefusedBeforeAnyConnection) {
  testing::Desk desk;
  Token token{Bytes(16, 's'), sha256("spki")};
  // Port 1 of an address of RFC 5737 that nothing answers on: no test waits for it.
  ServerAddress nowhere{"192.0.2.1", 1};
  auto again = enroll(desk.folder.path(), nowhere, format_token(token), desk.clock, Duration{0});
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code(), Code::kExists);
  testing::TemporaryFolder fresh;
  auto bad = enroll(fresh.path(), nowhere, "plumb1.xyz", desk.clock, Duration{0});
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().code(), Code::kInvalid);
  EXPECT_TRUE(list_files(fresh.path()).value().empty());
}

}  // namespace
}  // namespace plumbline
