// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMB_INGEST_H_
#define PLUMBLINE_PROGRAMS_PLUMB_INGEST_H_

#include <CLI/App.hpp>

#include "programs/plumb_options.h"

namespace plumbline {

// `plumb ingest`: batches that came as a file.
void add_ingest_command(CLI::App& app, PlumbOptions& options);

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMB_INGEST_H_
