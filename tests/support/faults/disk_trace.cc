// SPDX-License-Identifier: Apache-2.0
#include "tests/support/faults/disk_trace.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/check.h"

namespace plumbline::testing {

using Kind = DiskStep::Kind;

// How much of what was not synced reaches the disk. Written back in any order, or in the order of
// the calls up to one that is torn.
struct DiskReplay::Fate {
  bool in_order = false;
  double share = 0;  // of sectors and names, or of the calls

  static Fate draw(std::mt19937_64& random) {
    switch (random() % 8) {
      case 0:
        return {false, 0};
      case 1:
        return {false, 1};
      case 2:
      case 3:
        return {true, static_cast<double>(random() % 1001) / 1000};
      default:
        return {false, static_cast<double>(1 + random() % 9) / 10};
    }
  }
  bool happens(std::mt19937_64& random) const {
    return static_cast<double>(random() % 1'000'000) < share * 1'000'000;
  }
};

std::string file_class(std::string_view name) {
  if (!name.ends_with(".new")) return std::string(name);
  std::string_view stem = name.substr(0, name.size() - 4);
  return std::string(stem.substr(0, stem.rfind('.')));
}

void DiskReplay::take(const DiskStep& step) {
  switch (step.kind) {
    case Kind::kCreate:
      files_[step.file];
      name_changes_.push_back({step.name, step.file, ""});
      rename(names_, name_changes_.back());
      return;
    case Kind::kRename:
      name_changes_.push_back({step.other, step.file, step.name});
      rename(names_, name_changes_.back());
      return;
    case Kind::kUnlink:
      name_changes_.push_back({step.name, -1, ""});
      rename(names_, name_changes_.back());
      return;
    case Kind::kWrite:
      files_[step.file].changes.push_back({step.number, step.bytes, false, false, false});
      return;
    case Kind::kTruncate:
      files_[step.file].changes.push_back({step.number, "", true, false, false});
      return;
    case Kind::kSync:
      if (!without_.contains(file_class(step.name))) sync(files_[step.file]);
      return;
    case Kind::kSyncFolder:
      if (without_.contains(step.name)) return;
      for (const NameChange& change : name_changes_) rename(durable_names_, change);
      name_changes_.clear();
      return;
    case Kind::kSyncFailed:
      for (Change& change : files_[step.file].changes) change.lost = !change.synced;
      return;
    case Kind::kMark:
      return;
  }
}

void DiskReplay::sync(File& file) {
  bool all = true;
  for (Change& change : file.changes) {
    if (change.lost) {
      all = false;
    } else {
      change.synced = true;
    }
  }
  if (!all) return;
  for (const Change& change : file.changes) apply(file.durable, change);
  file.changes.clear();
}

void DiskReplay::apply(std::string& bytes, const Change& change) {
  if (change.truncation) {
    bytes.resize(change.offset);
    return;
  }
  bytes.resize(std::max<std::size_t>(bytes.size(), change.offset + change.bytes.size()));
  change.bytes.copy(bytes.data() + change.offset, change.bytes.size());
}

std::string DiskReplay::survive(const File& file, const Fate& fate, std::mt19937_64& random) {
  std::string bytes = file.durable;
  auto whole = static_cast<std::size_t>(fate.share * static_cast<double>(file.changes.size()));
  for (std::size_t i = 0; i < file.changes.size(); ++i) {
    const Change& change = file.changes[i];
    if (change.synced || (fate.in_order && i < whole)) {
      apply(bytes, change);
      continue;
    }
    if (fate.in_order && i > whole) continue;
    if (change.truncation) {
      if (fate.happens(random)) apply(bytes, change);
      continue;
    }
    for (std::size_t at = 0; at < change.bytes.size();) {
      std::size_t size =
          std::min(kSector - (change.offset + at) % kSector, change.bytes.size() - at);
      if (fate.happens(random)) {
        apply(bytes, {change.offset + at, change.bytes.substr(at, size), false, false, false});
      }
      at += size;
    }
  }
  return bytes;
}

void DiskReplay::rename(std::map<std::string, int>& names, const NameChange& change) {
  if (change.file < 0) {
    names.erase(change.name);
    return;
  }
  names[change.name] = change.file;
  auto from = names.find(change.from);
  if (from != names.end() && from->second == change.file) names.erase(from);
}

DiskImage DiskReplay::power_cut(std::mt19937_64& random) const {
  Fate fate = Fate::draw(random);
  std::map<std::string, int> names = durable_names_;
  for (const NameChange& change : name_changes_) {
    if (fate.happens(random)) rename(names, change);
  }
  DiskImage image;
  for (const auto& [name, file] : names) image[name] = survive(files_.at(file), fate, random);
  return image;
}

DiskImage DiskReplay::cached() const {
  DiskImage image;
  for (const auto& [name, number] : names_) {
    const File& file = files_.at(number);
    std::string& bytes = image[name] = file.durable;
    for (const Change& change : file.changes) apply(bytes, change);
  }
  return image;
}

void write_image(const std::string& folder, const DiskImage& image) {
  std::filesystem::create_directories(folder);
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::filesystem::remove_all(entry.path());
  }
  for (const auto& [name, bytes] : image) {
    std::ofstream file(folder + "/" + name, std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    CHECK(file.good(), "a state of the disk can be written");
  }
}

}  // namespace plumbline::testing
