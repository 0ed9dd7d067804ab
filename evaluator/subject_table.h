// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_SUBJECT_TABLE_H_
#define PLUMBLINE_EVALUATOR_SUBJECT_TABLE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plumbline {

// Numbers texts 0, 1, 2, ... in the order in which they are first given. Open addressing with a
// hash that nobody outside of the process can foresee; texts are compared exactly. A value; used by
// one thread at a time.
class SubjectTable {
 public:
  SubjectTable();

  // The number of `text`, which is new or was given before. At most 2^32 - 2 texts, of at most
  // kMaxBytes each.
  std::uint32_t number(std::string_view text);
  // The same of many texts, which stand one after the other in `joined` and end at `ends`, to
  // `numbers`: the places of the next ones are on their way from memory while one is looked at.
  void number_all(std::string_view joined, const std::vector<std::uint32_t>& ends,
                  std::vector<std::uint32_t>& numbers);
  std::optional<std::uint32_t> find(std::string_view text) const;

  std::size_t size() const { return keys_.size(); }
  // Forgets all texts and keeps the memory.
  void clear();

  static constexpr std::size_t kMaxBytes = 65'535;

 private:
  // A short text is its bytes and its size; a longer one its hash and where it stands in `long_`.
  struct Key {
    std::uint64_t head = 0;
    std::uint64_t tail = 0;
  };
  struct Hashed {
    Key key;
    std::uint64_t hash = 0;
  };
  // Of an empty slot `number_behind` is 0; `tag` is a part of the hash.
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t number_behind = 0;
  };

  Hashed hashed(std::string_view text) const;
  std::uint32_t number(Hashed wanted, std::string_view text);
  bool is(const Key& key, const Hashed& wanted, std::string_view text) const;
  // The slot of the text, or the empty one where it would stand.
  std::size_t slot_of(const Hashed& wanted, std::string_view text) const;
  void grow();

  std::uint64_t seed_[2];
  std::vector<Slot> slots_;            // a power of two, at most half full
  std::vector<Key> keys_;              // by number
  std::vector<std::uint32_t> hashes_;  // by number: what growing needs of them
  std::string long_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_SUBJECT_TABLE_H_
