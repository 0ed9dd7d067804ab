// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_BASE_NET_ADDRESS_H_
#define PLUMBLINE_BASE_NET_ADDRESS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace plumbline {

// Where a listener listens: a numeric IP address and a port. Port 0 lets the system pick one.
struct NetAddress {
  std::string host;
  std::uint16_t port = 0;

  // "127.0.0.1:8080", "[::1]:8080".
  std::string text() const;
  // True for 127.0.0.0/8 and ::1.
  bool is_loopback() const;
  bool operator==(const NetAddress&) const = default;
};

// Reads the form of `text()`; names are not resolved. kInvalid.
Result<NetAddress> parse_net_address(std::string_view text);

}  // namespace plumbline

#endif  // PLUMBLINE_BASE_NET_ADDRESS_H_
