// SPDX-License-Identifier: Apache-2.0
// A pattern (the first line) on a text (the rest): bounded time, whatever they are.
#include <string>

#include "base/utf8.h"
#include "packs/pattern.h"
#include "tests/fuzz/fuzz.h"

namespace plumbline {

void fuzz(BytesView input) {
  std::size_t end = input.find('\n');
  BytesView text = end == BytesView::npos ? BytesView() : input.substr(end + 1);
  auto pattern = Pattern::compile(input.substr(0, end));
  if (!pattern.ok() || utf8_error_at(text)) return;
  std::string field = utf8_shorten(text, 256);
  bool matched = pattern->matches(field);
  CHECK(matched == pattern->matches(field), "a pattern has no memory");
}

}  // namespace plumbline
