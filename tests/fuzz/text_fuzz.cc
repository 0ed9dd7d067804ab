// SPDX-License-Identifier: Apache-2.0
// Short texts that people and programs write: instants, dates, decimals, hexadecimal, base64,
// enrolment tokens, CSV of any encoding. What is read is written in its one form.
#include "base/clock.h"
#include "base/decimal.h"
#include "base/utf8.h"
#include "model/wire/session.h"
#include "packs/csv.h"
#include "packs/pack.h"
#include "packs/text_encoding.h"
#include "tests/fuzz/fuzz.h"

namespace plumbline {
namespace {

void read_csv(BytesView input) {
  auto text = to_utf8(input);
  if (!text.ok()) return;
  CHECK(!utf8_error_at(*text), "a converted file is UTF-8");
  CsvReader reader(*text);
  std::size_t width = 0;
  for (std::size_t rows = 0; rows <= text->size(); ++rows) {
    auto row = reader.next();
    if (!row.ok()) continue;
    if (!row->has_value()) return;
    if (width == 0) width = (*row)->cells.size();
    CHECK((*row)->cells.size() == width, "every row has the header's width");
  }
  CHECK(false, "a file has no more rows than bytes");
}

}  // namespace

void fuzz(BytesView input) {
  if (auto at = parse_instant(input); at.ok()) {
    CHECK(parse_instant(format_instant(*at)).value() == *at, "an instant has one form");
  }
  if (auto date = parse_date(input); date.ok()) {
    CHECK(format_date(*date) == input, "a date has one spelling");
  }
  if (auto token = parse_token(input); token.ok()) {
    CHECK(format_token(*token) == input, "a token has one spelling");
  }
  if (auto bytes = from_base64(input); bytes.ok()) {
    CHECK(to_base64(*bytes) == input, "base64 has one spelling");
  }
  if (auto bytes = from_hex(input); bytes.ok()) {
    CHECK(from_hex(to_hex(*bytes)).value() == *bytes, "hexadecimal is read back");
  }
  if (auto decimal = parse_decimal(input); decimal.ok()) {
    CHECK(parse_decimal(format_decimal_short(*decimal)).value() == *decimal,
          "a decimal is read back");
  }
  (void)holds_personal_number(input);
  read_csv(input);
}

}  // namespace plumbline
