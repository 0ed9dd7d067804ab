// SPDX-License-Identifier: Apache-2.0
#include "agents/enroll.h"

#include <algorithm>

#include "agents/connection.h"
#include "agents/inbox.h"
#include "agents/key_change.h"
#include "agents/run_lock.h"
#include "agents/software.h"
#include "agents/spool_damage.h"
#include "base/file.h"
#include "base/log.h"

namespace plumbline {
namespace {

constexpr std::uint64_t kAttempt = 1;

Bytes request_frame(const PrivateKey& key, const Token& token, BytesView exporter,
                    const std::optional<StreamLink>& previous) {
  EnrollRequest request;
  request.software = kAgentSoftware;
  request.token_secret = token.secret;
  request.key = key.public_key();
  request.proof = key.sign(hello_signed_bytes(exporter));
  request.previous = previous;
  return encode_message(request);
}

// The server's answer; an error for anything else that ends the conversation.
Result<Enrolled> ask(const ServerAddress& server, const Token& token, const PrivateKey& key,
                     std::optional<Proxy> proxy, const std::optional<StreamLink>& previous,
                     const Clock& clock, Duration patience) {
  Inbox inbox;
  ASSIGN_OR_RETURN(auto network, Network::start(&inbox, token.server_pin, std::move(proxy)));
  network->connect(server, kAttempt);
  std::int64_t until = clock.monotonic_ms() + patience.ms;
  for (;;) {
    std::int64_t left = std::max<std::int64_t>(0, until - clock.monotonic_ms());
    std::optional<Inbox::Entry> entry = inbox.take(std::chrono::milliseconds(left));
    if (!entry && clock.monotonic_ms() < until) continue;
    if (!entry) {
      return Error(Code::kUnavailable, "no answer from " + server.text() + " within " +
                                           std::to_string(patience.ms / 1000) +
                                           " s; try again with the same token");
    }
    if (auto* up = std::get_if<ConnectionUp>(&entry->item)) {
      network->send(request_frame(key, token, up->exporter, previous));
      continue;
    }
    if (auto* down = std::get_if<ConnectionDown>(&entry->item)) return down->reason;
    auto* message = std::get_if<Message>(&entry->item);
    if (message == nullptr) continue;
    if (auto* enrolled = std::get_if<Enrolled>(message)) return std::move(*enrolled);
    if (auto* refused = std::get_if<Refused>(message)) {
      bool later = refused->retry_after_ms.has_value();
      return Error(later ? Code::kUnavailable : Code::kDenied,
                   std::string("the server refused the enrolment") +
                       (later ? " for now; try again with the same token (" : " (") +
                       refused->code + "): " + refused->sentence);
    }
    return Error(Code::kInvalid, "the server answered the enrolment with another message");
  }
}

}  // namespace

Result<PrivateKey> folder_key(const std::string& folder) {
  std::string path = key_path(folder);
  Result<PrivateKey> stored = PrivateKey::read_file(path);
  if (stored.ok() || stored.error().code() != Code::kNotFound) return stored;
  PrivateKey fresh = PrivateKey::generate();
  RETURN_IF_ERROR(fresh.write_file(path));
  return fresh;
}

Result<Enrolment> enroll(const std::string& folder, const ServerAddress& server,
                         std::string_view token_text, const Clock& clock, Duration patience) {
  ASSIGN_OR_RETURN(Token token, parse_token(token_text));
  Status held = check_spool(folder);
  if (!held.ok() && held.error().code() == Code::kCorrupt) {
    ASSIGN_OR_RETURN(std::string aside, set_spool_aside(folder, clock.wall()));
    log_warning("agent", held.error().text() + "; its files are set aside in " + aside);
  } else if (!held.ok() && held.error().code() != Code::kNotFound) {
    return held.error();
  }
  if (held.ok()) {
    return Error(Code::kExists, folder +
                                    " is enrolled already; use another folder, or see "
                                    "`plumb-agent status`");
  }
  RETURN_IF_ERROR(make_folders(folder));
  ASSIGN_OR_RETURN(PrivateKey key, folder_key(folder));
  ASSIGN_OR_RETURN(std::optional<Proxy> proxy, read_proxy(folder));
  ASSIGN_OR_RETURN(Enrolled answer, ask(server, token, key, proxy, std::nullopt, clock, patience));
  ASSIGN_OR_RETURN(Enrolment enrolment, make_enrolment(answer, server, token.server_pin,
                                                       key.public_key(), clock.wall()));
  RETURN_IF_ERROR(Spool::create(folder, enrolment, agent_files(answer.files)));
  return enrolment;
}

Result<Enrolment> enroll_again(const std::string& folder, const ServerAddress& server,
                               std::string_view token_text, const Clock& clock, Duration patience) {
  ASSIGN_OR_RETURN(Token token, parse_token(token_text));
  ASSIGN_OR_RETURN(KeyChange keys, KeyChange::open(folder));
  ASSIGN_OR_RETURN(RunLock lock, RunLock::take(folder));
  ASSIGN_OR_RETURN(Spool spool, Spool::open(folder));
  ASSIGN_OR_RETURN(Enrolment before, spool.enrolment());
  ASSIGN_OR_RETURN(StreamLink end, keys.known_end());
  ASSIGN_OR_RETURN(PrivateKey next, keys.make_next_key());
  ASSIGN_OR_RETURN(std::optional<Proxy> proxy, read_proxy(folder));
  ASSIGN_OR_RETURN(Enrolled answer,
                   ask(server, token, next, std::move(proxy), end, clock, patience));
  if (answer.outlet != before.outlet) {
    return Error(Code::kInvalid, "the token is for outlet " + answer.outlet.text() +
                                     ", this folder reports for " + before.outlet.text());
  }
  ASSIGN_OR_RETURN(Enrolment enrolment, make_enrolment(answer, server, token.server_pin,
                                                       next.public_key(), clock.wall()));
  RETURN_IF_ERROR(keys.renew(enrolment, agent_files(answer.files), next));
  return enrolment;
}

}  // namespace plumbline
