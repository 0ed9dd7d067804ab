// SPDX-License-Identifier: Apache-2.0
// What an agent reads from outside its spool. The first byte chooses: a line for `emit`, a CSV file
// for `import`, a proxy's address, a proxy's answer, cut anywhere. What is taken fits the pack; an
// answer does not depend on the cut.
#include "agents/emit.h"
#include "agents/proxy.h"
#include "base/json.h"
#include "packs/csv.h"
#include "packs/mapping.h"
#include "tests/fuzz/fuzz.h"

namespace plumbline {
namespace {

const Pack& pack() {
  static const Pack pack = [] {
    Problems none;
    return *parse_pack(load_pack_files("tests/evaluator/data/small").value(), none);
  }();
  return pack;
}

void emit_line(BytesView input) {
  ParsedSubmission parsed = parse_emit_line(input, pack().events, "desk");
  if (const auto* refusal = std::get_if<Refusal>(&parsed.result)) {
    CHECK(!refusal->sentence.empty() && !refusal->rule.empty(), "a refusal says why");
    CHECK(Json::parse(refusal_json(1, parsed.id, *refusal)).ok(), "an answer is JSON");
  }
}

void proxy_answer(BytesView input) {
  const Proxy proxy{{"proxy.example", 3128}, "name", "word"};
  const std::size_t piece = 1u + take_byte(input);
  ConnectAnswer whole(proxy);
  auto at_once = whole.feed(input);
  ConnectAnswer cut(proxy);
  Result<bool> in_pieces = false;
  while (!input.empty()) {
    in_pieces = cut.feed(input.substr(0, piece));
    if (!in_pieces.ok() || *in_pieces) break;
    input.remove_prefix(std::min(piece, input.size()));
  }
  // Bytes behind the header are an error only where they have come.
  if (at_once.ok()) CHECK(in_pieces.ok() && *in_pieces == *at_once, "the cut decides nothing");
}

}  // namespace

void fuzz(BytesView input) {
  switch (take_byte(input) % 3) {
    case 0:
      return emit_line(input);
    case 1:
      if (auto proxy = parse_proxy(input); proxy.ok()) {
        CHECK(*parse_proxy(proxy_text(*proxy)) == *proxy, "a proxy's address is read back");
      }
      if (auto server = ServerAddress::parse(input); server.ok()) {
        CHECK(*ServerAddress::parse(server->text()) == *server, "a server's address is read back");
      }
      return;
    default:
      return proxy_answer(input);
  }
}

}  // namespace plumbline
