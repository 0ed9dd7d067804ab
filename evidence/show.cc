// SPDX-License-Identifier: Apache-2.0
#include "evidence/show.h"

#include <fmt/format.h>

#include "model/wire/batch.h"

namespace plumbline {
namespace {

std::string value_text(const Value& value) {
  if (is_text_kind(value.kind)) return value.text;
  if (value.kind == Kind::kInstant) return format_instant({value.number});
  if (value.kind == Kind::kDecimal) return format_decimal_short({value.number});
  if (value.kind == Kind::kBool) return value.number != 0 ? "true" : "false";
  return std::to_string(value.number);
}

Json event_json(const Event& event, Sequence sequence) {
  Json fields = Json::object();
  for (const Field& field : event.fields) fields.set(field.name, value_text(field.value));
  Json json = Json::object();
  json.set("sequence", sequence.value);
  json.set("type", event.type);
  json.set("subject", event.subject);
  json.set("time", format_instant(event.time));
  json.set("fields", std::move(fields));
  return json;
}

Json events_json(const BatchHeader& header, const Content& content) {
  Json events = Json::array();
  Sequence sequence = header.first;
  for (const Event& event : events_of(content)) {
    events.push(event_json(event, sequence));
    sequence = sequence.next();
  }
  return events;
}

Result<Json> batch_json(const StoredEntry& stored, BytesView payload, EventDetail detail) {
  ByteReader reader(payload);
  ASSIGN_OR_RETURN(BatchHead head, decode_head(reader));
  ASSIGN_OR_RETURN(BatchHeader header, decode_header(head.header));
  Json json = Json::object();
  json.set("stream", header.stream.hex());
  json.set("outlet", header.outlet.text());
  json.set("number", header.number.value);
  json.set("first", header.first.value);
  json.set("count", std::uint64_t{header.count});
  json.set("hash", batch_hash(head.header).hex());
  json.set("sealed_at", format_instant(header.wall));
  json.set("content", stored.content ? "present" : "absent");
  if (detail == EventDetail::kShow && stored.content) {
    auto content = decode_content(*stored.content, header.count);
    if (content.ok()) {
      json.set("events", events_json(header, *content));
    } else {
      json.set("content_damaged", content.error().text());
    }
  }
  return json;
}

// Rule files are shown by their size: their bytes would hide everything else.
Json without_file_bytes(Json record) {
  const Json* files = record.find("files");
  if (files == nullptr || !files->is_object()) return record;
  Json sizes = Json::object();
  for (const auto& [path, bytes] : files->as_object()) {
    auto decoded = bytes.is_string() ? from_base64(bytes.as_string()) : Result<Bytes>(Bytes());
    sizes.set(path, decoded.ok() ? std::uint64_t{decoded->size()} : std::uint64_t{0});
  }
  record.set("file_sizes", std::move(sizes));
  record.as_object().erase("files");
  return record;
}

Status describe(const StoredEntry& stored, EventDetail detail, Json& json) {
  ASSIGN_OR_RETURN(Entry entry, decode_entry(stored.entry));
  json.set("kind", entry_kind_name(entry.kind));
  json.set("recorded_at", format_instant(entry.recorded_at));
  if (entry.kind == EntryKind::kBatch) {
    ASSIGN_OR_RETURN(Json batch, batch_json(stored, entry.payload, detail));
    json.set("batch", std::move(batch));
    return {};
  }
  ASSIGN_OR_RETURN(SignedRecord record, decode_record(entry.payload));
  json.set("record", without_file_bytes(std::move(record.json)));
  return {};
}

std::string text_at(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  if (value == nullptr) return "";
  return value->is_string() ? value->as_string() : value->text();
}

std::string batch_text(const Json& batch) {
  std::string text = fmt::format(
      "    outlet {}, batch {} of stream {}: {} events from sequence {}, sealed {}, content {}\n",
      text_at(batch, "outlet"), text_at(batch, "number"), text_at(batch, "stream"),
      text_at(batch, "count"), text_at(batch, "first"), text_at(batch, "sealed_at"),
      text_at(batch, "content"));
  const Json* events = batch.find("events");
  if (events == nullptr) return text;
  for (const Json& event : events->as_array()) {
    text += fmt::format("      #{} {} {} {}", text_at(event, "sequence"), text_at(event, "time"),
                        text_at(event, "type"), text_at(event, "subject"));
    for (const auto& [name, value] : event.find("fields")->as_object()) {
      text += fmt::format(" {}={}", name, value.as_string());
    }
    text += "\n";
  }
  return text;
}

// A fact in one line: kind, id, when it is true, attributes.
std::string fact_text(const Json& fact) {
  std::string text = fmt::format("      {} {}", text_at(fact, "kind"), text_at(fact, "id"));
  for (const char* end : {"from", "until"}) {
    if (fact.find(end) != nullptr) text += fmt::format(" {} {}", end, text_at(fact, end));
  }
  if (const Json* attributes = fact.find("attributes"); attributes->is_object()) {
    for (const auto& [name, value] : attributes->as_object()) {
      text += fmt::format(" {}={}", name, text_at(*attributes, name));
    }
  }
  return text + "\n";
}

// The facts of a record of kind registry.facts that has its form; nullptr for another record.
const Json* facts_of(const Json& record) {
  const Json* facts = record.find("facts");
  bool good = facts != nullptr && facts->is_array();
  for (const Json& fact : good ? facts->as_array() : Json::Array()) {
    good = good && fact.is_object() && fact.find("attributes") != nullptr;
  }
  return good ? facts : nullptr;
}

// Whether one of the record's facts is of the outlet: a finding, a status, a product.
bool has_fact_of(const Json& record, const std::string& outlet) {
  const Json* facts = facts_of(record);
  if (facts == nullptr) return false;
  for (const Json& fact : facts->as_array()) {
    for (const char* name : {"outlet", "holder", "owner"}) {
      if (text_at(*fact.find("attributes"), name) == outlet) return true;
    }
  }
  return false;
}

bool matches(const Json& entry, const ShowFilter& filter) {
  if (filter.kind && text_at(entry, "kind") != entry_kind_name(*filter.kind)) return false;
  const Json* batch = entry.find("batch");
  const Json* record = entry.find("record");
  if (!filter.record_kind.empty()) {
    if (record == nullptr || text_at(*record, "kind") != filter.record_kind) return false;
  }
  if (filter.outlet.empty()) return true;
  const Json* about = batch != nullptr ? batch : record;
  if (about == nullptr) return false;
  return text_at(*about, "outlet") == filter.outlet || has_fact_of(*about, filter.outlet);
}

}  // namespace

Json entry_json(const StoredEntry& stored, EventDetail detail) {
  Json json = Json::object();
  json.set("index", stored.index.value);
  json.set("leaf", leaf_hash(stored.entry).hex());
  if (Status described = describe(stored, detail, json); !described.ok()) {
    json.set("damaged", described.error().text());
  }
  return json;
}

std::string entry_text(const Json& entry) {
  std::string text = fmt::format("{:>8}  {}  {}\n", text_at(entry, "index"),
                                 text_at(entry, "recorded_at"), text_at(entry, "kind"));
  if (const Json* batch = entry.find("batch")) text += batch_text(*batch);
  if (const Json* record = entry.find("record")) {
    text += fmt::format("    {}, by {}: {}\n", text_at(*record, "kind"), text_at(*record, "actor"),
                        text_at(*record, "reason"));
    for (const auto& [key, value] : record->as_object()) {
      if (key == "kind" || key == "actor" || key == "reason") continue;
      if (const Json* facts = key == "facts" ? facts_of(*record) : nullptr) {
        for (const Json& fact : facts->as_array()) text += fact_text(fact);
        continue;
      }
      text += fmt::format("      {}: {}\n", key, text_at(*record, key));
    }
  }
  if (entry.find("damaged") != nullptr) {
    text += fmt::format("    DAMAGED: {}\n", text_at(entry, "damaged"));
  }
  return text;
}

Result<std::uint64_t> show_entries(LedgerReader& reader, const ShowFilter& filter,
                                   EventDetail detail,
                                   const std::function<void(const Json&)>& show) {
  std::uint64_t shown = 0;
  auto wanted = [&](LedgerIndex index) {
    return shown < filter.limit && (!filter.before || index.value < filter.before->value);
  };
  auto take = [&](const StoredEntry& stored) -> Status {
    if (!wanted(stored.index)) return {};
    Json entry = entry_json(stored, detail);
    if (!matches(entry, filter)) return {};
    ++shown;
    show(entry);
    return {};
  };
  LedgerIndex next = filter.from;
  while (wanted(next)) {
    LedgerIndex from = next;
    ASSIGN_OR_RETURN(next, reader.read(from, take));
    if (next == from) break;
  }
  return shown;
}

}  // namespace plumbline
