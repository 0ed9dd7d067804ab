// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_KEY_CHANGE_H_
#define PLUMBLINE_AGENTS_KEY_CHANGE_H_

#include <optional>
#include <span>
#include <string>

#include "agents/enrolment.h"
#include "agents/sqlite.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/result.h"
#include "model/ids.h"
#include "model/wire/session.h"

// How another key takes over in an agent's folder; docs/guides/agent.md, section "Another key".
//
//   nothing -- plan() --> planned -- cut() --> announcing -- finish() --> nothing
//
// The key file of the new key is durable before anything else happens. While the change is planned
// the old key seals and sends as before. cut() comes when everything is proved: from that moment on
// batches are sealed by the new key, in a stream that begins with batch 1, while the old key's
// consent is brought to the server. A crash anywhere leaves a folder in one of the three states,
// with both keys in it until finish().
namespace plumbline {

// "agent-next.key": of the key that is to take over, or that just did.
std::string next_key_path(const std::string& folder);

// The private part of `key`, from whichever of the folder's key files holds it. kConflict when none
// does.
Result<PrivateKey> key_in_folder(const std::string& folder, const PublicKey& key);

// One connection to the folder's spool; the same rules as for Spool.
class KeyChange {
 public:
  enum class Stage { kNothing, kPlanned, kAnnouncing };
  struct State {
    Stage stage = Stage::kNothing;
    PublicKey next;    // planned, announcing
    PublicKey old;     // announcing
    StreamLink ended;  // announcing: where the old stream ended
  };

  // kNotFound: the folder is not enrolled.
  static Result<KeyChange> open(const std::string& folder);

  Result<State> state();

  // The folder's next key: made durably, or what an earlier call made. What finish() may have left
  // is put in order first.
  Result<PrivateKey> make_next_key();
  // kExists: a change is under way. kConflict: an alarm is open.
  Status plan(const PublicKey& next, Instant now);
  // False while a batch is not proved, an alarm is open, or nothing is planned; nothing is changed
  // then. What was proved stays on record under the old stream; its bytes are freed.
  Result<bool> cut();
  // The server has the new key; `record` is the office's of it, or empty.
  Status finish(const Bytes& record);

  // Where the stream that is reported on ends as far as the ledger is known to hold it.
  Result<StreamLink> known_end();
  // The folder is enrolled anew with the key of next_key_path(): what the ledger does not hold as
  // far as is known is sealed again, in the new stream; what it acknowledged and never proved is
  // kept as it was. kConflict while an alarm is open.
  Status renew(const Enrolment& fresh, std::span<const PackFile> files, const PrivateKey& key);

 private:
  KeyChange(std::string folder, SqliteDatabase database)
      : folder_(std::move(folder)), database_(std::move(database)) {}

  Result<bool> alarmed();
  Status settle_files();
  Status end_stream(const StreamId& stream);
  Status use_key(const PublicKey& key, const StreamId& stream);

  std::string folder_;
  SqliteDatabase database_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_KEY_CHANGE_H_
