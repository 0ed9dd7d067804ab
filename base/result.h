// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_BASE_RESULT_H_
#define PLUMBLINE_BASE_RESULT_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/check.h"

namespace plumbline {

// What kind of failure an Error is: callers decide on the code, people read the sentence.
enum class Code {
  kInvalid,           // the input breaks a stated rule
  kNotFound,          // the thing named does not exist
  kExists,            // the thing named exists already
  kConflict,          // what is asked contradicts what is recorded
  kUnauthenticated,   // signature, token or key is not accepted
  kDenied,            // the caller is known and may not do this
  kExhausted,         // a limit of base/limits.h or a quota is reached
  kUnavailable,       // may work later: peer away, shutting down, storage failed
  kCorrupt,           // stored bytes are not what was written
  kIo,                // the operating system refused an operation
  kUnsupported,       // a version or feature this build does not know
  kInternal,          // a library failed in a way that its contract does not name
};

// The stable lower-case word of a code ("invalid", "not_found", ...), used in logs and answers.
std::string_view code_name(Code code);

// An error is a code, one sentence that names place, rule and value, and optionally its cause.
class [[nodiscard]] Error {
 public:
  Error(Code code, std::string sentence) : code_(code), sentence_(std::move(sentence)) {}
  Error(Code code, std::string sentence, Error cause)
      : code_(code),
        sentence_(std::move(sentence)),
        cause_(std::make_shared<const Error>(std::move(cause))) {}

  Code code() const { return code_; }
  const std::string& sentence() const { return sentence_; }
  const Error* cause() const { return cause_.get(); }

  // The sentence followed by the sentences of its causes, separated by ": ".
  std::string text() const;

 private:
  Code code_;
  std::string sentence_;
  std::shared_ptr<const Error> cause_;
};

// A value or an Error. Reading the value of a failed result is a bug and stops the program.
template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : state_(std::move(value)) {}       // NOLINT: implicit by intent
  Result(Error error) : state_(std::move(error)) {}   // NOLINT: implicit by intent

  bool ok() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return ok(); }

  T& value() & {
    CHECK(ok(), "value() of a failed result: " + error_text());
    return std::get<T>(state_);
  }
  const T& value() const& {
    CHECK(ok(), "value() of a failed result: " + error_text());
    return std::get<T>(state_);
  }
  T&& value() && {
    CHECK(ok(), "value() of a failed result: " + error_text());
    return std::get<T>(std::move(state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const {
    CHECK(!ok(), "error() of a result that holds a value");
    return std::get<Error>(state_);
  }

 private:
  std::string error_text() const { return ok() ? "" : std::get<Error>(state_).text(); }

  std::variant<T, Error> state_;
};

// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)) {}   // NOLINT: implicit by intent

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const {
    CHECK(!ok(), "error() of a result that succeeded");
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace plumbline

#define PLUMBLINE_CONCAT_INNER(a, b) a##b
#define PLUMBLINE_CONCAT(a, b) PLUMBLINE_CONCAT_INNER(a, b)

// Returns the error of `expr` from the enclosing function, if it has one.
#define RETURN_IF_ERROR(expr)                                         \
  do {                                                                \
    if (auto status_of_expr = (expr); !status_of_expr.ok()) {         \
      return status_of_expr.error();                                  \
    }                                                                 \
  } while (false)

// Declares or assigns `target` from the value of `expr`, or returns its error.
#define ASSIGN_OR_RETURN(target, expr) \
  ASSIGN_OR_RETURN_INNER(PLUMBLINE_CONCAT(result_of_expr_, __LINE__), target, expr)
#define ASSIGN_OR_RETURN_INNER(result, target, expr) \
  auto result = (expr);                              \
  if (!result.ok()) return result.error();           \
  target = std::move(result).value()

#endif  // PLUMBLINE_BASE_RESULT_H_
