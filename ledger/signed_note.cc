// SPDX-License-Identifier: Apache-2.0
#include "ledger/signed_note.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/utf8.h"

namespace plumbline {
namespace {

// The signature type of Ed25519, and the em dash that begins a signature line.
constexpr std::uint8_t kEd25519Type = 1;
constexpr std::string_view kDash = "\xe2\x80\x94 ";
constexpr std::size_t kKeyIdBytes = 4;

// The characters with the property White_Space of Unicode 15 that are no ASCII control characters.
constexpr auto kSpaces = std::to_array<std::string_view>({
    " ",             // U+0020
    "\xc2\x85",      // U+0085
    "\xc2\xa0",      // U+00A0
    "\xe1\x9a\x80",  // U+1680
    "\xe2\x80\x80",  // U+2000, and so on to U+200A
    "\xe2\x80\x81",
    "\xe2\x80\x82",
    "\xe2\x80\x83",
    "\xe2\x80\x84",
    "\xe2\x80\x85",
    "\xe2\x80\x86",
    "\xe2\x80\x87",
    "\xe2\x80\x88",
    "\xe2\x80\x89",
    "\xe2\x80\x8a",
    "\xe2\x80\xa8",  // U+2028
    "\xe2\x80\xa9",  // U+2029
    "\xe2\x80\xaf",  // U+202F
    "\xe2\x81\x9f",  // U+205F
    "\xe3\x80\x80",  // U+3000
});

Error invalid(std::string sentence) {
  return Error(Code::kInvalid, std::move(sentence));
}

Bytes typed_key(const PublicKey& key) {
  Bytes out;
  append_u8(out, kEd25519Type);
  out.append(key.view());
  return out;
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; });
}

struct Parts {
  std::string_view text;        // with its last newline
  std::string_view signatures;  // lines
};

Result<Parts> split(std::string_view note) {
  if (note.size() > kMaxNoteBytes) {
    return invalid(
        fmt::format("a note of {} bytes, at most {} are read", note.size(), kMaxNoteBytes));
  }
  if (utf8_error_at(note).has_value()) return invalid("the note is not UTF-8");
  if (has_control(note)) return invalid("the note holds a control character");
  std::size_t blank = note.rfind("\n\n");
  if (blank == std::string_view::npos || blank + 2 == note.size() || note.back() != '\n') {
    return invalid("the note lacks an empty line and a signature line behind its text");
  }
  return Parts{note.substr(0, blank + 1), note.substr(blank + 2)};
}

struct SignatureLine {
  std::string_view name;
  Bytes id;
  Bytes signature;
};

Result<SignatureLine> parse_line(std::string_view line) {
  if (!line.starts_with(kDash)) {
    return invalid("a line behind the note's text is not a signature line");
  }
  line.remove_prefix(kDash.size());
  std::size_t space = line.rfind(' ');
  if (space == std::string_view::npos) {
    return invalid("a signature line of the note has no signature");
  }
  SignatureLine parsed;
  parsed.name = line.substr(0, space);
  RETURN_IF_ERROR(check_key_name(parsed.name));
  ASSIGN_OR_RETURN(Bytes bytes, from_base64(line.substr(space + 1)));
  if (bytes.size() <= kKeyIdBytes) return invalid("a signature of the note is too short");
  parsed.id = bytes.substr(0, kKeyIdBytes);
  parsed.signature = bytes.substr(kKeyIdBytes);
  return parsed;
}

// True when a known key made the signature; false when it is not by a known one.
Result<bool> verify_line(const SignatureLine& line, std::string_view text,
                         std::span<const VerifierKey> known) {
  for (const VerifierKey& key : known) {
    if (line.name != key.name || line.id != key_id(key)) continue;
    Result<Signature> signature = Signature::from(line.signature, "the note's signature");
    if (signature.ok() && verify_signature(key.key, text, *signature)) return true;
    return Error(Code::kUnauthenticated,
                 fmt::format("the note's signature by {} does not hold", key.name));
  }
  return false;
}

}  // namespace

Status check_key_name(std::string_view name) {
  if (name.empty()) return invalid("the name of a note's key is empty");
  if (utf8_error_at(name).has_value()) return invalid("the name of a note's key is not UTF-8");
  bool refused = has_control(name) || name.find('\n') != std::string_view::npos ||
                 name.find('+') != std::string_view::npos ||
                 std::ranges::any_of(kSpaces, [&](std::string_view space) {
                   return name.find(space) != std::string_view::npos;
                 });
  if (!refused) return {};
  return invalid(
      fmt::format("\"{}\" is no name of a note's key: no space, no plus, no control "
                  "character",
                  utf8_shorten(name, 80)));
}

Bytes key_id(const VerifierKey& key) {
  Hash hash = sha256({key.name, "\n", typed_key(key.key)});
  return Bytes(hash.view().substr(0, kKeyIdBytes));
}

std::string verifier_key_text(const VerifierKey& key) {
  return fmt::format("{}+{}+{}", key.name, to_hex(key_id(key)), to_base64(typed_key(key.key)));
}

Result<VerifierKey> parse_verifier_key(std::string_view text) {
  std::size_t first = text.find('+');
  std::size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos) {
    return invalid("a verifier key has the form NAME+KEY ID+KEY");
  }
  VerifierKey parsed;
  parsed.name = std::string(text.substr(0, first));
  RETURN_IF_ERROR(check_key_name(parsed.name));
  std::string_view written_id = text.substr(first + 1, second - first - 1);
  ASSIGN_OR_RETURN(Bytes id, from_hex(written_id));
  ASSIGN_OR_RETURN(Bytes typed, from_base64(text.substr(second + 1)));
  if (id.size() != kKeyIdBytes || to_hex(id) != written_id || typed.empty()) {
    return invalid("a verifier key has a key id of 8 hexadecimal digits, letters small, and a key");
  }
  if (static_cast<std::uint8_t>(typed[0]) != kEd25519Type) {
    return Error(Code::kUnsupported,
                 fmt::format("the verifier key is of type {}, only Ed25519 (type {}) is known here",
                             static_cast<std::uint8_t>(typed[0]), kEd25519Type));
  }
  ASSIGN_OR_RETURN(parsed.key, PublicKey::from(BytesView(typed).substr(1), "the verifier key"));
  if (id != key_id(parsed)) {
    return invalid(fmt::format("the verifier key's id is {}, name and key make {}", to_hex(id),
                               to_hex(key_id(parsed))));
  }
  return parsed;
}

std::string sign_note(std::string_view text, std::string_view name, const PrivateKey& key) {
  CHECK(!text.empty() && text.back() == '\n', "the text of a note ends with a newline");
  VerifierKey signer{std::string(name), key.public_key()};
  CHECK(check_key_name(name).ok(), "a note is signed under a name of the specification");
  Bytes signature = key_id(signer);
  signature.append(key.sign(text).view());
  return fmt::format("{}\n{}{} {}\n", text, kDash, name, to_base64(signature));
}

Result<OpenedNote> open_note(std::string_view note, std::span<const VerifierKey> known) {
  ASSIGN_OR_RETURN(Parts parts, split(note));
  OpenedNote opened{parts.text, {}};
  std::string_view rest = parts.signatures;
  while (!rest.empty()) {
    std::size_t end = rest.find('\n');
    ASSIGN_OR_RETURN(SignatureLine line, parse_line(rest.substr(0, end)));
    rest.remove_prefix(end + 1);
    ASSIGN_OR_RETURN(bool by_known, verify_line(line, opened.text, known));
    if (by_known) opened.signers.emplace_back(line.name);
  }
  if (!opened.signers.empty()) return opened;
  std::string names;
  for (const VerifierKey& key : known) {
    names += (names.empty() ? "" : " or ") + verifier_key_text(key);
  }
  return Error(Code::kUnauthenticated, fmt::format("the note has no signature by {}", names));
}

}  // namespace plumbline
