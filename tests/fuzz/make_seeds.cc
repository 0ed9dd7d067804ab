// SPDX-License-Identifier: Apache-2.0
// Writes the first inputs of the fuzz targets, made by the project's own writers and taken from
// its rule packs: make_seeds FOLDER makes FOLDER/TARGET/seed_N.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/file.h"
#include "ledger/checkpoint.h"
#include "ledger/entry.h"
#include "ledger/signed_note.h"
#include "model/office_record.h"
#include "model/wire/session.h"
#include "packs/pack.h"
#include "tests/support/wire/example.h"

namespace plumbline {
namespace {

class Seeds {
 public:
  explicit Seeds(std::filesystem::path folder) : folder_(std::move(folder)) {}

  void put(const std::string& target, BytesView bytes) {
    std::filesystem::create_directories(folder_ / target);
    std::ofstream out(folder_ / target / fmt::format("seed_{}", ++count_), std::ios::binary);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }

 private:
  std::filesystem::path folder_;
  int count_ = 0;
};

void wire(Seeds& seeds) {
  SealedBatch batch = samples::example_batch();
  seeds.put("batch", encode_sealed(batch));
  seeds.put("batch", batch.head.header);
  for (std::size_t count : {1u, 3u, 40u}) {
    Bytes content(1, '\0');
    content.push_back(static_cast<char>(count));
    seeds.put("content", content + encode_content(samples::mixed(count)).value());
  }
  Hello hello;
  hello.outlet = samples::outlet("isd");
  hello.software = "plumb-agent 0.1.0";
  Welcome welcome;
  welcome.ledger_id = "00112233445566778899aabbccddeeff";
  welcome.files = {{"pack.yaml", "id: a"}};
  Refused refused{BatchNumber(3), "exhausted", "come back", 500};
  for (const Message& message :
       {Message(hello), Message(welcome), Message(refused), Message(Heartbeat{Sequence(9)}),
        Message(BatchFrame{encode_sealed(batch)}),
        Message(Ack{BatchNumber(1), LedgerIndex(7), {}})}) {
    seeds.put("frame", Bytes(1, '\5') + encode_message(message));
  }
}

void ledger(Seeds& seeds) {
  PrivateKey office = samples::key(3);
  OutletAdded outlet{samples::outlet("isd"), "ISD", "网点", "Outlet", {{"city", "320100"}}};
  FactsRecorded facts;
  facts.facts = {{"division", "320102", Date{2020, 1, 1}, std::nullopt, {{"level", "county"}}}};
  for (const OfficeRecord& record :
       {OfficeRecord{"os:a", "because", outlet}, OfficeRecord{"os:a", "because", facts}}) {
    Bytes payload = encode_record(to_json(record), office);
    seeds.put("entry", encode_entry({EntryKind::kOffice, Instant{1}, payload}));
    seeds.put("entry", to_json(record).text());
    seeds.put("json", to_json(record).text());
  }
  seeds.put("entry", encode_entry({EntryKind::kBatch, Instant{1},
                                   encode_head(samples::example_batch().head)}));
  Checkpoint checkpoint{checkpoint_origin("00112233445566778899aabbccddeeff"), LedgerSize(5),
                        sha256("root")};
  seeds.put("checkpoint", sign_checkpoint(checkpoint, samples::key('c')));
}

// Conversations as session_fuzz.cc reads them: pairs of what happens and its detail.
void sessions(Seeds& seeds) {
  const std::string open("\0\0\2\0", 4);
  seeds.put("session", open);
  seeds.put("session", open + std::string("\15\0\15\1\15\2\13\0\13\1\13\0", 12));
  seeds.put("session", open + std::string("\15\0\15\1\13\x81\15\1\15\0\13\0\13\0", 14));
  seeds.put("session", open + std::string("\15\0\12\1\13\0", 6));
  seeds.put("session", std::string("\1\1\2\0\12\1", 6));
  for (char what = 3; what < 13; ++what) {
    seeds.put("session", open + std::string("\15\0", 2) + what + '\0' + what + '\1');
  }
}

void notes(Seeds& seeds) {
  const PrivateKey key = samples::key('n');
  const VerifierKey known{"example.org/log", key.public_key()};
  seeds.put("note", std::string(1, '\0') + verifier_key_text(known));
  const std::string note = sign_note("a\n\xe7\x82\xb9\n", known.name, key);
  seeds.put("note", "\1" + note);
  seeds.put("note", "\2" + note.substr(note.find("\n\n") + 2));
}

void agents(Seeds& seeds) {
  for (const char* line :
       {"{\"type\":\"visit\",\"subject\":\"1\",\"time\":\"2015-01-01T10:00:00Z\"}",
        "{\"type\":\"request.opened\",\"subject\":\"1\",\"time\":\"2015-01-01T10:00:00+08:00\","
        "\"id\":\"a\",\"source\":\"s\",\"fields\":{\"channel\":\"web\",\"fee\":\"1.5\","
        "\"items\":3,\"due\":\"2015-01-02T00:00:00Z\",\"note\":\"abc\"}}"}) {
    seeds.put("agent", std::string(1, '\0') + line);
  }
  seeds.put("agent", "\1http://na%20me@proxy.example:3128");
  seeds.put("agent", "\1[::1]:7443");
  seeds.put("agent", "\2\7HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n");
  seeds.put("agent", "\2\7HTTP/1.0 407 Proxy Authentication Required\r\n\r\n");
}

void rules(Seeds& seeds) {
  const std::vector<std::string> paths = {"pack.yaml", "events.yaml", "calendar.yaml",
                                          "standards/s.yaml"};
  PackFiles files = load_pack_files("tests/fuzz/data/pack").value();
  for (std::size_t i = 0; i < paths.size(); ++i) {
    seeds.put("rules", Bytes(1, static_cast<char>(i)) + files.at(paths[i]));
  }
  for (const char* text :
       {"has(case.closed) && case.closed.time <= case.due", "case.channel in [\"web\", \"app\"]",
        "workday_due(case.opened.time, 3)", "case.items / (case.items - 7) > 1 || case.urgent",
        "has(case.requester) ? case.requester.size() : -1", "case.fee * 1.5 - 0.25",
        "case.due - case.opened.time > duration(\"72h30m\")",
        "case.due == timestamp(\"2015-01-01T00:00:00Z\")"}) {
    seeds.put("expression", text);
  }
  for (const char* text : {"[a-z]{2,5}\nabc", "(\\d+|x)*\\.[^0-9]?\n12x.a", "知识.权\n知识产权"}) {
    seeds.put("pattern", text);
  }
}

void texts(Seeds& seeds) {
  seeds.put("text", "2016-01-13T03:23:00.123+08:00");
  seeds.put("text", "2025-12-31");
  seeds.put("text", "-12.345678");
  seeds.put("text", to_base64("any bytes"));
  seeds.put("text", format_token({Bytes(16, 'x'), sha256("pin")}));
  seeds.put("text", "a,b\r\n\"1,\n\"\"2\",知识产权\r\n\n3,13800138000\n");
  seeds.put("text", "id,name\n1,\xd6\xaa\xca\xb6\n");
}

}  // namespace
}  // namespace plumbline

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("make_seeds FOLDER, run in the project's root\n", stderr);
    return 2;
  }
  plumbline::Seeds seeds(argv[1]);
  plumbline::wire(seeds);
  plumbline::ledger(seeds);
  plumbline::sessions(seeds);
  plumbline::notes(seeds);
  plumbline::agents(seeds);
  plumbline::rules(seeds);
  plumbline::texts(seeds);
  return 0;
}
