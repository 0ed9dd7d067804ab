// SPDX-License-Identifier: Apache-2.0
// `plumb-agent correct` and `void`: what they put into the spool, and what they refuse.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/commands.h"
#include "model/wire/batch.h"
#include "packs/amendment.h"
#include "tests/support/agents/desk.h"

namespace plumbline {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class AmendTest : public ::testing::Test {
 protected:
  AmendTest() {
    EmitCommand command;
    command.one = {"local",          "", "consultation.opened", "C-1", "2025-02-28T10:00:00Z",
                   {"topic=patents"}};
    run([&] { return command_emit(context(), command); });
  }
  CommandContext context() const { return {desk_.folder.path(), Language::kEnglish, &desk_.clock}; }
  template <typename Work>
  ExitCode run(const Work& work) {
    ::testing::internal::CaptureStdout();
    ExitCode code = work();
    out_ = ::testing::internal::GetCapturedStdout();
    return code;
  }
  ExitCode amend(AmendCommand command) {
    if (command.reason.empty()) command.reason = "typing error";
    return run([&] { return command_amend(context(), command); });
  }
  static AmendCommand voiding(std::uint64_t sequence) {
    AmendCommand command;
    command.sequence = sequence;
    command.voids = true;
    return command;
  }
  static AmendCommand correcting(std::uint64_t sequence, std::vector<std::string> fields) {
    AmendCommand command;
    command.sequence = sequence;
    command.fields = std::move(fields);
    return command;
  }
  Event last_event() {
    Spool spool = Spool::open(desk_.folder.path()).value();
    SpooledBatch batch = spool.load(spool.head().value().last).value().value();
    SealedBatch sealed = decode_sealed(batch.sealed).value();
    return events_of(decode_content(sealed.content, sealed.header.count).value()).back();
  }

  testing::Desk desk_;
  std::string out_;
};

TEST_F(AmendTest, AVoidNamesStreamSequenceTypeSubjectAndReason) {
  EXPECT_EQ(amend(voiding(1)), ExitCode::kDone);
  EXPECT_EQ(out_, "accepted as sequence 2\n");
  Event event = last_event();
  EXPECT_EQ(event.type, "void");
  EXPECT_EQ(event.time, desk_.clock.wall());
  auto read = read_amendment(desk_.pack.events, event);
  const Amendment& said = std::get<Amendment>(read);
  EXPECT_EQ(said.of, "consultation.opened");
  EXPECT_EQ(said.subject, "C-1");
  EXPECT_EQ(said.target, Sequence(1));
  EXPECT_EQ(said.reason, "typing error");
  EXPECT_EQ(said.stream, Spool::open(desk_.folder.path()).value().enrolment().value().stream);
}

TEST_F(AmendTest, ACorrectionCarriesItsNewValuesByTheirKinds) {
  EXPECT_EQ(amend(correcting(1, {"topic=marks"})), ExitCode::kDone);
  Event event = last_event();
  EXPECT_EQ(event.type, "correct");
  auto read = read_amendment(desk_.pack.events, event);
  const Amendment& said = std::get<Amendment>(read);
  ASSERT_EQ(said.fields.size(), 1u);
  EXPECT_EQ(said.fields[0].name, "topic");
  EXPECT_EQ(said.fields[0].value.text, "marks");
}

TEST_F(AmendTest, ASecondVoidAddsNothing) {
  EXPECT_EQ(amend(voiding(1)), ExitCode::kDone);
  EXPECT_EQ(amend(voiding(1)), ExitCode::kDone);
  EXPECT_EQ(out_, "known already as sequence 2; nothing was added\n");
  desk_.clock.advance(Duration{kMsPerHour});
  EXPECT_EQ(amend(voiding(1)), ExitCode::kInputRefused);
  EXPECT_THAT(out_, HasSubstr("'void/1' was accepted with other content as sequence 2"));
}

TEST_F(AmendTest, RefusesWhatIsNoEventOfThisStream) {
  EXPECT_EQ(amend(voiding(2)), ExitCode::kInputRefused);
  EXPECT_THAT(out_, HasSubstr("unknown_target"));
  EXPECT_EQ(amend(voiding(0)), ExitCode::kInputRefused);
  EXPECT_THAT(out_, HasSubstr("unknown_target"));
  EXPECT_EQ(amend(voiding(1)), ExitCode::kDone);
  EXPECT_EQ(amend(voiding(2)), ExitCode::kInputRefused);
  EXPECT_THAT(out_, HasSubstr("not_an_event"));
  AmendCommand other = voiding(1);
  other.subject = "C-2";
  EXPECT_EQ(amend(other), ExitCode::kInputRefused);
  EXPECT_THAT(out_, HasSubstr("other_event"));
}

TEST_F(AmendTest, RefusesAValueThatDoesNotFitAndRepeatsNoPersonalNumber) {
  EXPECT_EQ(amend(correcting(1, {"colour=red"})), ExitCode::kInputRefused);
  EXPECT_THAT(out_, HasSubstr("unknown_field"));
  EXPECT_EQ(amend(correcting(1, {"topic"})), ExitCode::kInputRefused);
  EXPECT_THAT(out_, HasSubstr("bad_option"));
  AmendCommand personal = voiding(1);
  personal.reason = "13912345678 asked for it";
  EXPECT_EQ(amend(personal), ExitCode::kInputRefused);
  EXPECT_THAT(out_, HasSubstr("personal_data"));
  EXPECT_THAT(out_, Not(HasSubstr("13912345678")));
  AmendCommand late = voiding(1);
  late.time = "2099-01-01T00:00:00Z";
  EXPECT_EQ(amend(late), ExitCode::kInputRefused);
  EXPECT_THAT(out_, HasSubstr("in_the_future"));
  EXPECT_EQ(Spool::open(desk_.folder.path()).value().head().value().last_sequence, Sequence(1));
}

TEST_F(AmendTest, EmitDoesNotTakeThem) {
  EmitCommand command;
  command.one = {"local", "", "void", "C-1", "2025-02-28T10:00:00Z", {}};
  EXPECT_EQ(run([&] { return command_emit(context(), command); }), ExitCode::kInputRefused);
  EXPECT_THAT(out_, HasSubstr("unknown_type"));
}

}  // namespace
}  // namespace plumbline
