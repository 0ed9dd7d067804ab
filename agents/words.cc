// SPDX-License-Identifier: Apache-2.0
#include "agents/words.h"

#include "base/check.h"

namespace plumbline {
namespace {

struct Entry {
  Word which;
  std::string_view english;
  std::string_view chinese;
};

constexpr Entry kWords[] = {
    {Word::kEnrolled, "enrolled: outlet {}, server {}", "登记完成：网点 {}，服务器 {}"},
    {Word::kAccepted, "accepted as sequence {}", "已接收，序号 {}"},
    {Word::kRepeated, "known already as sequence {}; nothing was added",
     "此前已接收，序号 {}；未重复添加"},
    {Word::kRefused, "refused ({}): {}", "未接收（{}）：{}"},
    {Word::kProblem, "{}:{}: column '{}' ({}): {}", "{}：第 {} 行，列“{}”（{}）：{}"},
    {Word::kProblemRow, "{}:{}: ({}): {}", "{}：第 {} 行（{}）：{}"},
    {Word::kImportDone, "read {} rows", "已读取 {} 行"},
    {Word::kImportTrial, "read {} rows; trial only, nothing was kept",
     "已读取 {} 行；仅为试运行，未保存任何数据"},
    {Word::kImportCounts,
     "events: {} new, {} known already, {} changed and not taken, {} refused; {} rows of other "
     "outlets",
     "事件：新增 {}，已有 {}，内容不一致未接收 {}，未接收 {}；其他网点 {} 行"},
    {Word::kAllAcknowledged, "everything accepted here is in the ledger; {} events in this run",
     "本地已接收的数据均已存证；本次 {} 条"},
    {Word::kNotYetProved,
     "{} batches are acknowledged and not proved yet; they are kept and proved at the next run",
     "有 {} 批已确认但尚未取得存证证明；数据保留，下次运行时取得"},
    {Word::kAlarm,
     "ALARM: the server's ledger is not the one that it signed before: {}; nothing is sent, "
     "nothing is deleted; see `plumb-agent alarm show`",
     "警报：服务器的存证账本与其此前签名的内容不一致：{}；已停止发送，未删除任何数据；请运行 "
     "plumb-agent alarm show"},
    {Word::kNoAlarm, "no alarm is open", "当前没有警报"},
    {Word::kAlarmCleared, "the alarm is cleared; sending goes on", "警报已解除，继续发送"},
    {Word::kStopped, "stopped; {} events acknowledged in this run", "已停止；本次已确认 {} 条"},
    {Word::kNotFinished, "not finished within {} s", "未能在 {} 秒内完成"},
    {Word::kProxySet, "connections go through {}; an agent that is running has to be started again",
     "将通过代理 {} 连接；正在运行的程序须重新启动后生效"},
    {Word::kPacked,
     "packed batches {} to {}, {} events, into {}; carry it to the office, and bring the receipt "
     "back",
     "已打包第 {} 至 {} 批，共 {} 条，文件：{}；请送交主管部门并带回回执"},
    {Word::kPackedLeft, "{} batches did not fit; pack again when the receipt is taken",
     "另有 {} 批未装入；导入回执后请再次打包"},
    {Word::kNothingToPack, "nothing to pack: the ledger holds everything accepted here",
     "无需打包：本地已接收的数据均已存证"},
    {Word::kReceiptTaken,
     "the receipt proves {} more batches; all up to batch {} are in the ledger",
     "回执新证明 {} 批；第 {} 批及以前均已存证"},
    {Word::kReceiptRefused, "the server did not take batch {}: {}", "服务器未接收第 {} 批：{}"},
    {Word::kNoProxy, "no proxy: connections are direct", "未设置代理：直接连接"},
    {Word::kKeyPlanned,
     "a new key is made; `plumb-agent run` changes to it as soon as everything that was reported "
     "with the old one is proved",
     "已生成新密钥；用旧密钥报送的数据全部取得存证证明后，plumb-agent run 将自动换用"},
    {Word::kKeyUnderWay, "a change of the key is under way already", "密钥更换正在进行"},
    {Word::kKeyChange, "change of the key", "密钥更换"},
    {Word::kKeyWaits, "waits until everything is proved", "等待全部数据取得存证证明"},
    {Word::kKeyAnnounced, "new events are signed with the new key; the server is being told",
     "新数据已用新密钥签名；正在通知服务器"},
    {Word::kOutlet, "outlet", "网点"},
    {Word::kServer, "server", "服务器"},
    {Word::kLedger, "ledger", "存证账本"},
    {Word::kHistorical, "historical import", "历史数据导入"},
    {Word::kSending, "sending now", "正在发送"},
    {Word::kAcceptedUpTo, "last sequence", "最后序号"},
    {Word::kWaitingToSend, "not yet acknowledged", "待确认"},
    {Word::kLastAck, "last acknowledged", "最近确认"},
    {Word::kLastTrouble, "last trouble", "最近问题"},
    {Word::kWaitingForProof, "acknowledged, not yet proved", "已确认待证明"},
    {Word::kLastProof, "last proved", "最近证明"},
    {Word::kProofTrouble, "proofs", "存证证明"},
    {Word::kCheckpoint, "checkpoint held", "已核验检查点"},
    {Word::kSpoolFills,
     "WARNING: the storage here is {} % full; when it is full no event is taken in",
     "警告：本地存储已用 {}%，存满后将不再接收新数据"},
    {Word::kUnprovedSince,
     "WARNING: nothing was proved since {}; what is not proved is kept and fills the storage here",
     "警告：自 {} 起未取得存证证明；未证明的数据一直保留并占用本地存储"},
    {Word::kSpoolUse, "stored here", "本地占用"},
    {Word::kYes, "yes", "是"},
    {Word::kNo, "no", "否"},
    {Word::kNone, "none", "无"},
    {Word::kBatches, "{} batches", "{} 批"},
    {Word::kEventsAndBatches, "{} events in {} batches", "{} 条，{} 批"},
};

}  // namespace

Language language_of(std::string_view locale) {
  return locale.substr(0, 2) == "zh" ? Language::kChinese : Language::kEnglish;
}

std::string_view word(Language language, Word which) {
  for (const Entry& entry : kWords) {
    if (entry.which != which) continue;
    return language == Language::kChinese ? entry.chinese : entry.english;
  }
  CHECK(false, "every word stands in the table");
  return "";
}

}  // namespace plumbline
