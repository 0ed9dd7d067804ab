// SPDX-License-Identifier: Apache-2.0
// Frames of a session: the first byte says how the rest is cut into pieces. Whatever the cut, the
// same messages come out, and a message that was read is written as the same message.
#include <algorithm>
#include <string>
#include <vector>

#include "base/limits.h"
#include "model/wire/session.h"
#include "tests/fuzz/fuzz.h"

namespace plumbline {
namespace {

struct Read {
  std::vector<Bytes> messages;  // encoded again
  std::string error;
};

Read read_all(BytesView input, std::size_t piece) {
  FrameDecoder decoder(limits::kMaxFrameBytes);
  Read out;
  while (out.error.empty()) {
    auto message = decoder.next();
    if (!message.ok()) {
      out.error = message.error().text();
    } else if (message->has_value()) {
      out.messages.push_back(encode_message(**message));
    } else if (input.empty()) {
      break;
    } else {
      std::size_t size = std::min(piece, input.size());
      decoder.feed(input.substr(0, size));
      input.remove_prefix(size);
    }
  }
  return out;
}

}  // namespace

void fuzz(BytesView input) {
  std::size_t piece = 1u + take_byte(input);
  Read whole = read_all(input, input.size() + 1);
  Read pieces = read_all(input, piece);
  CHECK(whole.messages == pieces.messages, "the cut of a stream decides nothing");
  CHECK(whole.error == pieces.error, "nor does it change the error");
  for (const Bytes& message : whole.messages) {
    Read again = read_all(message, message.size());
    CHECK(again.error.empty() && again.messages.size() == 1 && again.messages[0] == message,
          "what is written is read as the same message");
  }
}

}  // namespace plumbline
