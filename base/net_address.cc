// SPDX-License-Identifier: Apache-2.0
#include "base/net_address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <charconv>

namespace plumbline {
namespace {

bool is_ip(int family, const std::string& host) {
  unsigned char parsed[sizeof(in6_addr)];
  return ::inet_pton(family, host.c_str(), parsed) == 1;
}

}  // namespace

std::string NetAddress::text() const {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port)
                                             : fmt::format("[{}]:{}", host, port);
}

bool NetAddress::is_loopback() const {
  in_addr v4{};
  if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
  in6_addr v6{};
  return ::inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

Result<NetAddress> parse_net_address(std::string_view text) {
  Error wrong(
      Code::kInvalid,
      fmt::format("\"{}\" is not an address of the form 127.0.0.1:8080 or [::1]:8080", text));
  std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong;
  std::string host(text.substr(0, colon));
  bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (!is_ip(bracketed ? AF_INET6 : AF_INET, host)) return wrong;
  std::string_view digits = text.substr(colon + 1);
  NetAddress address{std::move(host), 0};
  auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  if (failed != std::errc() || end != digits.data() + digits.size()) return wrong;
  return address;
}

}  // namespace plumbline
