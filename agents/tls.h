// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_TLS_H_
#define PLUMBLINE_AGENTS_TLS_H_

#include "base/bytes.h"
#include "base/result.h"

struct ssl_ctx_st;
struct ssl_st;
struct x509_st;

namespace plumbline {

// The sentence for a server whose key is not the pinned one; always the same.
inline constexpr const char* kPinMismatch =
    "the server does not hold the key that the enrolment token names; nothing was sent to it. "
    "Either the address is wrong, or somebody stands between this agent and the server";

// Prepares a client context: TLS 1.3 only, no session tickets or cache, and, in place of a
// certificate authority, the pin: SHA-256 of the DER SubjectPublicKeyInfo of the server's
// certificate. `pin` must outlive the context. OpenSSL itself checks that the server holds the
// private key (CertificateVerify).
Status prepare_pinned_client(ssl_ctx_st* context, const Hash* pin);

// True when the handshake failed because of the pin.
bool failed_on_pin(const ssl_st* session);

// SHA-256 of a certificate's SubjectPublicKeyInfo.
Result<Hash> public_key_pin(const x509_st* certificate);

// The TLS exporter that the hello signs (model/wire/session.h).
Result<Bytes> hello_exporter(ssl_st* session);

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_TLS_H_
