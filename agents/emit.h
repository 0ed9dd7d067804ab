// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_EMIT_H_
#define PLUMBLINE_AGENTS_EMIT_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "agents/intake.h"
#include "agents/spool.h"
#include "packs/pack.h"

// Events as callers of `emit` write them. docs/guides/agent.md, section "emit".
namespace plumbline {

// Either a submission (not yet checked against the pack) or why the text is none. `id` is what
// could be read of the identity, for the answer.
struct ParsedSubmission {
  std::variant<Submission, Refusal> result;
  std::string id;
};

// One line of JSON: {"type", "subject", "time", "id"?, "source"?, "fields"?: {name: value}}.
// Values: text kinds strings; integer and count integers; bool true or false; decimal and instant
// strings. An unknown key, a float and a value of another form are refusals. Without "id" it is
// "<type>/<subject>".
ParsedSubmission parse_emit_line(std::string_view line, const EventCatalog& catalog,
                                 std::string_view default_source);

// An event from the options of the command line; every value is text and read by its field's kind.
struct EmitOptions {
  std::string source;
  std::string id;
  std::string type;
  std::string subject;
  std::string time;
  std::vector<std::string> fields;  // "name=value"
};
ParsedSubmission parse_emit_options(const EmitOptions& options, const EventCatalog& catalog);

// The answer to one event as a line of JSON: {"status": "accepted" | "repeated" | "changed" |
// "refused", "id", "line", then "sequence", or "rule", "field", "value", "sentence"}. A `line` of 0
// is left out.
std::string answer_json(std::uint64_t line, const Submission& submission, const Answer& answer);
std::string refusal_json(std::uint64_t line, std::string_view id, const Refusal& refusal);

// The sentence for an id that was handed in before with other content.
Refusal changed_refusal(const Submission& submission, const Answer& answer);

struct EmitCounts {
  std::uint64_t accepted = 0;
  std::uint64_t repeated = 0;
  std::uint64_t changed = 0;
  std::uint64_t refused = 0;
  bool all_taken() const { return changed == 0 && refused == 0; }
};

// Reads lines of JSON from `input_fd` to its end and writes one answer a line to `output_fd`, in
// the order of the lines but for refusals, which are answered at once. A batch is sealed when it is
// full, and when the input has been quiet for 50 ms. An Error means that the spool or a
// descriptor failed; what was answered before is on disk.
Result<EmitCounts> emit_lines(int input_fd, int output_fd, const Intake::Parts& parts,
                              std::string_view default_source);

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_EMIT_H_
