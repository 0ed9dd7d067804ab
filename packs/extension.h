// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PACKS_EXTENSION_H_
#define PLUMBLINE_PACKS_EXTENSION_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "packs/pack.h"

// A pack that says `extends: base@version` takes the files that it does not have from the pack of
// that id in the folder beside its own. docs/formats/pack.md.
namespace plumbline {

// Something of a pack that no pack may change that extends it: a file, or what stands in it under
// keys and ids.
struct LockedField {
  std::string path;               // "standards/outlet.yaml"
  std::vector<std::string> keys;  // "blocks", "quality"; empty = the whole file
  Place place;                    // where it is locked

  std::string text() const;  // "standards/outlet.yaml#blocks.quality"
};

// What a pack took from the one that it extends.
struct PackExtension {
  std::string id;  // of the base
  std::string version;
  std::string folder;
  PackFiles base;                       // put together as well, where it extends a third one
  std::vector<std::string> taken;       // paths, sorted
  std::vector<std::string> overridden;  // paths of both packs whose bytes differ; this one's count
};

struct LoadedPack {
  PackFiles files;  // all that the rules are made of
  std::optional<PackExtension> extension;
  std::map<std::string, std::string> origins;  // path -> folder whose file it is
  std::vector<LockedField> locks;              // its own, and those of what it extends
};

// Reads the rule files under `folder`, and under those of the packs that it extends. kNotFound
// without a folder; kInvalid with all problems where the base is not there or of another version,
// or something locked is overridden; kExhausted over limits::kMaxPackBytes / Files.
Result<LoadedPack> load_pack(const std::string& folder);

// The keys extends, base_rule_hash and locked of pack.yaml; problems go to the reader's.
struct ExtensionKeys {
  std::string base;  // empty where the pack extends none
  std::string version;
  Place place;
  std::optional<Hash> base_rules;
  Place base_rules_place;
  std::vector<LockedField> locks;
};
ExtensionKeys read_extension_keys(MapReader& map);

// Reports what is locked and is not there.
void check_locks(const PackFiles& files, Problems& problems);

}  // namespace plumbline

#endif  // PLUMBLINE_PACKS_EXTENSION_H_
