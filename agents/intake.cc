// SPDX-License-Identifier: Apache-2.0
#include "agents/intake.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "packs/amendment.h"

namespace plumbline {
namespace {

constexpr std::size_t kMaxIdBytes = 256;
constexpr std::size_t kShownChars = 40;

std::optional<Refusal> check_name(const std::string& text, const std::string& field) {
  if (text.empty()) return make_refusal("missing", field, "", "must not be empty");
  if (text.size() > kMaxIdBytes) {
    return make_refusal("too_long", field, text,
                        "must have at most " + std::to_string(kMaxIdBytes) + " bytes");
  }
  if (utf8_error_at(text)) return make_refusal("not_utf8", field, "", "must be UTF-8");
  if (has_control_character(text)) {
    return make_refusal("control_character", field, "", "must hold no control characters");
  }
  return std::nullopt;
}

}  // namespace

Refusal make_refusal(std::string rule, std::string field, std::string_view value,
                     const std::string& expected) {
  Refusal refusal{std::move(rule), std::move(field), "", ""};
  bool shown =
      !utf8_error_at(value) && !has_control_character(value) && !holds_personal_number(value);
  if (shown) refusal.value = utf8_shorten(value, kShownChars);
  refusal.sentence = refusal.field;
  if (!refusal.value.empty()) refusal.sentence += " is '" + refusal.value + "',";
  refusal.sentence += " " + expected;
  return refusal;
}

std::optional<Refusal> Intake::check(const Submission& submission) const {
  if (auto refusal = check_name(submission.source, "source")) return refusal;
  if (auto refusal = check_name(submission.id, "id")) return refusal;
  if (auto misfit = check_event(parts_.pack->events, submission.event)) {
    return Refusal{misfit->rule, misfit->field, misfit->value, misfit->sentence};
  }
  return check_future(submission.event.time);
}

std::optional<Refusal> Intake::check_amendment(const Submission& submission) const {
  if (auto refusal = check_name(submission.source, "source")) return refusal;
  if (auto refusal = check_name(submission.id, "id")) return refusal;
  auto read = read_amendment(parts_.pack->events, submission.event);
  if (auto* misfit = std::get_if<Misfit>(&read)) {
    return Refusal{misfit->rule, misfit->field, misfit->value, misfit->sentence};
  }
  return check_future(submission.event.time);
}

std::optional<Refusal> Intake::check_future(Instant time) const {
  Instant latest = parts_.clock->wall() + parts_.pack->max_future;
  if (time <= latest) return std::nullopt;
  return make_refusal(
      "in_the_future", "time", format_instant(time),
      "must not be after " + format_instant(latest) + " (now and the rules' max_future)");
}

Status Intake::add(Submission submission, std::uint64_t tag) {
  std::size_t bytes = content_bound(submission.event);
  if (waiting_.size() == limits::kMaxBatchEvents ||
      waiting_bytes_ + bytes > limits::kMaxContentBytes) {
    RETURN_IF_ERROR(flush());
  }
  waiting_.push_back(std::move(submission));
  tags_.push_back(tag);
  waiting_bytes_ += bytes;
  return {};
}

Status Intake::flush() {
  if (waiting_.empty()) return {};
  Result<std::vector<Answer>> answers =
      parts_.key == nullptr ? parts_.spool->probe(waiting_, memory_)
                            : parts_.spool->accept(waiting_, *parts_.key, parts_.pack->events_hash,
                                                   *parts_.clock, parts_.boot_id);
  if (!answers.ok()) return answers.error();
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    on_answer_(tags_[i], waiting_[i], (*answers)[i]);
  }
  waiting_.clear();
  tags_.clear();
  waiting_bytes_ = 0;
  return {};
}

}  // namespace plumbline
