// SPDX-License-Identifier: Apache-2.0
#include "base/result.h"

namespace plumbline {

std::string_view code_name(Code code) {
  switch (code) {
    case Code::kInvalid: return "invalid";
    case Code::kNotFound: return "not_found";
    case Code::kExists: return "exists";
    case Code::kConflict: return "conflict";
    case Code::kUnauthenticated: return "unauthenticated";
    case Code::kDenied: return "denied";
    case Code::kExhausted: return "exhausted";
    case Code::kUnavailable: return "unavailable";
    case Code::kCorrupt: return "corrupt";
    case Code::kIo: return "io";
    case Code::kUnsupported: return "unsupported";
    case Code::kInternal: return "internal";
  }
  CHECK(false, "a code outside its enumeration");
}

std::string Error::text() const {
  std::string text = sentence_;
  for (const Error* cause = cause_.get(); cause != nullptr; cause = cause->cause()) {
    text += ": ";
    text += cause->sentence();
  }
  return text;
}

}  // namespace plumbline
