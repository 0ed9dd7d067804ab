// SPDX-License-Identifier: Apache-2.0
#include "ledger/checkpoint.h"

#include <fmt/format.h>

#include <charconv>
#include <vector>

#include "base/utf8.h"

namespace plumbline {
namespace {

// c2sp.org/signed-note: signature type of Ed25519, and the em dash that begins a signature line.
constexpr std::uint8_t kEd25519Type = 1;
constexpr std::string_view kDash = "\xe2\x80\x94 ";
constexpr std::size_t kKeyIdBytes = 4;
// A checkpoint is about 200 bytes; 16 witnesses with the longest signatures in use make 80 KB.
constexpr std::size_t kMaxNoteBytes = 128 * 1024;

Error invalid(std::string sentence) {
  return Error(Code::kInvalid, std::move(sentence));
}

Bytes typed_key(const PublicKey& key) {
  Bytes out;
  append_u8(out, kEd25519Type);
  out.append(key.view());
  return out;
}

Bytes key_id(std::string_view name, const PublicKey& key) {
  Hash hash = sha256({name, "\n", typed_key(key)});
  return Bytes(hash.view().substr(0, kKeyIdBytes));
}

std::string checkpoint_body(const Checkpoint& checkpoint) {
  return fmt::format("{}\n{}\n{}\n", checkpoint.origin, checkpoint.size.value,
                     to_base64(checkpoint.root.view()));
}

struct Note {
  std::string_view text;        // with its last newline
  std::string_view signatures;  // lines
};

Result<Note> split_note(std::string_view note) {
  if (note.size() > kMaxNoteBytes) {
    return invalid(
        fmt::format("a checkpoint of {} bytes, at most {} are read", note.size(), kMaxNoteBytes));
  }
  if (utf8_error_at(note).has_value()) return invalid("the checkpoint is not UTF-8");
  for (char c : note) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n') {
      return invalid("the checkpoint holds a control character");
    }
  }
  std::size_t blank = note.rfind("\n\n");
  if (blank == std::string_view::npos || blank + 2 == note.size() || note.back() != '\n') {
    return invalid("the checkpoint lacks an empty line and a signature line behind its text");
  }
  return Note{note.substr(0, blank + 1), note.substr(blank + 2)};
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

// What the known key signed on this line; nullopt when the line is another key's.
Result<std::optional<Bytes>> known_signature(std::string_view line, std::string_view name,
                                             std::string_view id) {
  std::size_t space = line.find(' ', kDash.size());
  if (!line.starts_with(kDash) || space == std::string_view::npos || space == kDash.size()) {
    return invalid("a line behind the checkpoint's text is not a signature line");
  }
  ASSIGN_OR_RETURN(Bytes bytes, from_base64(line.substr(space + 1)));
  if (bytes.size() <= kKeyIdBytes) return invalid("a signature of the checkpoint is too short");
  bool known = line.substr(kDash.size(), space - kDash.size()) == name && bytes.starts_with(id);
  if (!known) return std::optional<Bytes>();
  return std::optional<Bytes>(bytes.substr(kKeyIdBytes));
}

Status verify_note(const Note& note, std::string_view name, const PublicKey& key) {
  Bytes id = key_id(name, key);
  bool verified = false;
  for (std::string_view line : lines_of(note.signatures)) {
    ASSIGN_OR_RETURN(std::optional<Bytes> bytes, known_signature(line, name, id));
    if (!bytes.has_value()) continue;
    Result<Signature> signature = Signature::from(*bytes, "the checkpoint's signature");
    if (!signature.ok() || !verify_signature(key, note.text, *signature)) {
      return Error(Code::kUnauthenticated,
                   fmt::format("the checkpoint's signature by {} does not hold", name));
    }
    verified = true;
  }
  if (verified) return {};
  return Error(Code::kUnauthenticated,
               fmt::format("the checkpoint has no signature by {}", verifier_key_text(name, key)));
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

}  // namespace

std::string checkpoint_origin(std::string_view ledger_id) {
  return fmt::format("plumbline/{}", ledger_id);
}

std::string sign_checkpoint(const Checkpoint& checkpoint, const PrivateKey& key) {
  std::string body = checkpoint_body(checkpoint);
  Bytes signature = key_id(checkpoint.origin, key.public_key());
  signature.append(key.sign(body).view());
  return fmt::format("{}\n{}{} {}\n", body, kDash, checkpoint.origin, to_base64(signature));
}

Result<Checkpoint> open_checkpoint(std::string_view text, std::string_view origin,
                                   const PublicKey& key) {
  ASSIGN_OR_RETURN(Note note, split_note(text));
  RETURN_IF_ERROR(verify_note(note, origin, key));
  std::vector<std::string_view> lines = lines_of(note.text);
  if (lines.size() < 3) return invalid("a checkpoint has three lines: origin, size, root");
  for (std::string_view line : lines) {
    if (line.empty()) return invalid("the text of a checkpoint has an empty line");
  }
  if (lines[0] != origin) {
    return invalid(fmt::format("the checkpoint is of \"{}\", not of \"{}\"", lines[0], origin));
  }
  Checkpoint checkpoint;
  checkpoint.origin = std::string(origin);
  ASSIGN_OR_RETURN(std::uint64_t size, parse_size(lines[1]));
  checkpoint.size = LedgerSize(size);
  ASSIGN_OR_RETURN(Bytes root, from_base64(lines[2]));
  ASSIGN_OR_RETURN(checkpoint.root, Hash::from(root, "the checkpoint's root"));
  return checkpoint;
}

std::string verifier_key_text(std::string_view origin, const PublicKey& key) {
  return fmt::format("{}+{}+{}", origin, to_hex(key_id(origin, key)), to_base64(typed_key(key)));
}

}  // namespace plumbline
