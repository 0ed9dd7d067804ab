// SPDX-License-Identifier: Apache-2.0
#include "agents/alarm.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "base/file.h"

namespace plumbline {
namespace {

constexpr std::array<std::pair<AlarmKind, std::string_view>, 6> kNames = {{
    {AlarmKind::kUnsigned, "unsigned"},
    {AlarmKind::kForked, "forked"},
    {AlarmKind::kInconsistent, "inconsistent"},
    {AlarmKind::kNotIncluded, "not_included"},
    {AlarmKind::kOtherEntry, "other_entry"},
    {AlarmKind::kOtherLedger, "other_ledger"},
}};

constexpr const char* kText =
    "警报：服务器出示的存证账本与其此前签名的内容不一致。\n"
    "ALARM: the server's ledger is not the one that it signed before.\n"
    "\n"
    "网点 / outlet: {outlet}\n"
    "账本 / ledger: {ledger}\n"
    "时间 / raised at: {at}\n"
    "类别 / kind: {kind}\n"
    "\n"
    "{sentence}\n"
    "\n"
    "本机已停止向该服务器发送，未删除任何数据，仍继续在本机接收新数据。\n"
    "请勿删除本目录。请立即将本文件交给上级主管部门和服务器运维人员，由其查明原因。\n"
    "查明后由操作人员执行：plumb-agent --data DIR alarm clear --reason \"原因\"\n"
    "This machine sends nothing to that server any more. It has deleted nothing, keeps both\n"
    "checkpoints, and goes on taking events in. Do not delete this folder. Hand this file to the\n"
    "office and to the server's operator: one of the two statements below was signed for a ledger\n"
    "that is no longer shown. When the cause is found and removed:\n"
    "plumb-agent --data DIR alarm clear --reason \"WHY\"\n"
    "Clearing believes nothing: where the contradiction stands, the alarm comes again.\n"
    "\n"
    "---- 本机持有的检查点 / the checkpoint that this agent holds ----\n"
    "{held}"
    "---- 服务器出示的检查点 / the checkpoint that the server showed ----\n"
    "{shown}"
    "---- end ----\n";

std::string note_or(const std::string& note, std::string_view otherwise) {
  return note.empty() ? std::string(otherwise) + "\n" : note;
}

}  // namespace

std::string_view alarm_kind_name(AlarmKind kind) {
  for (const auto& [known, name] : kNames) {
    if (known == kind) return name;
  }
  CHECK(false, "an alarm's kind outside its enumeration");
}

Result<AlarmKind> parse_alarm_kind(std::string_view name) {
  for (const auto& [kind, known] : kNames) {
    if (known == name) return kind;
  }
  return Error(Code::kCorrupt,
               "the spool holds an alarm of the unknown kind '" + std::string(name) + "'");
}

std::string alarm_text(const Alarm& alarm, std::string_view outlet, std::string_view ledger_id) {
  return fmt::format(kText, fmt::arg("outlet", outlet), fmt::arg("ledger", ledger_id),
                     fmt::arg("at", format_instant(alarm.raised_at)),
                     fmt::arg("kind", alarm_kind_name(alarm.what.kind)),
                     fmt::arg("sentence", alarm.what.sentence),
                     fmt::arg("held", note_or(alarm.what.held, "(无 / none)")),
                     fmt::arg("shown", note_or(alarm.what.shown, "(无 / none)")));
}

std::string alarm_path(const std::string& folder) {
  return folder + "/ALARM.txt";
}

Status write_alarm_file(const std::string& folder, const std::string& text) {
  return replace_file_durably(alarm_path(folder), text, FileMode::kReadable);
}

Status remove_alarm_file(const std::string& folder) {
  std::string path = alarm_path(folder);
  if (::unlink(path.c_str()) == 0 || errno == ENOENT) return {};
  return errno_error("cannot remove " + path);
}

}  // namespace plumbline
