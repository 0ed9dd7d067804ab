// SPDX-License-Identifier: Apache-2.0
#include "base/hash_stream.h"

#include <openssl/evp.h>

#include "base/check.h"

namespace plumbline {

struct HashStream::Context {
  EVP_MD_CTX* handle = EVP_MD_CTX_new();
  ~Context() { EVP_MD_CTX_free(handle); }
};

HashStream::HashStream() : context_(std::make_unique<Context>()) {
  CHECK(EVP_DigestInit_ex(context_->handle, EVP_sha256(), nullptr) == 1, "OpenSSL has SHA-256");
}

HashStream::~HashStream() = default;

void HashStream::add(BytesView bytes) {
  CHECK(EVP_DigestUpdate(context_->handle, bytes.data(), bytes.size()) == 1,
        "SHA-256 of OpenSSL cannot fail on valid memory");
}

Hash HashStream::finish() {
  Hash hash;
  CHECK(EVP_DigestFinal_ex(context_->handle, hash.data.data(), nullptr) == 1,
        "a hash is finished once");
  return hash;
}

}  // namespace plumbline
