// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_BASE_PASSWORD_H_
#define PLUMBLINE_BASE_PASSWORD_H_

#include <string>
#include <string_view>

#include "base/result.h"

namespace plumbline {

// Passwords are kept as argon2id in its own text form ("$argon2id$v=19$m=65536,..."), which names
// algorithm, cost and salt, so that the cost can be raised later. One computation takes 64 MiB and
// about 0.1 s; callers decide how many run at a time.

// kInvalid for fewer than kMinPasswordBytes or more than kMaxPasswordBytes; kExhausted when there
// is no memory for it.
inline constexpr std::size_t kMinPasswordBytes = 10;
inline constexpr std::size_t kMaxPasswordBytes = 128;
Result<std::string> hash_password(std::string_view password);

// False for another password, and for a hash that is none.
bool password_matches(const std::string& hash, std::string_view password);

}  // namespace plumbline

#endif  // PLUMBLINE_BASE_PASSWORD_H_
