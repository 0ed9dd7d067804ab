// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_TEMP_FOLDER_H_
#define PLUMBLINE_TESTS_SUPPORT_TEMP_FOLDER_H_

#include <stdlib.h>

#include <filesystem>
#include <string>

#include "base/check.h"

namespace plumbline::testing {

// A folder of its owner's alone that goes with the object.
class PrivateFolder {
 public:
  PrivateFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "plumbline-XXXXXX").string();
    CHECK(::mkdtemp(pattern.data()) != nullptr, "a test needs a temporary folder");
    path_ = pattern;
  }
  ~PrivateFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string path(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace plumbline::testing

#endif  // PLUMBLINE_TESTS_SUPPORT_TEMP_FOLDER_H_
