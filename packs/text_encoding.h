// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PACKS_TEXT_ENCODING_H_
#define PLUMBLINE_PACKS_TEXT_ENCODING_H_

#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace plumbline {

// A text file's bytes as UTF-8 without a byte order mark. Bytes that are UTF-8 stay as they are;
// otherwise they are read as GB18030, which contains GBK and GB 2312. kInvalid naming the byte
// (from 0) when they are neither.
Result<std::string> to_utf8(BytesView bytes);

}  // namespace plumbline

#endif  // PLUMBLINE_PACKS_TEXT_ENCODING_H_
