// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_FUZZ_FUZZ_H_
#define PLUMBLINE_TESTS_FUZZ_FUZZ_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/check.h"

// What the fuzz targets share. A target is a file NAME_fuzz.cc that defines fuzz(): any bytes are
// input, and a broken promise is a failed CHECK, a sanitizer's report or a time-out.
namespace plumbline {

void fuzz(BytesView input);

// Takes one byte off the front of `input`; 0 when there is none.
inline std::uint8_t take_byte(BytesView& input) {
  if (input.empty()) return 0;
  auto byte = static_cast<std::uint8_t>(input.front());
  input.remove_prefix(1);
  return byte;
}

}  // namespace plumbline

#endif  // PLUMBLINE_TESTS_FUZZ_FUZZ_H_
