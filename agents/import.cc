// SPDX-License-Identifier: Apache-2.0
#include "agents/import.h"

#include "agents/emit.h"
#include "base/utf8.h"
#include "packs/csv.h"
#include "packs/text_encoding.h"

namespace plumbline {
namespace {

Result<std::string> decode(BytesView file, CsvEncoding encoding) {
  if (encoding == CsvEncoding::kUtf8) {
    if (auto at = utf8_error_at(file)) {
      return Error(Code::kInvalid, "the file is not UTF-8 at byte " + std::to_string(*at) +
                                       "; --encoding auto also reads GBK");
    }
  }
  return to_utf8(file);
}

// One import: what it counts and whom it tells.
class Import {
 public:
  Import(const Mapping& mapping, const Intake::Parts& parts, const ImportHooks& hooks)
      : mapping_(mapping),
        hooks_(hooks),
        intake_(parts, [this](std::uint64_t line, const Submission& submission,
                              const Answer& answer) { count(line, submission, answer); }) {}

  Status take_row(const RowMapper& mapper, const CsvRow& row, std::string_view outlet_code) {
    if (!mapper.is_for(row.cells, outlet_code)) {
      ++counts_.other_outlets;
      return {};
    }
    std::vector<RowProblem> problems;
    std::vector<MappedEvent> events = mapper.map(row.cells, problems);
    for (const RowProblem& problem : problems) {
      refuse({row.line, problem.column, problem.rule, problem.sentence});
    }
    for (MappedEvent& mapped : events) {
      Submission submission{mapping_.source, std::move(mapped.id), std::move(mapped.event)};
      if (auto refusal = intake_.check(submission)) {
        refuse({row.line, column_of(submission, refusal->field), refusal->rule, refusal->sentence});
        continue;
      }
      RETURN_IF_ERROR(intake_.add(std::move(submission), row.line));
    }
    return {};
  }

  void refuse(const ImportProblem& problem) {
    ++counts_.refused;
    if (hooks_.problem) hooks_.problem(problem);
  }

  Status settle() { return intake_.flush(); }
  ImportCounts& counts() { return counts_; }

 private:
  void count(std::uint64_t line, const Submission& submission, const Answer& answer) {
    switch (answer.outcome) {
      case Answer::Outcome::kAccepted:
        ++counts_.accepted;
        return;
      case Answer::Outcome::kRepeated:
        ++counts_.repeated;
        return;
      case Answer::Outcome::kChanged:
        break;
    }
    ++counts_.changed;
    if (!hooks_.problem) return;
    hooks_.problem({static_cast<std::size_t>(line), column_of(submission, "id"), "changed",
                    changed_refusal(submission, answer).sentence});
  }

  // The column that a part of the event was read from.
  std::string column_of(const Submission& submission, const std::string& field) const {
    for (const EventMapping& event : mapping_.events) {
      if (event.type != submission.event.type) continue;
      if (field == "time") return event.time;
      if (field == "subject" || field == "id") return event.subject;
      for (const FieldMapping& mapped : event.fields) {
        if (mapped.field == field) return mapped.column;
      }
    }
    return "";
  }

  const Mapping& mapping_;
  const ImportHooks& hooks_;
  ImportCounts counts_;
  Intake intake_;
};

}  // namespace

Result<ImportCounts> import_csv(BytesView file, CsvEncoding encoding, const Mapping& mapping,
                                std::string_view outlet_code, const Intake::Parts& parts,
                                const ImportHooks& hooks) {
  if (!mapping.outlet_column.empty() && outlet_code.empty()) {
    return Error(Code::kInvalid, "the mapping tells outlets apart by column '" +
                                     mapping.outlet_column +
                                     "', but this outlet was enrolled without a code");
  }
  ASSIGN_OR_RETURN(std::string text, decode(file, encoding));
  CsvReader reader(text);
  ASSIGN_OR_RETURN(std::optional<CsvRow> header, reader.next());
  if (!header) return Error(Code::kInvalid, "the file is empty; its first row must name columns");
  ASSIGN_OR_RETURN(RowMapper mapper, RowMapper::bind(mapping, *parts.pack, header->cells));
  Import import(mapping, parts, hooks);
  for (;;) {
    Result<std::optional<CsvRow>> row = reader.next();
    if (row.ok() && !*row) break;
    ++import.counts().rows;
    if (row.ok()) {
      RETURN_IF_ERROR(import.take_row(mapper, **row, outlet_code));
    } else {
      import.refuse({reader.line(), "", "csv", row.error().text()});
    }
    if (hooks.progress) hooks.progress({reader.offset(), text.size(), import.counts().rows});
  }
  RETURN_IF_ERROR(import.settle());
  return import.counts();
}

}  // namespace plumbline
