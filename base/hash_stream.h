// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_BASE_HASH_STREAM_H_
#define PLUMBLINE_BASE_HASH_STREAM_H_

#include <memory>

#include "base/bytes.h"

namespace plumbline {

// SHA-256 of bytes that come in pieces.
class HashStream {
 public:
  HashStream();
  ~HashStream();
  HashStream(const HashStream&) = delete;
  HashStream& operator=(const HashStream&) = delete;

  void add(BytesView bytes);
  // Of everything added; the stream is of no more use.
  Hash finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_BASE_HASH_STREAM_H_
