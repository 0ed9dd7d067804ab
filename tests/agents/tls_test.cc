// SPDX-License-Identifier: Apache-2.0
// Both ends of a TLS session in memory, without a socket.
#include "agents/tls.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>

#include "base/crypto.h"

namespace plumbline {
namespace {

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* session) const { SSL_free(session); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

// A server's key with a certificate that nobody but itself signed, long expired.
struct Identity {
  Identity() : key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")), certificate(X509_new()) {
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    ASN1_TIME_set_string(X509_getm_notBefore(certificate.get()), "20000101000000Z");
    ASN1_TIME_set_string(X509_getm_notAfter(certificate.get()), "20000102000000Z");
    X509_set_pubkey(certificate.get(), key.get());
    X509_sign(certificate.get(), key.get(), nullptr);
  }
  Hash pin() const { return public_key_pin(certificate.get()).value(); }

  Owned<EVP_PKEY> key;
  Owned<X509> certificate;
};

struct Ends {
  Ends(const Identity& identity, const Hash& expected, int server_version = TLS1_3_VERSION)
      : pin(expected),
        client_context(SSL_CTX_new(TLS_client_method())),
        server_context(SSL_CTX_new(TLS_server_method())) {
    EXPECT_TRUE(prepare_pinned_client(client_context.get(), &pin).ok());
    SSL_CTX_set_max_proto_version(server_context.get(), server_version);
    SSL_CTX_use_certificate(server_context.get(), identity.certificate.get());
    SSL_CTX_use_PrivateKey(server_context.get(), identity.key.get());
    client.reset(SSL_new(client_context.get()));
    server.reset(SSL_new(server_context.get()));
    BIO *left = nullptr, *right = nullptr;
    BIO_new_bio_pair(&left, 0, &right, 0);
    SSL_set_bio(client.get(), left, left);
    SSL_set_bio(server.get(), right, right);
    SSL_set_connect_state(client.get());
    SSL_set_accept_state(server.get());
  }

  bool shake() {
    bool client_done = false, server_done = false;
    for (int i = 0; i < 20 && !(client_done && server_done); ++i) {
      client_done = SSL_do_handshake(client.get()) == 1;
      server_done = SSL_do_handshake(server.get()) == 1;
    }
    return client_done && server_done;
  }

  Hash pin;
  Owned<SSL_CTX> client_context, server_context;
  Owned<SSL> client, server;
};

TEST(TlsTest, ThePinnedKeyIsAcceptedWithoutAnAuthority) {
  Identity identity;
  Ends ends(identity, identity.pin());
  EXPECT_TRUE(ends.shake());
  EXPECT_STREQ(SSL_get_version(ends.client.get()), "TLSv1.3");
  EXPECT_FALSE(failed_on_pin(ends.client.get()));
}

TEST(TlsTest, AnotherKeyIsRefused) {
  Identity identity, other;
  Ends ends(identity, other.pin());
  EXPECT_FALSE(ends.shake());
  EXPECT_TRUE(failed_on_pin(ends.client.get()));
}

TEST(TlsTest, AnOlderProtocolIsRefusedAndThatIsNoMatterOfThePin) {
  Identity identity;
  Ends ends(identity, identity.pin(), TLS1_2_VERSION);
  EXPECT_FALSE(ends.shake());
  EXPECT_FALSE(failed_on_pin(ends.client.get()));
}

TEST(TlsTest, BothEndsDeriveTheSameExporterOfThisSession) {
  Identity identity;
  Ends one(identity, identity.pin()), two(identity, identity.pin());
  ASSERT_TRUE(one.shake());
  ASSERT_TRUE(two.shake());
  Bytes client = hello_exporter(one.client.get()).value();
  EXPECT_EQ(client.size(), 32u);
  EXPECT_EQ(client, hello_exporter(one.server.get()).value());
  EXPECT_NE(client, hello_exporter(two.client.get()).value());
}

TEST(TlsTest, ThePinIsTheHashOfTheSubjectPublicKeyInfo) {
  Identity identity;
  unsigned char* der = nullptr;
  int size = i2d_PUBKEY(identity.key.get(), &der);
  ASSERT_GT(size, 0);
  Bytes info(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  EXPECT_EQ(identity.pin(), sha256(info));
}

}  // namespace
}  // namespace plumbline
