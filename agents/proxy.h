// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_PROXY_H_
#define PLUMBLINE_AGENTS_PROXY_H_

#include <optional>
#include <string>
#include <string_view>

#include "agents/enrolment.h"
#include "base/bytes.h"
#include "base/result.h"

// The way out of a closed network: an HTTP proxy that opens a tunnel with CONNECT (RFC 9110
// section 9.3.6), with a name and password where it asks for them (Basic, RFC 7617). What goes
// through the tunnel is the same pinned TLS, so the proxy learns where an agent reports to, and
// nothing else.
namespace plumbline {

struct Proxy {
  ServerAddress address;
  std::string user;      // empty: the proxy asks for none
  std::string password;  // bytes of UTF-8
  bool operator==(const Proxy&) const = default;
};

// "http://HOST:PORT" or "http://USER@HOST:PORT", the user percent-encoded (RFC 3986). kInvalid with
// what is wrong: another scheme, a path, and a password, which has no place on a command line.
Result<Proxy> parse_proxy(std::string_view url);
// As parse_proxy reads it; without the password.
std::string proxy_text(const Proxy& proxy);

// The proxy of a folder: "proxy.json" in it, mode 0600. nullopt when there is none; kCorrupt when
// the file does not have its form.
Result<std::optional<Proxy>> read_proxy(const std::string& folder);
// kInvalid for a name with a colon, or one or a password with control characters.
Status write_proxy(const std::string& folder, const Proxy& proxy);
// No error when there is none.
Status remove_proxy(const std::string& folder);

// What asks the proxy for a tunnel to `server`.
Bytes connect_request(const Proxy& proxy, const ServerAddress& server);

// Reads the proxy's answer out of the bytes as they come. Pure.
class ConnectAnswer {
 public:
  explicit ConnectAnswer(const Proxy& proxy) : proxy_(proxy) {}

  // True once the tunnel is open; false while more bytes are needed. kDenied: the proxy wants
  // another name or password, or does not let this agent through; kUnavailable: it cannot reach
  // the server; kInvalid: it is no HTTP proxy, its header is longer than kMaxHeaderBytes, or it
  // sends bytes of its own into the tunnel.
  Result<bool> feed(BytesView bytes);

  static constexpr std::size_t kMaxHeaderBytes = 8192;

 private:
  Result<bool> verdict(std::string_view status_line) const;

  const Proxy proxy_;
  Bytes header_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_PROXY_H_
