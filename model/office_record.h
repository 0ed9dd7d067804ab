// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_MODEL_OFFICE_RECORD_H_
#define PLUMBLINE_MODEL_OFFICE_RECORD_H_

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "model/fact.h"
#include "model/ids.h"

// What the office writes into the ledger, as values. The JSON of each: docs/formats/ledger.md.
// Every record has "kind", "actor" (who asked, "os:<user>" for the local socket, "enrollment" for
// a token's redemption) and "reason".
namespace plumbline {

// Entry 0, kind "genesis".
struct Genesis {
  std::string ledger_id;     // 16 random bytes as hexadecimal
  std::string network;       // name for people
  PublicKey office_key;      // signs office records, this one included
  PublicKey checkpoint_key;  // signs checkpoints
  bool simulated = false;
  std::optional<Instant> simulated_until;
};

// "outlet.add": an outlet exists from now on.
struct OutletAdded {
  OutletId outlet;
  std::string code;  // the source's own code; may be empty
  std::string name_zh, name_en;
  std::map<std::string, std::string> places;  // level id -> code ("city" -> "320100")
};

// "token.create": a one-time enrolment token. The ledger holds its hash only.
struct TokenCreated {
  Hash token_hash;  // SHA-256 of the secret
  OutletId outlet;
  SourceKind source_kind = SourceKind::kAgent;
  bool historical = false;
  Instant expires;
};

// "key.enroll": a key speaks about an outlet; redeems a token; makes a stream.
struct KeyEnrolled {
  PublicKey key;
  OutletId outlet;
  StreamId stream;
  SourceKind source_kind = SourceKind::kAgent;
  bool historical = false;
  Hash token_hash;
  std::string software;
  // The outlet's stream that this one goes on from, as the agent knew it. Absent for a first one.
  std::optional<StreamLink> previous = {};
  // Of a stream that a ledger restored from an older copy did not know: the signed record
  // (encode_record) that had made it, "key.enroll" or "key.rotate". Empty otherwise.
  Bytes restored = {};
};

// "key.rotate": a new key takes over from an old one, which consents. Makes a stream; the old one
// takes no batch behind `previous.last`.
struct KeyRotated {
  PublicKey key;  // the new one
  OutletId outlet;
  StreamId stream;  // of the new key
  SourceKind source_kind = SourceKind::kAgent;
  bool historical = false;
  StreamLink previous;
  Signature consent;  // by the old key over rotation_signed_bytes()
  std::string software;
};

// "key.revoke": a stream takes no batch from here on.
struct KeyRevoked {
  StreamId stream;
};

// "stream.conflict": two batches of one stream contradict each other: a copied spool, a restored
// machine or a forged history. The second one is kept here as evidence.
struct StreamConflict {
  StreamId stream;
  BatchNumber number;  // of the batch that was refused
  Hash held_hash;      // of the batch that the ledger has under that number; zero
                       // when it has none and `previous` is what contradicts
  Bytes head;          // of the refused batch, encode_head(); its signature holds
};

// "content.redact": the content of a batch is withdrawn and deleted; head and leaf stay. Asked for
// by the actor and a second person.
struct ContentRedacted {
  LedgerIndex index;  // of the batch's entry
  Hash batch_hash;    // batch_hash()
  Hash content_hash;
  std::string second_person;  // not the actor
};

// "ledger.continue": what the ledger once published and no longer holds is given up; from here on
// its checkpoints have another origin. Entries before this one are those that were still held.
struct LedgerContinued {
  std::string ledger_id;        // from here on, 16 random bytes as hexadecimal
  std::string lost_checkpoint;  // signed note of the old origin: what was published last
};

// "rules.activate": a rule set with every file's bytes (base64 in the JSON).
struct RulesActivated {
  std::string pack;
  std::string version;
  Hash rule_hash;
  bool retroactive = false;  // applies to periods that began before recorded_at
  std::map<std::string, Bytes> files;
};

// "registry.facts": facts known from now on; of a fact recorded before, what is known of it now.
struct FactsRecorded {
  std::vector<Fact> facts;  // at least one; no (kind, id) twice
};

// A fact as it stands in the record: kind, id, attributes; from and until where it has them.
Json fact_json(const Fact& fact);
// kInvalid naming the member; also for an empty attribute.
Result<Fact> fact_from_json(const Json& json);

// "period.close": the results of a standard in a period are published as they stood at (size,
// as_of), and served so from here on. Revision 1 closes the period; a later one restates it.
struct PeriodClosed {
  std::string standard;
  std::string period;  // "2025", "2025-03"
  std::uint64_t revision = 1;
  LedgerSize size;    // of the prefix that the results were computed from
  Instant as_of;      // a whole minute
  Hash rule_hash;     // of the rule set that answered for the period
  std::uint64_t results = 0;
  Hash root;  // of the tree over their bodies: docs/formats/results.md
};

struct OfficeRecord {
  std::string actor;
  std::string reason;
  std::variant<Genesis, OutletAdded, TokenCreated, KeyEnrolled, KeyRotated, KeyRevoked,
               StreamConflict, ContentRedacted, LedgerContinued, RulesActivated, FactsRecorded,
               PeriodClosed>
      body;
};

std::string office_record_kind(const OfficeRecord& record);
Json to_json(const OfficeRecord& record);
// kUnsupported for a kind that this version does not know (a reader passes it over and says so),
// kInvalid for one that does not have its form.
Result<OfficeRecord> office_record_from_json(const Json& json);

}  // namespace plumbline

#endif  // PLUMBLINE_MODEL_OFFICE_RECORD_H_
