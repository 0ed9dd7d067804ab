// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_SIMULATE_RANDOM_H_
#define PLUMBLINE_SIMULATE_RANDOM_H_

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace plumbline {

// Pseudo-random numbers that are the same everywhere for the same seed: splitmix64 (S. Vigna,
// public domain), integers only. The bias of `below` is under 2^-32 for the bounds used here.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  // Of a seed and a name: streams of different names have nothing to do with each other.
  Random(std::uint64_t seed, std::string_view name) : state_(seed ^ 0xcbf29ce484222325u) {
    for (char c : name) state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    next();
  }

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  // 0 .. bound - 1; 0 for a bound under 1.
  std::int64_t below(std::int64_t bound) {
    if (bound <= 1) return 0;
    return static_cast<std::int64_t>((next() >> 1) % static_cast<std::uint64_t>(bound));
  }
  // low .. high, both inclusive.
  std::int64_t between(std::int64_t low, std::int64_t high) { return low + below(high - low + 1); }
  bool percent(std::int64_t odds) { return below(100) < odds; }

  // A whole number whose mean is `millionths` / 10^6: from nothing to twice the mean.
  std::int64_t about(std::int64_t millionths) {
    if (millionths <= 0) return 0;
    return (below(2 * millionths) + below(1'000'000)) / 1'000'000;
  }

  // The position of one of `weights`, with odds as they weigh; 0 where all are 0.
  std::size_t pick(const std::vector<std::int64_t>& weights) {
    std::int64_t total = 0;
    for (std::int64_t weight : weights) total += weight;
    std::int64_t at = below(total);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (at < weights[i]) return i;
      at -= weights[i];
    }
    return 0;
  }

  template <typename T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) {
      std::swap(items[i - 1], items[static_cast<std::size_t>(below(static_cast<std::int64_t>(i)))]);
    }
  }

 private:
  std::uint64_t state_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_SIMULATE_RANDOM_H_
