// SPDX-License-Identifier: Apache-2.0
// The one entry that libFuzzer calls, linked into every target.
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  plumbline::fuzz({reinterpret_cast<const char*>(data), size});
  return 0;
}
