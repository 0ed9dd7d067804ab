// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_STORE_CHECKED_READER_H_
#define PLUMBLINE_STORE_CHECKED_READER_H_

#include <memory>

#include "store/store.h"

namespace plumbline {

// A reader whose read() and at() hand out only what is undamaged: an entry has the leaf hash that
// was recorded when it was written, and a content the size and SHA-256 that its batch's header
// names. Else kCorrupt with the entry's index, after all entries before it. For whoever computes
// figures from a ledger without verifying it: a flipped bit must not become another score.
std::unique_ptr<LedgerReader> make_checked_reader(std::unique_ptr<LedgerReader> reader);

}  // namespace plumbline

#endif  // PLUMBLINE_STORE_CHECKED_READER_H_
