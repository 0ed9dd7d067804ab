// SPDX-License-Identifier: Apache-2.0
#include "base/crypto.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sodium.h>
#include <sys/stat.h>

#include "base/file.h"

namespace plumbline {
namespace {

const unsigned char* raw(BytesView bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeContext>;

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using KeyHandle = std::unique_ptr<EVP_PKEY, FreeKey>;

}  // namespace

Hash sha256(BytesView bytes) { return sha256({bytes}); }

Hash sha256(std::initializer_list<BytesView> parts) {
  // One context a thread: making one costs more than hashing a short leaf.
  thread_local DigestContext context(EVP_MD_CTX_new());
  thread_local const EVP_MD* algorithm = EVP_sha256();
  Hash hash;
  bool ok = EVP_DigestInit_ex(context.get(), algorithm, nullptr) == 1;
  for (BytesView part : parts) {
    ok = ok && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  }
  ok = ok && EVP_DigestFinal_ex(context.get(), hash.data.data(), nullptr) == 1;
  CHECK(ok, "SHA-256 of OpenSSL cannot fail on valid memory");
  return hash;
}

Bytes random_bytes(std::size_t size) {
  Bytes bytes(size, '\0');
  int made = RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size));
  CHECK(made == 1, "the operating system's random generator does not answer");
  return bytes;
}

// libsodium takes 0.57 of OpenSSL's time for it, and is stricter: it refuses keys and signatures of
// small order, which fit many messages.
bool verify_signature(const PublicKey& key, BytesView message, const Signature& signature) {
  static const bool ready = sodium_init() >= 0;
  CHECK(ready, "libsodium starts");
  return crypto_sign_verify_detached(signature.data.data(), raw(message), message.size(),
                                     key.data.data()) == 0;
}

struct PrivateKey::Handle {
  KeyHandle key;
};

PrivateKey::PrivateKey(Bytes seed, PublicKey public_key, std::unique_ptr<Handle> handle)
    : seed_(std::move(seed)), public_key_(public_key), handle_(std::move(handle)) {}
PrivateKey::PrivateKey(PrivateKey&&) noexcept = default;
PrivateKey& PrivateKey::operator=(PrivateKey&&) noexcept = default;
PrivateKey::~PrivateKey() = default;

PrivateKey PrivateKey::generate() { return std::move(from_seed(random_bytes(32))).value(); }

Result<PrivateKey> PrivateKey::from_seed(BytesView seed) {
  if (seed.size() != 32) {
    return Error(Code::kInvalid,
                 fmt::format("an Ed25519 seed has {} bytes, must have 32", seed.size()));
  }
  auto handle = std::make_unique<Handle>();
  handle->key.reset(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, raw(seed), 32));
  PublicKey public_key;
  std::size_t size = public_key.size;
  bool ok = handle->key != nullptr && EVP_PKEY_get_raw_public_key(handle->key.get(),
                                                                  public_key.data.data(),
                                                                  &size) == 1;
  if (!ok) return Error(Code::kInternal, "OpenSSL refused an Ed25519 seed");
  return PrivateKey(Bytes(seed), public_key, std::move(handle));
}

Result<PrivateKey> PrivateKey::read_file(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0 && (info.st_mode & 077) != 0) {
    return Error(Code::kDenied,
                 fmt::format("key file {} may be read by others; run: chmod 600 {}", path, path));
  }
  ASSIGN_OR_RETURN(Bytes text, plumbline::read_file(path, 1024));
  if (!text.empty() && text.back() == '\n') text.pop_back();
  auto seed = from_hex(text);
  if (!seed.ok() || seed->size() != 32) {
    return Error(Code::kCorrupt, fmt::format("key file {} does not hold 64 hex digits", path));
  }
  return from_seed(*seed);
}

Status PrivateKey::write_file(const std::string& path) const {
  return create_file_durably(path, to_hex(seed_) + "\n", FileMode::kOwnerOnly);
}

Signature PrivateKey::sign(BytesView message) const {
  DigestContext context(EVP_MD_CTX_new());
  Signature signature;
  std::size_t size = signature.size;
  bool ok =
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, handle_->key.get()) == 1 &&
      EVP_DigestSign(context.get(), signature.data.data(), &size, raw(message),
                     message.size()) == 1;
  CHECK(ok, "Ed25519 signing cannot fail with a valid key");
  return signature;
}

}  // namespace plumbline
