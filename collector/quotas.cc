// SPDX-License-Identifier: Apache-2.0
#include "collector/quotas.h"

#include <arpa/inet.h>

namespace plumbline {

std::string quota_key(const std::string& address) {
  in6_addr six;
  if (inet_pton(AF_INET6, address.c_str(), &six) != 1) return address;
  if (IN6_IS_ADDR_V4MAPPED(&six)) return address.substr(address.rfind(':') + 1);
  for (int i = 8; i < 16; ++i) six.s6_addr[i] = 0;
  char text[INET6_ADDRSTRLEN];
  return inet_ntop(AF_INET6, &six, text, sizeof text);
}

}  // namespace plumbline
