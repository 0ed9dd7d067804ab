// SPDX-License-Identifier: Apache-2.0
// A pattern (the first line) on a text (the rest): bounded time, whatever they are.
#include "base/utf8.h"
#include "packs/pattern.h"
#include "tests/fuzz/fuzz.h"

namespace plumbline {

void fuzz(BytesView input) {
  std::size_t end = input.find('\n');
  BytesView text = end == BytesView::npos ? BytesView() : input.substr(end + 1);
  auto pattern = Pattern::compile(input.substr(0, end));
  if (!pattern.ok() || utf8_error_at(text)) return;
  bool matched = pattern->matches(text.substr(0, 256));
  CHECK(matched == pattern->matches(text.substr(0, 256)), "a pattern has no memory");
}

}  // namespace plumbline
