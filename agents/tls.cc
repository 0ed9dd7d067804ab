// SPDX-License-Identifier: Apache-2.0
#include "agents/tls.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstdlib>
#include <string_view>

#include "base/crypto.h"

namespace plumbline {
namespace {

constexpr std::string_view kExporterLabel = "EXPORTER-plumbline-hello";
constexpr std::size_t kExporterBytes = 32;

// OpenSSL calls this in place of building a chain to an authority.
int check_pin(X509_STORE_CTX* store, void* pin) {
  X509* certificate = X509_STORE_CTX_get0_cert(store);
  Result<Hash> found = public_key_pin(certificate);
  if (found.ok() && *found == *static_cast<const Hash*>(pin)) return 1;
  X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
  return 0;
}

}  // namespace

Status prepare_pinned_client(ssl_ctx_st* context, const Hash* pin) {
  if (SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1 ||
      SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) != 1) {
    return Error(Code::kInternal, "OpenSSL of this system does not offer TLS 1.3");
  }
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(context, check_pin, const_cast<Hash*>(pin));
  return {};
}

bool failed_on_pin(const ssl_st* session) {
  return SSL_get_verify_result(session) == X509_V_ERR_CERT_REJECTED;
}

Result<Hash> public_key_pin(const x509_st* certificate) {
  unsigned char* der = nullptr;
  int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  if (size <= 0) return Error(Code::kInvalid, "the server's certificate holds no readable key");
  Hash pin = sha256(BytesView(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)));
  OPENSSL_free(der);
  return pin;
}

Result<Bytes> hello_exporter(ssl_st* session) {
  Bytes exporter(kExporterBytes, '\0');
  int done = SSL_export_keying_material(session, reinterpret_cast<unsigned char*>(exporter.data()),
                                        exporter.size(), kExporterLabel.data(),
                                        kExporterLabel.size(), nullptr, 0, 0);
  if (done != 1) return Error(Code::kInternal, "TLS gave no keying material for the proof");
  return exporter;
}

}  // namespace plumbline
