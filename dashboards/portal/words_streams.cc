// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "dashboards/portal/words.h"

namespace plumbline::words {

Text stream_state(std::string_view id) {
  if (id == "open") return {"在用", "active"};
  if (id == "rotated") return {"已更换", "rotated"};
  if (id == "revoked") return {"已吊销", "revoked"};
  return {std::string(id), std::string(id)};
}

Text source_kind(std::string_view id) {
  if (id == "agent") return {"网点代理", "agent"};
  if (id == "rating_page") return {"公众评价", "public rating"};
  if (id == "inspector") return {"检查", "inspection"};
  if (id == "feed") return {"数据接入", "feed"};
  return {std::string(id), std::string(id)};
}

Text stream_conflicts(std::uint64_t count, const std::string& latest) {
  return {fmt::format("同一批次报送了不同内容，共 {} 次（最近 {}），请与网点核实", count, latest),
          fmt::format("{} with two different contents, the latest {}; ask the outlet",
                      count == 1 ? "1 batch" : fmt::format("{} batches", count), latest)};
}

Text stream_doubted(std::uint64_t batches) {
  return {fmt::format("疑似两台设备使用同一密钥（{} 批），请与网点核实", batches),
          fmt::format("Two machines seem to report with this key ({}); ask the outlet",
                      batches == 1 ? "1 batch" : fmt::format("{} batches", batches))};
}

Text stream_unchecked() {
  return {"部分批次尚未核查", "Some batches are not looked at yet"};
}

Text stream_well() {
  return {"未发现异常", "Nothing unusual"};
}

Text stream_closed(std::string_view state, const std::string& when) {
  if (state == "rotated") {
    return {fmt::format("{} 由新密钥接替", when), fmt::format("A new key took over on {}", when)};
  }
  return {fmt::format("{} 吊销，此后不再接收", when),
          fmt::format("Revoked on {}; nothing is taken since", when)};
}

Text streams_counted(std::uint64_t open, std::uint64_t closed) {
  Text text{fmt::format("在用密钥 {} 个", open),
            fmt::format("{} active {}", open, open == 1 ? "key" : "keys")};
  if (closed == 0) return text;
  text.zh += fmt::format("，已停用 {} 个", closed);
  text.en += fmt::format(", {} closed", closed);
  return text;
}

Text streams_none() {
  return {"没有登记密钥", "No key is enrolled"};
}

}  // namespace plumbline::words
