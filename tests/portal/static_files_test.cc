// SPDX-License-Identifier: Apache-2.0
#include "dashboards/portal/static_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/portal/scene.h"

namespace plumbline {
namespace {

using ::testing::HasSubstr;
using testing::PortalScene;

class Web : public ::testing::Test {
 protected:
  Web() {
    std::filesystem::create_directories(folder_.path("web/assets"));
    write("web/index.html", "<h1>front end</h1>");
    write("web/assets/app-1a2b.js", "1");
    write("web/assets/app-1a2b.css", "a{}");
    write("web/favicon.svg", "<svg/>");
    write("secret.txt", "secret");
  }
  void write(const std::string& path, const std::string& text) {
    std::ofstream(folder_.path(path)) << text;
  }
  PortalScene::Setup setup() {
    PortalScene::Setup setup;
    setup.web_folder = folder_.path("web");
    return setup;
  }
  testing::PrivateFolder folder_;
};

TEST_F(Web, FilesHaveTheirTypesAndMayBeKept) {
  PortalScene scene(setup());
  const auto index = scene.get("/");
  EXPECT_EQ(index.body, "<h1>front end</h1>");
  EXPECT_EQ(index.header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(index.header("Cache-Control"), "no-cache");
  EXPECT_EQ(index.header("Content-Security-Policy"),
            "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'");
  EXPECT_EQ(index.header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(index.header("Referrer-Policy"), "no-referrer");
  const auto script = scene.get("/assets/app-1a2b.js");
  EXPECT_EQ(script.header("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_THAT(script.header("Cache-Control"), HasSubstr("immutable"));
  EXPECT_EQ(scene.get("/assets/app-1a2b.css").header("Content-Type"), "text/css; charset=utf-8");
  EXPECT_EQ(scene.get("/favicon.svg").header("Content-Type"), "image/svg+xml");
}

TEST_F(Web, PagesOfTheFrontEndGetTheIndexAndTheApiDoesNot) {
  PortalScene scene(setup());
  EXPECT_EQ(scene.get("/cities/320100").body, "<h1>front end</h1>");
  EXPECT_EQ(scene.get("/targets").status, 200);
  EXPECT_EQ(scene.get("/assets/gone.js").status, 404);
  for (const char* path : {"/api", "/api/v1/nothing", "/api/v2/cities"}) {
    const auto answer = scene.get(path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(answer.code(), "not_found");
    EXPECT_EQ(answer.header("Cache-Control"), "no-store");
  }
  EXPECT_EQ(scene.send("POST", "/cities/320100", "", "x").status, 404);
}

TEST_F(Web, NoPathLeavesTheFolder) {
  PortalScene scene(setup());
  for (const char* path :
       {"/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/assets/../../secret.txt",
        "//secret.txt", "/web/../secret.txt", "/%00", "/\\..\\secret.txt", "/%"}) {
    const auto answer = scene.get(path);
    EXPECT_NE(answer.status, 200) << path;
    EXPECT_THAT(answer.body, ::testing::Not(HasSubstr("\"secret\""))) << path;
  }
}

TEST(StaticFilesTest, AFolderWithoutAnIndexIsTold) {
  testing::PrivateFolder folder;
  auto files = StaticFiles::load(folder.path());
  ASSERT_FALSE(files.ok());
  EXPECT_EQ(files.error().code(), Code::kNotFound);
  EXPECT_FALSE(StaticFiles::load(folder.path("none")).ok());
}

TEST(StaticFilesTest, WhatTheBrowserHasIsNotSentAgain) {
  testing::PrivateFolder folder;
  std::ofstream(folder.path("index.html")) << "x";
  const StaticFiles files = StaticFiles::load(folder.path()).value();
  HttpRequest request;
  request.path = "/";
  const HttpAnswer first = files.answer(request);
  ASSERT_EQ(first.headers[0].first, "ETag");
  request.headers.emplace("if-none-match", first.headers[0].second);
  const HttpAnswer again = files.answer(request);
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  request.headers.clear();
  request.headers.emplace("if-none-match", "\"other\"");
  EXPECT_EQ(files.answer(request).status, 200);
}

}  // namespace
}  // namespace plumbline
