// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMB_RECEIPT_H_
#define PLUMBLINE_PROGRAMS_PLUMB_RECEIPT_H_

#include "programs/plumb_options.h"

namespace CLI {
class App;
}

namespace plumbline {

// `plumb ledger verify-receipt FILE`: docs/formats/receipt.md.
void add_receipt_command(CLI::App& ledger, PlumbOptions& options);

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMB_RECEIPT_H_
