// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "dashboards/portal/words.h"

namespace plumbline::words {
namespace {

// "1 minute", "2 minutes".
std::string counted(std::int64_t number, std::string_view noun) {
  return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

}  // namespace

Text presence_state(std::string_view id) {
  if (id == "no_agent") return {"未接入", "no program"};
  if (id == "never_reported") return {"从未报送", "never reported"};
  if (id == "reporting") return {"正在报送", "reporting"};
  if (id == "idle") return {"在线", "connected"};
  if (id == "holds_unsent") return {"有待送数据", "holds unsent events"};
  if (id == "silent") return {"已断开", "disconnected"};
  return {std::string(id), std::string(id)};
}

Text presence_idle() {
  return {"连接正常，暂无新数据", "Connected; nothing new to report"};
}

Text presence_reporting() {
  return {"连接正常，正在报送", "Connected and reporting"};
}

Text presence_no_agent() {
  return {"尚未接入报送程序", "No reporting program is enrolled"};
}

Text presence_never_reported() {
  return {"报送程序已登记，从未收到数据", "Enrolled; nothing was ever received"};
}

Text presence_holds(std::uint64_t events, const std::string& since) {
  return {fmt::format("有 {} 条数据尚未送达（{} 起）", events, since),
          fmt::format("{} not arrived yet (since {})",
                      events == 1 ? "1 event has" : fmt::format("{} events have", events), since)};
}

Text presence_silent(Duration age) {
  const std::int64_t minutes = std::max<std::int64_t>(age.ms / kMsPerMinute, 1);
  const std::int64_t hours = minutes / 60;
  if (hours >= 24) {
    return {fmt::format("已 {} 天未收到数据", hours / 24),
            "Nothing received for " + counted(hours / 24, "day")};
  }
  if (hours >= 1) {
    return {fmt::format("已 {} 小时未收到数据", hours),
            "Nothing received for " + counted(hours, "hour")};
  }
  return {fmt::format("连接中断 {} 分钟", minutes), "Cut off for " + counted(minutes, "minute")};
}

Text presence_not_heard() {
  return {"服务端启动以来未收到数据", "Nothing received since the server's start"};
}

Text presence_clock_off(Duration ahead) {
  const std::int64_t seconds = (ahead.ms < 0 ? -ahead.ms : ahead.ms) / 1000;
  return {fmt::format("时钟{} {} 秒", ahead.ms < 0 ? "慢" : "快", seconds),
          fmt::format("clock {} s {}", seconds, ahead.ms < 0 ? "slow" : "fast")};
}

}  // namespace plumbline::words
