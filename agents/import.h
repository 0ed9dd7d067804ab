// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_IMPORT_H_
#define PLUMBLINE_AGENTS_IMPORT_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "agents/intake.h"
#include "base/bytes.h"
#include "base/result.h"
#include "packs/mapping.h"

// A CSV file as events. docs/guides/agent.md, section "import".
namespace plumbline {

enum class CsvEncoding {
  kAuto,  // UTF-8, else GB18030 (which holds GBK)
  kUtf8,  // UTF-8 or refused
};

// What is wrong with a row, or with one event of it. `column` is empty where the row as a whole is
// meant.
struct ImportProblem {
  std::size_t line = 0;
  std::string column;
  std::string rule;
  std::string sentence;
};

struct ImportProgress {
  std::size_t bytes_read = 0;
  std::size_t bytes = 0;  // of the file, as UTF-8
  std::uint64_t rows = 0;
};

struct ImportCounts {
  std::uint64_t rows = 0;           // without the header; bad ones included
  std::uint64_t other_outlets = 0;  // rows that belong to another outlet
  std::uint64_t accepted = 0;       // events
  std::uint64_t repeated = 0;       // events known from before: an earlier run, or earlier rows
  std::uint64_t changed = 0;        // events whose id is known with other content: not taken
  std::uint64_t refused = 0;        // problems of rows and of single events
  bool all_taken() const { return changed == 0 && refused == 0; }
};

struct ImportHooks {
  std::function<void(const ImportProblem&)> problem;
  std::function<void(const ImportProgress&)> progress;  // called for each row: be quick
};

// Imports the rows of the outlet with this code. The identity of an event is (mapping.source, id
// of the mapped event): importing a file twice doubles nothing. An Error means that nothing could
// be read (encoding, missing columns) or that the spool failed; what was counted before is on disk.
Result<ImportCounts> import_csv(BytesView file, CsvEncoding encoding, const Mapping& mapping,
                                std::string_view outlet_code, const Intake::Parts& parts,
                                const ImportHooks& hooks);

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_IMPORT_H_
