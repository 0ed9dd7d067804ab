// SPDX-License-Identifier: Apache-2.0
#include "packs/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <unordered_map>

#include "base/limits.h"
#include "base/utf8.h"

namespace plumbline {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// Leaves the parser at once; the reason has been added to the problems.
struct Stop {};

// Builds nodes from the parser's events, in which duplicate keys, anchors, aliases, tags and depth
// are still to be seen.
class Builder : public YAML::EventHandler {
 public:
  Builder(const std::string& file, BytesView text, Problems& problems)
      : file_(file), text_(text), problems_(problems) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 1) return;
    stop(place(mark), "a second document begins here; a rule file holds one");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { add(node(mark)); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    problems_.add(place(mark), "aliases (*name) are not allowed; write the value out");
    add(node(mark));
  }
  void OnAnchor(const YAML::Mark& mark, const std::string& name) override {
    problems_.add(place(mark), fmt::format("anchors (&{}) are not allowed",
                                           name.substr(0, limits::kMaxStringChars)));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    refuse_tag(mark, tag);
    YamlNode scalar = node(mark);
    scalar.type = YamlNode::Type::kScalar;
    scalar.scalar = value;
    scalar.quoted = tag == "!";
    add(std::move(scalar));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    refuse_tag(mark, tag);
    open(mark, YamlNode::Type::kList);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    refuse_tag(mark, tag);
    open(mark, YamlNode::Type::kMap);
  }
  void OnMapEnd() override { close(); }

  Place place(const YAML::Mark& mark) const {
    return {file_, std::max(mark.line, 0) + 1, std::max(mark.column, 0) + 1};
  }
  YamlNode take_root() { return std::move(root_); }

 private:
  // A map or list that is not closed yet.
  struct Level {
    YamlNode node;
    bool has_key = false;  // kMap: `key` was read and its value follows
    bool drop = false;     // the value that follows belongs to a refused key
    YamlNode key;
    std::unordered_map<std::string, int> lines;  // kMap: key -> line
  };

  YamlNode node(const YAML::Mark& mark) const {
    YamlNode out;
    out.place = place(mark);
    return out;
  }
  [[noreturn]] void stop(Place at, std::string sentence) {
    problems_.add(std::move(at), std::move(sentence));
    throw Stop{};
  }
  // "?" stands for a plain value and "!" for a quoted one; but "!" may also be written.
  void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    auto at = static_cast<std::size_t>(std::max(mark.pos, 0));
    bool written = at < text_.size() && text_[at] == '!';
    if (written || !(tag.empty() || tag == "?" || tag == "!")) {
      problems_.add(place(mark), "tags (!name) are not allowed");
    }
  }
  void open(const YAML::Mark& mark, YamlNode::Type type) {
    if (levels_.size() >= static_cast<std::size_t>(limits::kMaxYamlDepth)) {
      stop(place(mark), fmt::format("nested deeper than {} levels", limits::kMaxYamlDepth));
    }
    levels_.emplace_back().node = node(mark);
    levels_.back().node.type = type;
  }
  void close() {
    YamlNode done = std::move(levels_.back().node);
    levels_.pop_back();
    add(std::move(done));
  }
  void add(YamlNode value) {
    if (++nodes_ > kMaxYamlNodes) {
      stop(value.place, fmt::format("the file has more than {} values", kMaxYamlNodes));
    }
    if (levels_.empty()) {
      root_ = std::move(value);
    } else if (levels_.back().node.is_list()) {
      levels_.back().node.items.push_back(std::move(value));
    } else if (levels_.back().has_key) {
      add_value(levels_.back(), std::move(value));
    } else {
      add_key(levels_.back(), std::move(value));
    }
  }
  void add_key(Level& level, YamlNode key) {
    level.has_key = true;
    level.drop = !key.is_scalar();
    if (level.drop) {
      problems_.add(key.place, fmt::format("a key must be a word, found {}", describe(key)));
      return;
    }
    auto [seen, is_new] = level.lines.emplace(key.scalar, key.place.line);
    if (!is_new) {
      level.drop = true;
      problems_.add(key.place, fmt::format("the key {} stands twice; first on line {}",
                                           describe(key), seen->second));
    }
    level.key = std::move(key);
  }
  void add_value(Level& level, YamlNode value) {
    level.has_key = false;
    // The parser places a value that is left out at whatever comes next.
    if (value.place.line != level.key.place.line && value.type == YamlNode::Type::kNull) {
      value.place = level.key.place;
    }
    if (!level.drop) level.node.entries.push_back({std::move(level.key), std::move(value)});
  }

  const std::string& file_;
  BytesView text_;
  Problems& problems_;
  int documents_ = 0;
  std::size_t nodes_ = 0;
  std::vector<Level> levels_;
  YamlNode root_;
};

Place place_of(const std::string& file, BytesView text, std::size_t at) {
  BytesView before = text.substr(0, at);
  auto line = std::count(before.begin(), before.end(), '\n') + 1;
  std::size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
  return {file, static_cast<int>(line), static_cast<int>(at - line_begin) + 1};
}

// What can be refused before the parser sees it.
bool is_readable_text(const std::string& file, BytesView text, Problems& problems) {
  if (text.size() > limits::kMaxYamlBytes) {
    problems.add({file, 1, 1}, fmt::format("the file has {} bytes, at most {} are read",
                                           text.size(), limits::kMaxYamlBytes));
    return false;
  }
  if (auto at = utf8_error_at(text)) {
    problems.add(place_of(file, text, *at), "the text is not UTF-8 from here");
    return false;
  }
  auto control = std::find_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t') ||
           c == 0x7f;
  });
  if (control != text.end()) {
    problems.add(place_of(file, text, static_cast<std::size_t>(control - text.begin())),
                 "a control character stands here");
    return false;
  }
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = std::min(text.find('\n', begin), text.size());
    if (end - begin > kMaxYamlLineBytes) {
      problems.add(place_of(file, text, begin),
                   fmt::format("the line has {} bytes, at most {} are read", end - begin,
                               kMaxYamlLineBytes));
      return false;
    }
    begin = end + 1;
  }
  return true;
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  for (const auto& [name, value] : entries) {
    if (name.scalar == key) return &value;
  }
  return nullptr;
}

std::string describe(const YamlNode& node) {
  switch (node.type) {
    case YamlNode::Type::kMap:
      return "a map";
    case YamlNode::Type::kList:
      return "a list";
    case YamlNode::Type::kNull:
      return "nothing";
    case YamlNode::Type::kScalar:
      break;
  }
  return fmt::format("\"{}\"", utf8_shorten(node.scalar, limits::kMaxStringChars));
}

std::optional<YamlNode> parse_yaml(const std::string& file, BytesView text, Problems& problems) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (!is_readable_text(file, text, problems)) return std::nullopt;
  Builder builder(file, text, problems);
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Stop&) {
    return std::nullopt;
  } catch (const YAML::Exception& error) {
    problems.add(builder.place(error.mark), fmt::format("not YAML: {}", error.msg));
    return std::nullopt;
  }
  YamlNode root = builder.take_root();
  if (root.place.file.empty()) root.place = {file, 1, 1};
  return root;
}

}  // namespace plumbline
