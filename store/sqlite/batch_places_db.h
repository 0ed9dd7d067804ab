// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_STORE_SQLITE_BATCH_PLACES_DB_H_
#define PLUMBLINE_STORE_SQLITE_BATCH_PLACES_DB_H_

#include <memory>
#include <string>

#include "base/result.h"
#include "store/batch_places.h"

namespace plumbline {

// Of the ledger in this file; kNotFound where it holds none yet.
Result<std::unique_ptr<BatchPlaces>> open_sqlite_batch_places(const std::string& path);

}  // namespace plumbline

#endif  // PLUMBLINE_STORE_SQLITE_BATCH_PLACES_DB_H_
