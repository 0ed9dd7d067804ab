// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PACKS_OUTSIDE_TEXT_H_
#define PLUMBLINE_PACKS_OUTSIDE_TEXT_H_

#include <string>
#include <string_view>

namespace plumbline {

// Text from outside as a sentence may show it: at most 40 characters, and a description in
// brackets in place of bytes that are no text, of control characters and of personal numbers.
std::string outside_text(std::string_view text);

}  // namespace plumbline

#endif  // PLUMBLINE_PACKS_OUTSIDE_TEXT_H_
