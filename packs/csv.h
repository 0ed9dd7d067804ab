// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PACKS_CSV_H_
#define PLUMBLINE_PACKS_CSV_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace plumbline {

struct CsvRow {
  std::size_t line = 0;  // on which the row begins, from 1
  std::vector<std::string> cells;
};

// Rows of a CSV file by RFC 4180: comma, cells in quotes may hold commas, newlines and doubled
// quotes; lines end with LF or CRLF; a byte order mark is skipped, and so are empty lines. The
// first row (the header) sets how many cells a row has.
class CsvReader {
 public:
  // The file as UTF-8 (see to_utf8); it must outlive the reader.
  explicit CsvReader(std::string_view whole_file_utf8);

  // The next row; nullopt at the end. An error names its line and is of the row alone: the next
  // call goes on behind it. kInvalid for a row of another width than the header's, a quote inside
  // an unquoted cell and text behind a closing quote; kExhausted over limits::kMaxInputLineBytes.
  // A quote that is never closed, or not within that limit, ends the file: where the next row
  // begins could only be guessed.
  Result<std::optional<CsvRow>> next();

  // The line on which the row of the last call begins, also where that row was refused.
  std::size_t line() const { return row_line_; }
  // Bytes read so far, for showing progress.
  std::size_t offset() const { return at_; }

 private:
  Result<CsvRow> read_row();
  Status read_quoted(std::string& cell);
  Status read_plain(std::string& cell);
  bool at_row_end() const;
  void skip_row_end();
  void skip_empty_lines();
  void skip_line();
  Status too_long() const;

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;       // of at_
  std::size_t row_begin_ = 0;  // byte at which the current row begins
  std::size_t row_line_ = 1;
  std::size_t width_ = 0;  // cells of the header; 0 before it was read
};

}  // namespace plumbline

#endif  // PLUMBLINE_PACKS_CSV_H_
