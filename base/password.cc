// SPDX-License-Identifier: Apache-2.0
#include "base/password.h"

#include <fmt/format.h>
#include <sodium.h>

namespace plumbline {
namespace {

void make_ready() {
  // Idempotent and safe from any thread.
  CHECK(sodium_init() >= 0, "libsodium starts");
}

}  // namespace

Result<std::string> hash_password(std::string_view password) {
  if (password.size() < kMinPasswordBytes || password.size() > kMaxPasswordBytes) {
    return Error(Code::kInvalid,
                 fmt::format("the password has {} bytes, must have {} to {}", password.size(),
                             kMinPasswordBytes, kMaxPasswordBytes));
  }
  make_ready();
  char text[crypto_pwhash_STRBYTES];
  if (crypto_pwhash_str(text, password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                        crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
    return Error(Code::kExhausted, "there is no memory to hash a password");
  }
  return std::string(text);
}

bool password_matches(const std::string& hash, std::string_view password) {
  if (password.size() > kMaxPasswordBytes) return false;
  make_ready();
  return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

}  // namespace plumbline
