// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "model/wire/session.h"

namespace plumbline {
namespace {

constexpr std::string_view kTokenPrefix = "plumb1.";
constexpr std::size_t kTokenSecretBytes = 16;

Error invalid(std::string sentence) {
  return Error(Code::kInvalid, std::move(sentence));
}

std::string to_base64url(BytesView bytes) {
  std::string text = to_base64(bytes);
  while (!text.empty() && text.back() == '=') text.pop_back();
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

Result<Bytes> from_base64url(std::string_view text) {
  if (text.find_first_of("+/=") != std::string_view::npos) {
    return invalid("base64url has '-' and '_' for '+' and '/', and no padding");
  }
  std::string standard(text);
  std::replace(standard.begin(), standard.end(), '-', '+');
  std::replace(standard.begin(), standard.end(), '_', '/');
  while (standard.size() % 4 != 0) standard.push_back('=');
  return from_base64(standard);
}

}  // namespace

std::string format_token(const Token& token) {
  return fmt::format("{}{}.{}", kTokenPrefix, to_base64url(token.secret),
                     to_base64url(token.server_pin.view()));
}

Result<Token> parse_token(std::string_view text) {
  Error malformed = invalid(
      "this is not an enrolment token: \"plumb1.\", 22 letters, a dot and 43 letters, as the "
      "office handed it out");
  if (!text.starts_with(kTokenPrefix)) return malformed;
  text.remove_prefix(kTokenPrefix.size());
  std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return malformed;
  Result<Bytes> secret = from_base64url(text.substr(0, dot));
  Result<Bytes> pin = from_base64url(text.substr(dot + 1));
  if (!secret.ok() || !pin.ok() || secret->size() != kTokenSecretBytes) return malformed;
  Result<Hash> hash = Hash::from(*pin, "the pin");
  if (!hash.ok()) return malformed;
  return Token{*secret, *hash};
}

}  // namespace plumbline
