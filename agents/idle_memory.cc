// SPDX-License-Identifier: Apache-2.0
#include "agents/idle_memory.h"

#include <malloc.h>
#include <sys/mman.h>

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"

namespace plumbline {
namespace {

struct Mapping {
  std::uintptr_t begin = 0, end = 0;
  bool of_file = false;  // private, not writable, of a file
  bool written = true;   // has pages that differ from the file: relocated ones, for example
};

// "7f30-7f40 r-xp 00001000 08:01 4711   /usr/lib/..."
Mapping parse_mapping(const std::string& line) {
  Mapping mapping;
  std::istringstream words(line);
  std::string access, offset, device, inode, path;
  char dash = 0;
  words >> std::hex >> mapping.begin >> dash >> mapping.end >> access >> offset >> device;
  words >> inode >> path;
  mapping.of_file =
      access.size() == 4 && access[1] == '-' && access[3] == 'p' && path.starts_with('/');
  return mapping;
}

// Of each mapping smaps has one line with its range and more with a name and a colon.
std::vector<Mapping> mappings(std::istream& smaps) {
  constexpr std::string_view kWritten = "Anonymous:";
  std::vector<Mapping> found;
  for (std::string line; std::getline(smaps, line);) {
    const std::string first = line.substr(0, line.find(' '));
    if (!first.ends_with(':')) {
      found.push_back(parse_mapping(line));
    } else if (first == kWritten && !found.empty()) {
      found.back().written = std::stoull(line.substr(kWritten.size())) > 0;
    }
  }
  return found;
}

}  // namespace

Status give_back_idle_memory() {
  malloc_trim(0);
  std::ifstream smaps("/proc/self/smaps");
  if (!smaps) return errno_error("cannot read /proc/self/smaps");
  for (const Mapping& mapping : mappings(smaps)) {
    if (!mapping.of_file || mapping.written) continue;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the system names mappings by number.
    void* begin = reinterpret_cast<void*>(mapping.begin);
    if (madvise(begin, mapping.end - mapping.begin, MADV_DONTNEED) != 0) {
      return errno_error("cannot give pages back");
    }
  }
  return {};
}

}  // namespace plumbline
