// SPDX-License-Identifier: Apache-2.0
#include "packs/text_encoding.h"

#include <fmt/format.h>
#include <iconv.h>

#include <cerrno>

#include "base/check.h"
#include "base/file.h"
#include "base/utf8.h"

namespace plumbline {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// An open iconv descriptor.
class Converter {
 public:
  Converter() : handle_(iconv_open("UTF-8", "GB18030")) {}
  ~Converter() {
    if (ok()) iconv_close(handle_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  bool ok() const { return handle_ != reinterpret_cast<iconv_t>(-1); }
  iconv_t handle() { return handle_; }

 private:
  iconv_t handle_;
};

// The text, or the byte at which `bytes` stops being GB18030.
struct Conversion {
  std::string text;
  std::optional<std::size_t> error_at;
};

Conversion convert(iconv_t handle, BytesView bytes) {
  Conversion result;
  // iconv takes a pointer that is not const and never writes through it.
  char* in = const_cast<char*>(bytes.data());
  std::size_t in_left = bytes.size();
  char buffer[8192];
  while (in_left > 0) {
    char* out = buffer;
    std::size_t out_left = sizeof buffer;
    std::size_t converted = iconv(handle, &in, &in_left, &out, &out_left);
    result.text.append(buffer, sizeof buffer - out_left);
    if (converted == static_cast<std::size_t>(-1) && errno != E2BIG) {
      result.error_at = bytes.size() - in_left;
      return result;
    }
  }
  return result;
}

}  // namespace

Result<std::string> to_utf8(BytesView bytes) {
  std::optional<std::size_t> not_utf8 = utf8_error_at(bytes);
  bool marked = bytes.starts_with(kByteOrderMark);
  if (!not_utf8) return std::string(marked ? bytes.substr(kByteOrderMark.size()) : bytes);
  if (marked) {
    return Error(
        Code::kInvalid,
        fmt::format("the text is marked as UTF-8 and is not (wrong at byte {})", *not_utf8));
  }
  Converter converter;
  if (!converter.ok()) return errno_error("opening the GB18030 conversion");
  Conversion conversion = convert(converter.handle(), bytes);
  if (conversion.error_at) {
    return Error(Code::kInvalid,
                 fmt::format("the text is neither UTF-8 (wrong at byte {}) nor GBK or GB18030 "
                             "(wrong at byte {})",
                             *not_utf8, *conversion.error_at));
  }
  return std::move(conversion.text);
}

}  // namespace plumbline
