// SPDX-License-Identifier: Apache-2.0
#include "collector/tls_identity.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/file.h"
#include "tests/support/temp_folder.h"

namespace plumbline {
namespace {

const Instant kNow{1'767'600'000'000};

class TlsIdentityTest : public ::testing::Test {
 protected:
  Status store(const TlsIdentity& identity) {
    return store_tls_identity(identity, certificate_, key_);
  }
  Result<TlsIdentity> load() { return load_tls_identity(certificate_, key_); }

  testing::PrivateFolder folder_;
  const std::string certificate_ = folder_.path("tls.crt");
  const std::string key_ = folder_.path("tls.key");
};

TEST_F(TlsIdentityTest, IsReadBackAsItWasMade) {
  TlsIdentity made = make_tls_identity("plumbline", kNow).value();
  ASSERT_TRUE(store(made).ok());
  TlsIdentity read = load().value();
  EXPECT_EQ(read.pin, made.pin);
  EXPECT_EQ(read.certificate_pem, made.certificate_pem);
  EXPECT_EQ(read.key_pem, made.key_pem);
}

TEST_F(TlsIdentityTest, EveryOneIsAnother) {
  EXPECT_NE(make_tls_identity("plumbline", kNow)->pin, make_tls_identity("plumbline", kNow)->pin);
}

TEST_F(TlsIdentityTest, IsNeverOverwritten) {
  ASSERT_TRUE(store(make_tls_identity("plumbline", kNow).value()).ok());
  Status again = store(make_tls_identity("plumbline", kNow).value());
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code(), Code::kExists);
}

TEST_F(TlsIdentityTest, TheKeyIsForItsOwnerAlone) {
  ASSERT_TRUE(store(make_tls_identity("plumbline", kNow).value()).ok());
  ASSERT_EQ(::chmod(key_.c_str(), 0640), 0);
  EXPECT_EQ(load().error().code(), Code::kDenied);
}

TEST_F(TlsIdentityTest, MissingFilesAreTold) {
  EXPECT_EQ(load().error().code(), Code::kNotFound);
}

TEST_F(TlsIdentityTest, FilesThatDoNotParseAreTold) {
  ASSERT_TRUE(store({"no certificate", "no key", {}}).ok());
  EXPECT_EQ(load().error().code(), Code::kCorrupt);
}

TEST_F(TlsIdentityTest, AKeyThatDoesNotParseIsTold) {
  TlsIdentity made = make_tls_identity("plumbline", kNow).value();
  made.key_pem = "no key";
  ASSERT_TRUE(store(made).ok());
  EXPECT_EQ(load().error().code(), Code::kCorrupt);
}

TEST_F(TlsIdentityTest, AKeyOfAnotherCertificateIsTold) {
  TlsIdentity made = make_tls_identity("plumbline", kNow).value();
  made.key_pem = make_tls_identity("plumbline", kNow)->key_pem;
  ASSERT_TRUE(store(made).ok());
  EXPECT_EQ(load().error().code(), Code::kCorrupt);
}

}  // namespace
}  // namespace plumbline
