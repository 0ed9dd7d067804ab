// SPDX-License-Identifier: Apache-2.0
#include "packs/csv.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/limits.h"

namespace plumbline {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace

CsvReader::CsvReader(std::string_view whole_file_utf8) : text_(whole_file_utf8) {
  if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
}

Result<std::optional<CsvRow>> CsvReader::next() {
  skip_empty_lines();
  row_begin_ = at_;
  row_line_ = line_;
  if (at_ == text_.size()) return std::optional<CsvRow>();
  Result<CsvRow> row = read_row();
  if (!row.ok()) {
    skip_line();
    return row.error();
  }
  if (width_ == 0) width_ = row->cells.size();
  if (row->cells.size() != width_) {
    return Error(Code::kInvalid, fmt::format("line {}: the row has {} cells, the header has {}",
                                             row_line_, row->cells.size(), width_));
  }
  return std::optional<CsvRow>(std::move(row).value());
}

Result<CsvRow> CsvReader::read_row() {
  CsvRow row;
  row.line = row_line_;
  while (true) {
    std::string& cell = row.cells.emplace_back();
    bool quoted = at_ < text_.size() && text_[at_] == '"';
    RETURN_IF_ERROR(quoted ? read_quoted(cell) : read_plain(cell));
    if (at_ < text_.size() && text_[at_] == ',') {
      ++at_;
      continue;
    }
    skip_row_end();
    return row;
  }
}

Status CsvReader::read_quoted(std::string& cell) {
  std::size_t opened_on = line_;
  ++at_;
  while (true) {
    if (at_ == text_.size()) {
      return Error(Code::kInvalid,
                   fmt::format("line {}: the quote opened on line {} is never closed; nothing "
                               "after it was read",
                               row_line_, opened_on));
    }
    if (at_ - row_begin_ > limits::kMaxInputLineBytes) {
      at_ = text_.size();
      return too_long();
    }
    char c = text_[at_++];
    if (c == '\n') ++line_;
    if (c != '"') {
      cell.push_back(c);
    } else if (at_ < text_.size() && text_[at_] == '"') {
      cell.push_back('"');
      ++at_;
    } else {
      break;
    }
  }
  if (at_ == text_.size() || text_[at_] == ',' || at_row_end()) return {};
  return Error(Code::kInvalid,
               fmt::format("line {}: text stands behind the closing quote of a cell", line_));
}

Status CsvReader::read_plain(std::string& cell) {
  std::size_t begin = at_;
  while (at_ < text_.size() && text_[at_] != ',' && !at_row_end()) {
    if (text_[at_] == '"') {
      return Error(
          Code::kInvalid,
          fmt::format("line {}: a quote stands inside a cell that is not in quotes", line_));
    }
    if (at_ - row_begin_ > limits::kMaxInputLineBytes) return too_long();
    ++at_;
  }
  cell.assign(text_.substr(begin, at_ - begin));
  return {};
}

bool CsvReader::at_row_end() const {
  return text_[at_] == '\n' || text_.substr(at_, 2) == "\r\n";
}

void CsvReader::skip_row_end() {
  if (at_ == text_.size()) return;
  at_ += text_[at_] == '\r' ? 2 : 1;
  ++line_;
}

void CsvReader::skip_empty_lines() {
  while (at_ < text_.size() && at_row_end()) skip_row_end();
}

void CsvReader::skip_line() {
  at_ = std::min(text_.find('\n', at_), text_.size());
  skip_row_end();
}

Status CsvReader::too_long() const {
  return Error(Code::kExhausted, fmt::format("line {}: the row is longer than {} bytes", row_line_,
                                             limits::kMaxInputLineBytes));
}

}  // namespace plumbline
