// SPDX-License-Identifier: Apache-2.0
#include "agents/enrolment.h"

#include <algorithm>
#include <charconv>

namespace plumbline {
namespace {

Error bad_address(std::string_view text) {
  return Error(Code::kInvalid, "'" + std::string(text) +
                                   "' is no server address: expected HOST:PORT, such as "
                                   "plumbline.example.cn:7443 or [::1]:7443");
}

}  // namespace

Result<ServerAddress> ServerAddress::parse(std::string_view text) {
  std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return bad_address(text);
  std::string_view host = text.substr(0, colon);
  std::string_view digits = text.substr(colon + 1);
  if (host.front() == '[') {
    if (host.size() < 3 || host.back() != ']') return bad_address(text);
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return bad_address(text);
  }
  ServerAddress address{std::string(host), 0};
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  if (error != std::errc() || end != digits.data() + digits.size() || address.port == 0) {
    return bad_address(text);
  }
  return address;
}

std::string ServerAddress::text() const {
  bool brackets = host.find(':') != std::string::npos;
  return (brackets ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::vector<PackFile> agent_files(const std::vector<PackFile>& files) {
  std::vector<PackFile> needed;
  for (const char* wanted : kAgentPackFiles) {
    for (const PackFile& file : files) {
      if (file.path == wanted) needed.push_back(file);
    }
  }
  return needed;
}

bool same_agent_files(const std::vector<PackFile>& a, const std::vector<PackFile>& b) {
  auto same = [](const PackFile& x, const PackFile& y) {
    return x.path == y.path && x.bytes == y.bytes;
  };
  std::vector<PackFile> left = agent_files(a), right = agent_files(b);
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), same);
}

Result<Pack> parse_agent_pack(const std::vector<PackFile>& files) {
  PackFiles by_path;
  for (PackFile& file : agent_files(files)) by_path[file.path] = std::move(file.bytes);
  Problems problems;
  std::optional<Pack> pack = parse_pack(by_path, problems);
  if (!pack || !problems.empty()) {
    return Error(Code::kInvalid, "the rule pack of the server cannot be used:\n" + problems.text());
  }
  return std::move(*pack);
}

Result<Enrolment> make_enrolment(const Enrolled& answer, const ServerAddress& server,
                                 const Hash& server_pin, const PublicKey& key, Instant now) {
  if (answer.ledger_id.empty()) {
    return Error(Code::kInvalid, "the server's answer to the enrolment names no ledger");
  }
  if (answer.outlet.empty()) {
    return Error(Code::kInvalid, "the server's answer to the enrolment names no outlet");
  }
  ASSIGN_OR_RETURN([[maybe_unused]] Pack pack, parse_agent_pack(answer.files));
  Enrolment enrolment;
  enrolment.server = server;
  enrolment.server_pin = server_pin;
  enrolment.ledger_id = answer.ledger_id;
  enrolment.checkpoint_key = answer.checkpoint_key;
  enrolment.office_key = answer.office_key;
  enrolment.key = key;
  enrolment.stream = stream_id(key, answer.outlet);
  enrolment.outlet = answer.outlet;
  enrolment.outlet_code = answer.outlet_code;
  enrolment.source_kind = answer.source_kind;
  enrolment.historical = answer.historical;
  enrolment.enrolled_at = now;
  enrolment.record = answer.record;
  return enrolment;
}

std::string key_path(const std::string& folder) {
  return folder + "/agent.key";
}
std::string spool_path(const std::string& folder) {
  return folder + "/spool.db";
}
std::string lock_path(const std::string& folder) {
  return folder + "/run.lock";
}

}  // namespace plumbline
