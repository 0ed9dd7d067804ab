// SPDX-License-Identifier: Apache-2.0
#include "evaluator/subject_table.h"

#include <cstring>

#include "base/check.h"
#include "base/crypto.h"

namespace plumbline {
namespace {

constexpr std::size_t kShortBytes = 15;
constexpr std::size_t kFirstSlots = 64;

// Both halves of the product: each bit of the result depends on all bits of both factors.
std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
  __extension__ using Product = unsigned __int128;
  Product product = Product{a} * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

template <typename Word>
std::uint64_t loaded(const char* bytes) {
  Word word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

// Up to eight bytes as a number; the bytes that are not there are zero. Few branches and no copy of
// a size that is not known: bytes in the middle are read twice.
std::uint64_t word_at(const char* bytes, std::size_t size) {
  if (size >= 8) return loaded<std::uint64_t>(bytes);
  if (size >= 4) {
    return loaded<std::uint32_t>(bytes) | loaded<std::uint32_t>(bytes + size - 4)
                                              << (8 * (size - 4));
  }
  if (size == 0) return 0;
  std::size_t middle = size / 2;
  return loaded<std::uint8_t>(bytes) | loaded<std::uint8_t>(bytes + middle) << (8 * middle) |
         loaded<std::uint8_t>(bytes + size - 1) << (8 * (size - 1));
}

}  // namespace

SubjectTable::SubjectTable() : slots_(kFirstSlots) {
  std::string random(random_bytes(sizeof seed_));
  std::memcpy(seed_, random.data(), sizeof seed_);
}

inline SubjectTable::Hashed SubjectTable::hashed(std::string_view text) const {
  Hashed out;
  if (text.size() <= kShortBytes) {
    out.key.head = word_at(text.data(), text.size());
    if (text.size() > 8) out.key.tail = word_at(text.data() + 8, text.size() - 8);
    out.key.tail |= std::uint64_t{text.size()} << 56;
    out.hash = mixed(out.key.head ^ seed_[0], out.key.tail ^ seed_[1]);
    return out;
  }
  std::uint64_t hash = seed_[0] ^ text.size();
  for (std::size_t at = 0; at < text.size(); at += 8) {
    hash = mixed(hash ^ word_at(text.data() + at, text.size() - at), seed_[1] | 1);
  }
  out.hash = mixed(hash, seed_[0] ^ seed_[1]);
  // 0xff is no size of a short text; below it the size, then the place.
  out.key = {out.hash, std::uint64_t{0xff} << 56 | std::uint64_t{text.size()} << 40};
  return out;
}

inline bool SubjectTable::is(const Key& key, const Hashed& wanted, std::string_view text) const {
  if (key.head != wanted.key.head) return false;
  if (text.size() <= kShortBytes) return key.tail == wanted.key.tail;
  constexpr std::uint64_t kPlace = (std::uint64_t{1} << 40) - 1;
  if ((key.tail & ~kPlace) != wanted.key.tail) return false;
  return std::string_view(long_).substr(key.tail & kPlace, text.size()) == text;
}

inline std::size_t SubjectTable::slot_of(const Hashed& wanted, std::string_view text) const {
  auto tag = static_cast<std::uint32_t>(wanted.hash >> 32);
  std::size_t mask = slots_.size() - 1;
  std::size_t at = wanted.hash & mask;
  while (true) {
    const Slot& slot = slots_[at];
    if (slot.number_behind == 0) return at;
    if (slot.tag == tag && is(keys_[slot.number_behind - 1], wanted, text)) return at;
    at = (at + 1) & mask;
  }
}

inline std::uint32_t SubjectTable::number(Hashed wanted, std::string_view text) {
  CHECK(text.size() <= kMaxBytes, "a text of the table has an end");
  std::size_t at = slot_of(wanted, text);
  if (slots_[at].number_behind != 0) return slots_[at].number_behind - 1;
  if (2 * (keys_.size() + 1) > slots_.size()) {
    grow();
    at = slot_of(wanted, text);
  }
  CHECK(keys_.size() < 0xffff'fffe, "texts are numbered in 32 bits");
  if (text.size() > kShortBytes) {
    wanted.key.tail |= long_.size();
    long_.append(text);
    CHECK(long_.size() < std::uint64_t{1} << 40, "long texts stand within a tebibyte");
  }
  keys_.push_back(wanted.key);
  hashes_.push_back(static_cast<std::uint32_t>(wanted.hash));
  slots_[at] = {static_cast<std::uint32_t>(wanted.hash >> 32),
                static_cast<std::uint32_t>(keys_.size())};
  return static_cast<std::uint32_t>(keys_.size() - 1);
}

std::uint32_t SubjectTable::number(std::string_view text) {
  return number(hashed(text), text);
}

void SubjectTable::number_all(std::string_view joined, const std::vector<std::uint32_t>& ends,
                              std::vector<std::uint32_t>& numbers) {
  constexpr std::size_t kAhead = 16;
  Hashed ahead[kAhead];
  auto text = [&](std::size_t i) {
    std::uint32_t begin = i == 0 ? 0 : ends[i - 1];
    return joined.substr(begin, ends[i] - begin);
  };
  numbers.resize(ends.size());
  for (std::size_t i = 0; i < ends.size() + kAhead; ++i) {
    if (i >= kAhead) numbers[i - kAhead] = number(ahead[i % kAhead], text(i - kAhead));
    if (i >= ends.size()) continue;
    ahead[i % kAhead] = hashed(text(i));
    __builtin_prefetch(&slots_[ahead[i % kAhead].hash & (slots_.size() - 1)]);
  }
}

std::optional<std::uint32_t> SubjectTable::find(std::string_view text) const {
  if (text.size() > kMaxBytes) return std::nullopt;
  std::uint32_t behind = slots_[slot_of(hashed(text), text)].number_behind;
  if (behind == 0) return std::nullopt;
  return behind - 1;
}

void SubjectTable::grow() {
  CHECK(slots_.size() < std::size_t{1} << 33, "slots are found by 32 bits of the hash");
  std::vector<Slot> old(2 * slots_.size());
  old.swap(slots_);
  std::size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.number_behind == 0) continue;
    std::size_t at = hashes_[slot.number_behind - 1] & mask;
    while (slots_[at].number_behind != 0) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

void SubjectTable::clear() {
  // What one large outlet needed is not cleared for each small one behind it.
  if (slots_.size() > kFirstSlots && keys_.size() * 16 < slots_.size()) {
    slots_.assign(kFirstSlots, {});
  } else {
    slots_.assign(slots_.size(), {});
  }
  keys_.clear();
  hashes_.clear();
  long_.clear();
}

}  // namespace plumbline
