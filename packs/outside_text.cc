// SPDX-License-Identifier: Apache-2.0
#include "packs/outside_text.h"

#include "base/utf8.h"
#include "packs/pack.h"

namespace plumbline {

std::string outside_text(std::string_view text) {
  constexpr std::size_t kShownChars = 40;
  if (utf8_error_at(text)) return "(not text)";
  if (holds_personal_number(text)) return "(a mobile or ID-card number)";
  if (has_control_character(text)) return "(text with control characters)";
  return utf8_shorten(text, kShownChars);
}

}  // namespace plumbline
