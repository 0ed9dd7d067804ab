// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_WIRE_DOC_BLOCKS_H_
#define PLUMBLINE_TESTS_SUPPORT_WIRE_DOC_BLOCKS_H_

#include <map>
#include <sstream>
#include <string>

#include "base/bytes.h"
#include "base/file.h"

namespace plumbline::samples {

// The example blocks of a format's page by their name. A block begins with a line "```hex <name>"
// or "```text <name>". In a hex block everything behind '#' and all spaces mean nothing, and the
// value is the bytes; a text block is its text.
inline std::map<std::string, Bytes> doc_blocks(const std::string& page) {
  std::istringstream lines(
      read_file(std::string(PLUMBLINE_SOURCE_DIR) + "/docs/formats/" + page, 1 << 20).value());
  std::map<std::string, Bytes> blocks;
  std::string line, name, text;
  bool hex = false;
  while (std::getline(lines, line)) {
    if (name.empty()) {
      hex = line.starts_with("```hex ");
      if (hex || line.starts_with("```text ")) name = line.substr(hex ? 7 : 8);
      text.clear();
    } else if (line == "```") {
      blocks[name] = hex ? from_hex(text).value() : text;
      name.clear();
    } else if (hex) {
      for (char c : line.substr(0, line.find('#'))) {
        if (c != ' ') text.push_back(c);
      }
    } else {
      text += line + "\n";
    }
  }
  return blocks;
}

// The bytes as a block of the page, for putting a new example in.
inline std::string as_block(const std::string& name, BytesView bytes) {
  std::string out = "```hex " + name + "\n";
  for (std::size_t i = 0; i < bytes.size(); i += 32) out += to_hex(bytes.substr(i, 32)) + "\n";
  return out + "```\n";
}

}  // namespace plumbline::samples

#endif  // PLUMBLINE_TESTS_SUPPORT_WIRE_DOC_BLOCKS_H_
