// SPDX-License-Identifier: Apache-2.0
#include "packs/extension.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/limits.h"
#include "packs/pack_parts.h"
#include "packs/yaml.h"

namespace plumbline {
namespace {

constexpr const char* kPackFile = "pack.yaml";
// A province's pack, a city's, a county's: more would only hide a circle.
constexpr std::size_t kMaxChain = 4;

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> out;
  for (;;) {
    std::size_t end = text.find(at);
    out.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

std::string place_text(const Place& place) {
  return fmt::format("{}:{}:{}", place.file, place.line, place.column);
}

Place in_folder(const std::string& folder, Place place) {
  place.file = fmt::format("{}/{}", folder, place.file);
  return place;
}

std::optional<LockedField> read_lock(const std::string& text, const Place& place,
                                     Problems& problems) {
  LockedField lock;
  std::size_t hash = text.find('#');
  lock.path = text.substr(0, hash);
  lock.place = place;
  if (hash != std::string::npos) lock.keys = split(std::string_view(text).substr(hash + 1), '.');
  bool known = lock.path == "events.yaml" || lock.path == "calendar.yaml" ||
               (lock.path == kPackFile && hash != std::string::npos) ||
               ((lock.path.starts_with("standards/") || lock.path.starts_with("targets/")) &&
                lock.path.ends_with(".yaml"));
  bool has_keys = std::none_of(lock.keys.begin(), lock.keys.end(),
                               [](const std::string& key) { return key.empty(); });
  if (known && has_keys) return lock;
  problems.add(place, fmt::format("\"{}\" cannot be locked: write a file such as calendar.yaml, or "
                                  "a file and keys such as standards/service.yaml#grades or "
                                  "pack.yaml#levels",
                                  text));
  return std::nullopt;
}

// The key of a map, or the item of a list that has it as id.
const YamlNode* step_into(const YamlNode& node, const std::string& key) {
  if (node.is_map()) return node.find(key);
  for (const YamlNode& item : node.items) {
    const YamlNode* id = item.find("id");
    if (id != nullptr && id->scalar == key) return &item;
  }
  return nullptr;
}

const YamlNode* find_locked(const YamlNode& root, const LockedField& lock) {
  const YamlNode* node = &root;
  for (const std::string& key : lock.keys) {
    node = step_into(*node, key);
    if (node == nullptr) return nullptr;
  }
  return node;
}

bool same_scalar(const YamlNode& a, const YamlNode& b) {
  if (a.scalar == b.scalar) return true;
  if (a.quoted || b.quoted) return false;
  auto x = parse_decimal(a.scalar);
  auto y = parse_decimal(b.scalar);
  return x.ok() && y.ok() && *x == *y;
}

// The same keys and values in whatever order of keys; lists in order.
bool same_yaml(const YamlNode& a, const YamlNode& b) {
  if (a.type != b.type || a.entries.size() != b.entries.size()) return false;
  if (a.is_scalar()) return same_scalar(a, b);
  for (const auto& [key, value] : a.entries) {
    const YamlNode* other = b.find(key.scalar);
    if (other == nullptr || !same_yaml(value, *other)) return false;
  }
  return std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), same_yaml);
}

std::optional<YamlNode> read_yaml(const PackFiles& files, const std::string& path) {
  auto found = files.find(path);
  if (found == files.end()) return std::nullopt;
  Problems none;
  return parse_yaml(path, found->second, none);
}

// pack.yaml's keys of extension alone; what else is wrong is found when the rules are compiled.
ExtensionKeys keys_of(const PackFiles& files, Problems& problems) {
  std::optional<YamlNode> root = read_yaml(files, kPackFile);
  if (!root || !root->is_map()) return {};
  MapReader map(*root, "the pack", problems);
  return read_extension_keys(map);
}

struct Head {
  std::string id, version;
  Place version_place;
};
Head head_of(const PackFiles& files) {
  Head head;
  head.version_place = {kPackFile, 1, 1};
  std::optional<YamlNode> root = read_yaml(files, kPackFile);
  if (!root) return head;
  if (const YamlNode* id = root->find("id")) head.id = id->scalar;
  if (const YamlNode* version = root->find("version")) {
    head.version = version->scalar;
    head.version_place = version->place;
  }
  return head;
}

// The folder itself, also where it is written as "." or with a slash at its end.
std::filesystem::path named_folder(const std::string& folder) {
  std::filesystem::path path(folder);
  if (!path.has_filename()) path = path.parent_path();
  if (path.filename() != "." && path.filename() != "..") return path;
  std::error_code ignored;
  return std::filesystem::canonical(path, ignored);
}

bool is_inherited(std::string_view path) {
  return path != kPackFile && !path.starts_with("tests/");
}

class Loader {
 public:
  Result<LoadedPack> load(const std::string& folder, std::size_t depth) {
    LoadedPack out;
    ASSIGN_OR_RETURN(out.files, load_own_files(folder));
    Problems problems;
    ExtensionKeys keys = keys_of(out.files, problems);
    if (!problems.empty()) return refused(folder, problems);
    std::filesystem::path path = named_folder(folder);
    std::string name = "../" + path.filename().string();
    for (const auto& [file, bytes] : out.files) out.origins[file] = name;
    for (LockedField& lock : keys.locks) {
      lock.place = in_folder(name, lock.place);
      out.locks.push_back(std::move(lock));
    }
    if (keys.base.empty()) return out;
    std::string base_folder = (path.parent_path() / keys.base).string();
    if (depth == kMaxChain || path.filename() == keys.base) {
      problems.add(keys.place,
                   depth == kMaxChain
                       ? fmt::format("a chain of more than {} packs, or a circle, leads "
                                     "to \"{}\"",
                                     kMaxChain, keys.base)
                       : "a pack cannot extend itself");
      return refused(folder, problems);
    }
    if (std::error_code ignored; !std::filesystem::is_directory(base_folder, ignored)) {
      problems.add(keys.place, fmt::format("extends \"{}\", but there is no folder ../{} beside "
                                           "this pack",
                                           keys.base, keys.base));
      return refused(folder, problems);
    }
    ASSIGN_OR_RETURN(LoadedPack base, load(base_folder, depth + 1));
    check_base(keys, base.files, problems);
    merge(std::move(base), keys, base_folder, out, problems);
    if (!problems.empty()) return refused(folder, problems);
    RETURN_IF_ERROR(check_size(folder, out.files));
    return out;
  }

 private:
  static Error refused(const std::string& folder, const Problems& problems) {
    return Error(Code::kInvalid, fmt::format("the rules in {} cannot be put together:\n{}", folder,
                                             problems.text()));
  }

  static void check_base(const ExtensionKeys& keys, const PackFiles& base, Problems& problems) {
    Head head = head_of(base);
    std::string at = place_text(in_folder("../" + keys.base, head.version_place));
    if (head.id != keys.base) {
      problems.add(keys.place,
                   fmt::format("extends \"{}\", but the id in ../{}/pack.yaml is \"{}\"", keys.base,
                               keys.base, head.id));
    } else if (head.version != keys.version) {
      problems.add(keys.place, fmt::format("extends version \"{}\" of {}, but {} says \"{}\"",
                                           keys.version, keys.base, at, head.version));
    }
    if (keys.base_rules && *keys.base_rules != rule_hash(base)) {
      problems.add(keys.base_rules_place,
                   fmt::format("the rule hash of ../{} is {}", keys.base, rule_hash(base).hex()));
    }
  }

  static void merge(LoadedPack base, const ExtensionKeys& keys, const std::string& folder,
                    LoadedPack& out, Problems& problems) {
    PackExtension extension{keys.base, keys.version, folder, {}, {}, {}};
    for (const auto& [path, bytes] : base.files) {
      if (!is_inherited(path)) continue;
      auto [own, is_taken] = out.files.emplace(path, bytes);
      if (is_taken) {
        extension.taken.push_back(path);
        out.origins[path] = base.origins[path];
      } else if (own->second != bytes) {
        extension.overridden.push_back(path);
      }
    }
    for (const LockedField& lock : base.locks) {
      compare_locked(lock, base, out, problems);
    }
    out.locks.insert(out.locks.end(), base.locks.begin(), base.locks.end());
    extension.base = std::move(base.files);
    out.extension = std::move(extension);
  }

  static void compare_locked(const LockedField& lock, LoadedPack& base, const LoadedPack& out,
                             Problems& problems) {
    std::optional<YamlNode> was = read_yaml(base.files, lock.path);
    std::optional<YamlNode> now = read_yaml(out.files, lock.path);
    const YamlNode* locked = was ? find_locked(*was, lock) : nullptr;
    if (locked == nullptr) {
      problems.add(lock.place, fmt::format("\"{}\" is locked and not there", lock.text()));
      return;
    }
    // A file that cannot be read is told when the rules are compiled.
    if (!now) return;
    const YamlNode* own = find_locked(*now, lock);
    if (own != nullptr && same_yaml(*locked, *own)) return;
    std::string theirs = place_text(in_folder(base.origins[lock.path], locked->place));
    problems.add(
        own != nullptr ? own->place : now->place,
        fmt::format("\"{}\" is locked at {} and must be {} {}", lock.text(), place_text(lock.place),
                    own != nullptr ? "as at" : "here as at", theirs));
  }

  static Status check_size(const std::string& folder, const PackFiles& files) {
    std::size_t bytes = 0;
    for (const auto& [path, content] : files) bytes += content.size();
    if (files.size() <= limits::kMaxPackFiles && bytes <= limits::kMaxPackBytes) return {};
    return Error(
        Code::kExhausted,
        fmt::format("the pack {} and what it extends have {} rule files of {} bytes, more "
                    "than {} or {}",
                    folder, files.size(), bytes, limits::kMaxPackFiles, limits::kMaxPackBytes));
  }
};

}  // namespace

std::string LockedField::text() const {
  return keys.empty() ? path : fmt::format("{}#{}", path, fmt::join(keys, "."));
}

ExtensionKeys read_extension_keys(MapReader& map) {
  ExtensionKeys out;
  if (auto text = map.optional_text("extends")) {
    out.place = map.node().find("extends")->place;
    std::size_t at = text->find('@');
    out.base = text->substr(0, at);
    if (at != std::string::npos) out.version = text->substr(at + 1);
    if (!is_pack_id(out.base) || out.version.empty()) {
      map.problems().add(out.place, fmt::format("\"extends\" must be id@version of a pack, such as "
                                                "jiangsu-2025@1, found \"{}\"",
                                                *text));
      out.base.clear();
    }
  }
  if (auto text = map.optional_text("base_rule_hash")) {
    out.base_rules_place = map.node().find("base_rule_hash")->place;
    auto bytes = from_hex(*text);
    auto hash = bytes.ok() ? Hash::from(*bytes, "a rule hash") : Result<Hash>(bytes.error());
    if (hash.ok()) {
      out.base_rules = *hash;
    } else {
      map.problems().add(out.base_rules_place, "\"base_rule_hash\" must be 64 hexadecimal digits");
    }
  }
  for (const auto& [text, place] : map.optional_text_list("locked")) {
    if (auto lock = read_lock(text, place, map.problems())) out.locks.push_back(*std::move(lock));
  }
  return out;
}

void check_locks(const PackFiles& files, Problems& problems) {
  Problems told_elsewhere;
  for (const LockedField& lock : keys_of(files, told_elsewhere).locks) {
    std::optional<YamlNode> root = read_yaml(files, lock.path);
    if (root && find_locked(*root, lock) != nullptr) continue;
    problems.add(lock.place, fmt::format("\"{}\" is locked and not there", lock.text()));
  }
}

Result<LoadedPack> load_pack(const std::string& folder) {
  return Loader().load(folder, 1);
}

Result<PackFiles> load_pack_files(const std::string& folder) {
  ASSIGN_OR_RETURN(LoadedPack pack, load_pack(folder));
  return std::move(pack.files);
}

}  // namespace plumbline
