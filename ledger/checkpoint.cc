// SPDX-License-Identifier: Apache-2.0
#include "ledger/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/utf8.h"
#include "ledger/signed_note.h"

namespace plumbline {
namespace {

constexpr std::string_view kOriginPrefix = "plumbline/";
constexpr std::size_t kLedgerIdBytes = 16;

Error invalid(std::string sentence) {
  return Error(Code::kInvalid, std::move(sentence));
}

std::string checkpoint_body(const Checkpoint& checkpoint) {
  return fmt::format("{}\n{}\n{}\n", checkpoint.origin, checkpoint.size.value,
                     to_base64(checkpoint.root.view()));
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

Result<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t size = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error != std::errc() || end != text.data() + text.size() ||
      (text.size() > 1 && text.front() == '0')) {
    return invalid(fmt::format("the checkpoint's size \"{}\" is not a plain number", text));
  }
  return size;
}

// The text of a note that was opened.
Result<Checkpoint> parse_text(std::string_view text) {
  std::vector<std::string_view> lines = lines_of(text);
  if (lines.size() < 3) return invalid("a checkpoint has three lines: origin, size, root");
  for (std::string_view line : lines) {
    if (line.empty()) return invalid("the text of a checkpoint has an empty line");
  }
  Checkpoint checkpoint;
  checkpoint.origin = std::string(lines[0]);
  ASSIGN_OR_RETURN(std::uint64_t size, parse_size(lines[1]));
  checkpoint.size = LedgerSize(size);
  ASSIGN_OR_RETURN(Bytes root, from_base64(lines[2]));
  ASSIGN_OR_RETURN(checkpoint.root, Hash::from(root, "the checkpoint's root"));
  return checkpoint;
}

}  // namespace

std::string checkpoint_origin(std::string_view ledger_id) {
  return fmt::format("{}{}", kOriginPrefix, ledger_id);
}

std::string checkpoint_ledger_id(std::string_view origin) {
  if (!origin.starts_with(kOriginPrefix)) return "";
  return std::string(origin.substr(kOriginPrefix.size()));
}

std::string sign_checkpoint(const Checkpoint& checkpoint, const PrivateKey& key) {
  return sign_note(checkpoint_body(checkpoint), checkpoint.origin, key);
}

Result<Checkpoint> open_checkpoint(std::string_view text, std::string_view origin,
                                   const PublicKey& key) {
  const VerifierKey known[] = {{std::string(origin), key}};
  ASSIGN_OR_RETURN(OpenedNote note, open_note(text, known));
  ASSIGN_OR_RETURN(Checkpoint checkpoint, parse_text(note.text));
  if (checkpoint.origin == origin) return checkpoint;
  return invalid(fmt::format("the checkpoint is of \"{}\", not of \"{}\"",
                             utf8_shorten(checkpoint.origin, 80), origin));
}

Result<Checkpoint> open_any_checkpoint(std::string_view text, const PublicKey& key) {
  std::string_view origin = text.substr(0, text.find('\n'));
  Result<Bytes> id = from_hex(checkpoint_ledger_id(origin));
  if (!id.ok() || id->size() != kLedgerIdBytes) {
    return invalid(
        "the text is no checkpoint of a ledger: its first line is not plumbline/ and 32 "
        "hexadecimal digits");
  }
  return open_checkpoint(text, origin, key);
}

std::string verifier_key_text(std::string_view origin, const PublicKey& key) {
  return verifier_key_text(VerifierKey{std::string(origin), key});
}

}  // namespace plumbline
