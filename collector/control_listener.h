// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_COLLECTOR_CONTROL_LISTENER_H_
#define PLUMBLINE_COLLECTOR_CONTROL_LISTENER_H_

#include <functional>
#include <memory>
#include <string>

#include "base/json.h"
#include "base/result.h"

namespace plumbline {

// What answers a request. `actor` is "os:<user>" of the peer's operating system user. Called on
// the listener's threads, up to kControlThreads at a time, and may block.
using ControlHandler = std::function<Result<Json>(const Json& request, const std::string& actor)>;

constexpr int kControlThreads = 2;

// plumbd's local socket. A request is one JSON object on one line, at most
// limits::kMaxOfficeRecordBytes; its answer is one line: {"ok":...} or
// {"error":{"code":"...","sentence":"..."}}. A connection may ask many times, one after the other.
// The folder of the socket must be its owner's alone (mode 0700): who may enter it may ask.
class ControlListener {
 public:
  // A socket file that nobody listens on any more is replaced. kExists when somebody does;
  // kInvalid when the path is too long; kDenied when others may enter the folder.
  static Result<std::unique_ptr<ControlListener>> start(const std::string& path,
                                                        ControlHandler handler);

  // Stops, waits for the handlers that run, removes the socket file.
  ~ControlListener();

 private:
  struct Impl;
  explicit ControlListener(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_COLLECTOR_CONTROL_LISTENER_H_
