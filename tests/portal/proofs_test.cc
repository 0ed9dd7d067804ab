// SPDX-License-Identifier: Apache-2.0
// What the portal answers to whoever asks for proofs. That they hold is tested where they are made
// (tests/evidence) and on a real server (tests/end_to_end).
#include <gmock/gmock.h>

#include "tests/support/portal/scene.h"

namespace plumbline {
namespace {

using testing::PortalScene;

class ProofRoutes : public ::testing::Test {
 protected:
  ProofRoutes() { scene_.checkpoint = {"note", LedgerSize(7), "root"}; }
  int status(const std::string& query) { return scene_.get("/api/v1/ledger/" + query, "").status; }

  PortalScene scene_;
};

TEST_F(ProofRoutes, NobodyNeedsToSignIn) {
  Json inclusion = scene_.get("/api/v1/ledger/proof/inclusion?index=3&size=5", "").json();
  EXPECT_EQ(inclusion.integer_at("index").value(), 3);
  EXPECT_EQ(inclusion.integer_at("size").value(), 5);
  EXPECT_EQ(inclusion.find("path")->as_array().size(), 2u);
  Json consistency = scene_.get("/api/v1/ledger/proof/consistency?first=2", "").json();
  EXPECT_EQ(consistency.integer_at("first").value(), 2);
  EXPECT_EQ(consistency.integer_at("second").value(), 7);
  Json known = scene_.get("/api/v1/ledger/checkpoints", "").json();
  EXPECT_EQ(known.find("checkpoints")->as_array().front().string_at("checkpoint").value(), "note");
}

// Hashes and numbers, whoever asks: nothing of an outlet, so no account sees more or less.
TEST_F(ProofRoutes, AnAccountSeesWhatEverybodySees) {
  const std::string path = "/api/v1/ledger/proof/inclusion?index=3&size=5";
  const std::string body = scene_.get(path, "").body;
  EXPECT_EQ(scene_.get(path, scene_.cookie_of(Role::kOutlet, "o320206-2")).body, body);
  EXPECT_EQ(scene_.get(path, scene_.cookie_of(Role::kProvince, "ALL")).body, body);
  EXPECT_EQ(body.find("o320"), std::string::npos);
}

TEST_F(ProofRoutes, BadInputIsAnswered400) {
  for (const char* query :
       {"proof/inclusion", "proof/inclusion?size=5", "proof/inclusion?index=-1",
        "proof/inclusion?index=x", "proof/inclusion?index=01", "proof/inclusion?index=1.5",
        "proof/inclusion?index=1234567890123456789", "proof/inclusion?index=7",
        "proof/inclusion?index=3&size=8", "proof/inclusion?index=3&size=3",
        "proof/inclusion?index=1&index=2", "proof/inclusion?index=1&first=2", "proof/consistency",
        "proof/consistency?second=5", "proof/consistency?first=8",
        "proof/consistency?first=5&second=4", "proof/consistency?first=1&second=99",
        "checkpoints?index=1"}) {
    EXPECT_EQ(status(query), 400) << query;
  }
  EXPECT_EQ(status("proof/inclusion?index=0"), 200);
  EXPECT_EQ(status("proof/consistency?first=0&second=0"), 200);
  EXPECT_EQ(status("proof"), 404);
}

TEST_F(ProofRoutes, WithoutACheckpointThereIsNoProof) {
  scene_.checkpoint.reset();
  EXPECT_EQ(status("proof/inclusion?index=0"), 503);
  EXPECT_EQ(status("proof/consistency?first=0"), 503);
  EXPECT_EQ(status("checkpoints"), 200);
}

}  // namespace
}  // namespace plumbline
