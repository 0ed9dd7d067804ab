// SPDX-License-Identifier: Apache-2.0
// JSON: the canonical text of a value is read as the same value.
#include "base/json.h"

#include "tests/fuzz/fuzz.h"

namespace plumbline {

void fuzz(BytesView input) {
  auto json = Json::parse(input);
  if (!json.ok()) return;
  std::string text = json->text();
  auto again = Json::parse(text);
  CHECK(again.ok() && *again == *json, "the canonical text is the same value");
  CHECK(again->text() == text, "and has one form");
}

}  // namespace plumbline
