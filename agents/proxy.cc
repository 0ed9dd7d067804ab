// SPDX-License-Identifier: Apache-2.0
#include "agents/proxy.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "base/file.h"
#include "base/json.h"
#include "base/utf8.h"

namespace plumbline {
namespace {

constexpr std::string_view kScheme = "http://";
constexpr std::size_t kMaxFileBytes = 16 << 10;
constexpr std::size_t kMaxStatusLineShown = 120;

Error invalid(std::string sentence) {
  return Error(Code::kInvalid, std::move(sentence));
}

std::string proxy_path(const std::string& folder) {
  return folder + "/proxy.json";
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Result<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) return invalid("a % in the proxy's user begins no %XX");
    out.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return out;
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (char c : text) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out.push_back(c);
    } else {
      char coded[4];
      std::snprintf(coded, sizeof coded, "%%%02X", static_cast<unsigned char>(c));
      out += coded;
    }
  }
  return out;
}

// RFC 7617: the name has no colon; neither it nor the password has control characters.
Status check_credentials(const Proxy& proxy) {
  auto plain = [](const std::string& text) {
    return !utf8_error_at(text).has_value() && !has_control_character(text);
  };
  if (proxy.user.find(':') != std::string::npos) {
    return invalid("the user of a proxy must not have a colon");
  }
  if (plain(proxy.user) && plain(proxy.password)) return {};
  return invalid("the user and password of a proxy must be text without control characters");
}

}  // namespace

Result<Proxy> parse_proxy(std::string_view url) {
  if (!url.starts_with(kScheme)) {
    return invalid("a proxy is given as http://HOST:PORT or http://USER@HOST:PORT");
  }
  url.remove_prefix(kScheme.size());
  if (url.ends_with('/')) url.remove_suffix(1);
  if (url.find('/') != std::string_view::npos) return invalid("the address of a proxy has no path");
  Proxy proxy;
  if (std::size_t at = url.rfind('@'); at != std::string_view::npos) {
    std::string_view user = url.substr(0, at);
    if (user.find(':') != std::string_view::npos) {
      return invalid(
          "a password on the command line can be read by every user of this machine: leave it out, "
          "and give it with --password-file, or type it when asked");
    }
    ASSIGN_OR_RETURN(proxy.user, percent_decoded(user));
    url.remove_prefix(at + 1);
  }
  ASSIGN_OR_RETURN(proxy.address, ServerAddress::parse(url));
  RETURN_IF_ERROR(check_credentials(proxy));
  return proxy;
}

std::string proxy_text(const Proxy& proxy) {
  std::string user = proxy.user.empty() ? "" : percent_encoded(proxy.user) + "@";
  return std::string(kScheme) + user + proxy.address.text();
}

Result<std::optional<Proxy>> read_proxy(const std::string& folder) {
  Result<Bytes> bytes = read_file(proxy_path(folder), kMaxFileBytes);
  if (!bytes.ok() && bytes.error().code() == Code::kNotFound) return std::optional<Proxy>();
  if (!bytes.ok()) return bytes.error();
  auto parsed = [&]() -> Result<Proxy> {
    std::string_view text = *bytes;
    if (text.ends_with('\n')) text.remove_suffix(1);
    ASSIGN_OR_RETURN(Json json, Json::parse(text));
    ASSIGN_OR_RETURN(std::string url, json.string_at("proxy"));
    ASSIGN_OR_RETURN(Proxy proxy, parse_proxy(url));
    ASSIGN_OR_RETURN(proxy.password, json.string_at("password"));
    RETURN_IF_ERROR(check_credentials(proxy));
    return proxy;
  }();
  if (parsed.ok()) return std::optional<Proxy>(*std::move(parsed));
  return Error(Code::kCorrupt,
               proxy_path(folder) + " does not tell a proxy; set it again with `proxy set`",
               parsed.error());
}

Status write_proxy(const std::string& folder, const Proxy& proxy) {
  RETURN_IF_ERROR(check_credentials(proxy));
  Json json = Json::object();
  json.set("proxy", proxy_text(proxy)).set("password", proxy.password);
  return replace_file_durably(proxy_path(folder), json.text() + "\n", FileMode::kOwnerOnly);
}

Status remove_proxy(const std::string& folder) {
  std::error_code error;
  std::filesystem::remove(proxy_path(folder), error);
  if (error) return Error(Code::kIo, "removing " + proxy_path(folder) + ": " + error.message());
  return fsync_folder(folder);
}

Bytes connect_request(const Proxy& proxy, const ServerAddress& server) {
  Bytes request = "CONNECT " + server.text() + " HTTP/1.1\r\nHost: " + server.text() + "\r\n";
  if (!proxy.user.empty()) {
    request +=
        "Proxy-Authorization: Basic " + to_base64(proxy.user + ":" + proxy.password) + "\r\n";
  }
  return request + "\r\n";
}

Result<bool> ConnectAnswer::feed(BytesView bytes) {
  header_.append(bytes);
  std::size_t end = header_.find("\r\n\r\n");
  if (end == Bytes::npos) {
    // Told early, so that a server which is no proxy is not waited for.
    std::string_view begin = std::string_view(header_).substr(0, 5);
    if (!std::string_view("HTTP/").starts_with(begin) || header_.size() > kMaxHeaderBytes) {
      return invalid(proxy_text(proxy_) + " does not answer as an HTTP proxy");
    }
    return false;
  }
  ASSIGN_OR_RETURN(bool open, verdict(std::string_view(header_).substr(0, header_.find("\r\n"))));
  if (end + 4 == header_.size()) return open;
  return invalid("the proxy " + proxy_text(proxy_) + " sent bytes of its own into the tunnel");
}

Result<bool> ConnectAnswer::verdict(std::string_view line) const {
  // "HTTP/1.1 200 Connection established"
  bool formed =
      line.starts_with("HTTP/1.") && line.size() >= 12 && line[8] == ' ' &&
      std::all_of(line.begin() + 9, line.begin() + 12, [](char c) { return c >= '0' && c <= '9'; });
  if (!formed) return invalid(proxy_text(proxy_) + " does not answer as an HTTP proxy");
  if (line[9] == '2') return true;
  std::string_view code = line.substr(9, 3);
  std::string said = " (it answers: " + std::string(line.substr(9, kMaxStatusLineShown)) + ")";
  if (utf8_error_at(said).has_value() || has_control_character(said)) {
    said = " (it answers " + std::string(code) + ")";
  }
  if (code == "407") {
    return Error(Code::kDenied, proxy_.user.empty()
                                    ? "the proxy " + proxy_text(proxy_) +
                                          " asks for a user and password; see `proxy set`" + said
                                    : "the proxy does not take the user and password of " +
                                          proxy_text(proxy_) + "; see `proxy set`" + said);
  }
  if (code[0] == '4') {
    return Error(Code::kDenied,
                 "the proxy " + proxy_text(proxy_) + " does not let this agent through" + said);
  }
  return Error(Code::kUnavailable,
               "the proxy " + proxy_text(proxy_) + " cannot reach the server" + said);
}

}  // namespace plumbline
