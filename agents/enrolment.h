// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_ENROLMENT_H_
#define PLUMBLINE_AGENTS_ENROLMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/result.h"
#include "model/ids.h"
#include "model/wire/session.h"
#include "packs/pack.h"

namespace plumbline {

// "host:port"; an IPv6 address stands in brackets: "[::1]:7443".
struct ServerAddress {
  std::string host;
  std::uint16_t port = 0;
  static Result<ServerAddress> parse(std::string_view text);
  std::string text() const;
  bool operator==(const ServerAddress&) const = default;
};

// What an agent was told, once, when it was enrolled; the address alone may change later.
struct Enrolment {
  ServerAddress server;
  Hash server_pin;  // SHA-256 of the server's TLS SubjectPublicKeyInfo
  std::string ledger_id;
  PublicKey checkpoint_key;
  // Signs the office's records: the only word that a ledger may continue under another id. Pinned
  // here and never learnt later; absent in enrolments with a server or an agent of version 1.
  std::optional<PublicKey> office_key = {};
  PublicKey key;  // this agent's; the private part is in the key file
  StreamId stream;
  OutletId outlet;
  std::string outlet_code;  // the source's own code of the outlet; may be empty
  SourceKind source_kind = SourceKind::kAgent;
  bool historical = false;
  Instant enrolled_at;
  // The office's record that made the stream, for a server that was restored from a copy older
  // than it. Empty from a server, or in a spool, that knew of none.
  Bytes record = {};
  bool operator==(const Enrolment&) const = default;
};

// Checks the server's answer and makes the enrolment of it. kInvalid naming what is not usable: an
// empty ledger id, or pack files that do not parse (all their problems).
Result<Enrolment> make_enrolment(const Enrolled& answer, const ServerAddress& server,
                                 const Hash& server_pin, const PublicKey& key, Instant now);

// Those of `files` that an agent needs (kAgentPackFiles), in that order.
std::vector<PackFile> agent_files(const std::vector<PackFile>& files);

// True when both lists hold the same of those files.
bool same_agent_files(const std::vector<PackFile>& a, const std::vector<PackFile>& b);

// The pack of `files`, or kInvalid with all problems. Only the files of kAgentPackFiles are read.
Result<Pack> parse_agent_pack(const std::vector<PackFile>& files);

// Files in the agent's data folder.
std::string key_path(const std::string& folder);    // "agent.key": 0600, see base/crypto.h
std::string spool_path(const std::string& folder);  // "spool.db"
std::string lock_path(const std::string& folder);   // "run.lock": held while `run` is active

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_ENROLMENT_H_
