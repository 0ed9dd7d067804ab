// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_DASHBOARDS_PORTAL_SIGN_IN_LIMITS_H_
#define PLUMBLINE_DASHBOARDS_PORTAL_SIGN_IN_LIMITS_H_

#include <cstdint>
#include <deque>
#include <map>
#include <string>

namespace plumbline {

// How often a password may be guessed: kMost failures of one account name in kWindowMs. In memory:
// a restart forgets them, and gives a guesser ten more. Not thread-safe; time is an argument.
class SignInLimits {
 public:
  static constexpr std::size_t kMost = 10;
  static constexpr std::int64_t kWindowMs = 15 * 60'000;
  // Names are what guessers send: 10,000 of 64 bytes with their times are 2 MB.
  static constexpr std::size_t kMaxNames = 10'000;

  bool may_try(const std::string& name, std::int64_t now_ms);
  void failed(const std::string& name, std::int64_t now_ms);
  void succeeded(const std::string& name);

 private:
  void forget(std::int64_t now_ms);
  std::map<std::string, std::deque<std::int64_t>> failures_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_DASHBOARDS_PORTAL_SIGN_IN_LIMITS_H_
