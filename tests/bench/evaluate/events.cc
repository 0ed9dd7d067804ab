// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/evaluate/events.h"

#include <fmt/format.h>

namespace plumbline {

BenchCase bench_case(std::int64_t outlet, std::int64_t number, std::int64_t cases) {
  std::int64_t a = (outlet * 7919 + number * 104729) % 1'000'003;
  std::int64_t b = (outlet * 31 + number * 65537) % 999'983;
  std::int64_t c = (outlet * 101 + number * 9973) % 999'979;
  std::int64_t step = kOpenSeconds / cases;
  BenchCase made;
  made.opened = kFirstSecond + number * step + a % step;
  made.replied = made.opened + 600 + b % 40'000;
  made.closed = made.replied + 1'800 + c % 400'000;
  made.due = made.opened + kDueSeconds;
  made.channel = static_cast<int>(a % 4);
  made.rating = c % 5 + 1;
  return made;
}

std::vector<Event> OutletEvents::next(std::size_t count) {
  std::vector<Event> events;
  while (events.size() < count) {
    // The next case to be opened may come before everything that waits.
    if (opened_ < cases_ && (waiting_.empty() || bench_case(outlet_, opened_, cases_).opened <=
                                                     waiting_.top().second)) {
      open_next();
      continue;
    }
    if (waiting_.empty()) break;
    events.push_back(event_of(waiting_.top()));
    waiting_.pop();
  }
  return events;
}

void OutletEvents::open_next() {
  BenchCase made = bench_case(outlet_, opened_, cases_);
  waiting_.push({made.opened, opened_, Step::kOpened});
  waiting_.push({made.replied, opened_, Step::kReplied});
  waiting_.push({made.closed, opened_, Step::kClosed});
  ++opened_;
}

Event OutletEvents::event_of(const Waiting& waiting) const {
  constexpr const char* kChannels[] = {"phone", "web", "app", "desk"};
  BenchCase made = bench_case(outlet_, waiting.number, cases_);
  Event event;
  event.subject = fmt::format("{:010}", waiting.number);
  event.time = Instant{waiting.second * 1000};
  switch (waiting.step) {
    case Step::kOpened:
      event.type = "consultation.opened";
      event.fields = {{"channel", {Kind::kEnum, 0, kChannels[made.channel]}},
                      {"due", {Kind::kInstant, made.due * 1000, ""}}};
      break;
    case Step::kReplied:
      event.type = "consultation.first_reply";
      break;
    case Step::kClosed:
      event.type = "consultation.closed";
      event.fields = {{"rating", {Kind::kCount, made.rating, ""}}};
      break;
  }
  return event;
}

}  // namespace plumbline
