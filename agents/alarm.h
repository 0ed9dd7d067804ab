// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_ALARM_H_
#define PLUMBLINE_AGENTS_ALARM_H_

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"

// What an agent says when its server's ledger is not the one that the server signed before.
// docs/guides/agent.md, section "Alarm".
namespace plumbline {

enum class AlarmKind {
  kUnsigned,      // the checkpoint is not signed by the key that was pinned at enrolment
  kForked,        // another root at a size that was verified before
  kInconsistent,  // no continuation of the checkpoint that the agent holds
  kNotIncluded,   // an acknowledged batch is not in the checkpoint that should cover it
  kOtherEntry,    // the batch stands at another place or time than was acknowledged
  kOtherLedger,   // another ledger id, and no record of the office that explains it
};
std::string_view alarm_kind_name(AlarmKind kind);  // "unsigned", "forked", ...
Result<AlarmKind> parse_alarm_kind(std::string_view name);

// A contradiction, with what shows it.
struct Contradiction {
  AlarmKind kind = AlarmKind::kInconsistent;
  std::string sentence;  // for people: what contradicts what, with the numbers
  std::string held;      // signed note that the agent held; empty when it held none
  std::string shown;     // signed note that the server showed; empty when it showed none
  Bytes answer;          // the server's whole answer as it came; may be empty
  bool operator==(const Contradiction&) const = default;
};

// An open alarm. Only a person ends it, with a reason.
struct Alarm {
  Contradiction what;
  Instant raised_at;
  bool operator==(const Alarm&) const = default;
};

// The text of ALARM.txt, in Chinese and English: what contradicts what, both notes as they were
// signed, and what to do.
std::string alarm_text(const Alarm& alarm, std::string_view outlet, std::string_view ledger_id);

std::string alarm_path(const std::string& folder);  // "ALARM.txt"
// Writes the file durably, or removes it; a file that is not there is no error.
Status write_alarm_file(const std::string& folder, const std::string& text);
Status remove_alarm_file(const std::string& folder);

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_ALARM_H_
