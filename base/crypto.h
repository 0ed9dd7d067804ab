// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_BASE_CRYPTO_H_
#define PLUMBLINE_BASE_CRYPTO_H_

#include <initializer_list>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace plumbline {

using PublicKey = FixedBytes<struct PublicKeyTag, 32>;   // Ed25519, RFC 8032
using Signature = FixedBytes<struct SignatureTag, 64>;   // Ed25519, RFC 8032

// Every format that holds a signature or hash names its algorithm with one of these numbers.
enum class SignatureAlgorithm : std::uint8_t { kEd25519 = 1 };
enum class HashAlgorithm : std::uint8_t { kSha256 = 1 };

// SHA-256 of the concatenation of `parts`.
Hash sha256(BytesView bytes);
Hash sha256(std::initializer_list<BytesView> parts);

// `size` bytes from the operating system's generator.
Bytes random_bytes(std::size_t size);

// True when `signature` is the Ed25519 signature of `message` by `key`; false for a key or a
// signature of small order, whatever the message. Any thread.
bool verify_signature(const PublicKey& key, BytesView message, const Signature& signature);

// An Ed25519 private key. Movable; signing is const and may be called from any thread.
class PrivateKey {
 public:
  static PrivateKey generate();
  // From the 32-byte seed of RFC 8032.
  static Result<PrivateKey> from_seed(BytesView seed);

  // Key files hold the seed as 64 hexadecimal digits and a newline, mode 0600. Reading refuses a
  // file that others may read (kDenied) or whose text is not a seed (kCorrupt).
  static Result<PrivateKey> read_file(const std::string& path);
  // Creates the file durably (fsync of file and folder); kExists when there is one.
  Status write_file(const std::string& path) const;

  const PublicKey& public_key() const { return public_key_; }
  Signature sign(BytesView message) const;
  Bytes seed() const { return seed_; }

  PrivateKey(PrivateKey&&) noexcept;
  PrivateKey& operator=(PrivateKey&&) noexcept;
  ~PrivateKey();

 private:
  struct Handle;
  PrivateKey(Bytes seed, PublicKey public_key, std::unique_ptr<Handle> handle);

  Bytes seed_;
  PublicKey public_key_;
  std::unique_ptr<Handle> handle_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_BASE_CRYPTO_H_
