// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_SIMULATE_SMALL_PACK_H_
#define PLUMBLINE_TESTS_SUPPORT_SIMULATE_SMALL_PACK_H_

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "packs/pack.h"
#include "simulate/network_plan.h"
#include "simulate/settings.h"

// A pack of one city with two counties, as small as a simulation can be.
namespace plumbline::testing_support {

inline const std::string kSmallEvents = R"yaml(format: plumbline/events/v1
types:
  ask:
    title: {zh: 问, en: Ask}
    steps:
      - {id: opened, title: {zh: 开, en: Opened}}
      - {id: closed, title: {zh: 结, en: Closed}, final: true}
    due: due
    fields:
      due: {kind: instant, title: {zh: 限, en: Due}, steps: [opened], required_in: [opened]}
      channel: {kind: enum, title: {zh: 道, en: Channel}, steps: [opened], values: [phone, visit]}
      county: {kind: code, title: {zh: 县, en: County}, steps: [opened], pattern: '[0-9]+'}
      person: {kind: code, title: {zh: 人, en: Person}, steps: [opened], pattern: '[a-z0-9-]+'}
      proof: {kind: code, title: {zh: 证, en: Proof}, steps: [closed], pattern: '[0-9a-f]{64}'}
  rating:
    title: {zh: 评, en: Rating}
    fields:
      level: {kind: integer, title: {zh: 级, en: Level}}
      word: {kind: enum, title: {zh: 词, en: Word}, values: [bad, fair, fine]}
      of: {kind: reference, title: {zh: 事, en: Of}}
  fix:
    title: {zh: 改, en: Fix}
    fields:
      rating: {kind: reference, title: {zh: 评, en: Rating}}
      score: {kind: decimal, title: {zh: 分, en: Score}}
  open_day:
    title: {zh: 日, en: Open day}
    fields:
      open: {kind: bool, title: {zh: 开, en: Open}}
  sheet:
    title: {zh: 表, en: Sheet}
    fields:
      people: {kind: count, title: {zh: 人, en: People}}
)yaml";

inline const std::string kSmallSimulation = R"yaml(format: plumbline/simulation/v1
begin: 2021-01-01
work_hours: [9, 17]
months: [100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100]
weekdays: [100, 100, 100, 100, 100, 100, 100]
registry:
  known: 2020-06-01
  city_level: city
  county_level: county
  document_number: "{year}-{n} (example)"
  document_issuer: Example office
  document_title: {zh: "{name}", en: "On {name}"}
  institution_name: {zh: "示例{place}", en: "Example {place}"}
  product_name: {zh: "示例{n}", en: "Example {n}"}
  hosts:
    - {id: lib, weight: 3, name: {zh: "示例{letter}", en: "Example Library {letter}"}}
    - {id: park, weight: 1, name: {zh: "示例园{place}", en: "Example Park {place}"}}
  outlets:
    - {known: 2020-09-01, count: 5, status: listed}
    - {known: 2021-03-01, count: 2}
  statuses:
    - {status: special, host: lib, count: 2, from: 2020-10-01}
  withdrawals:
    - {status: listed, count: 1, until: 2021-04-30}
  institutions:
    - {level: city, count: 1, first: 2020-07-01, last: 2020-08-01}
    - {level: county, count: 1, first: 2020-07-01, last: 2020-08-01}
    - {level: county, count: 1, first: 2020-12-01, documented: false}
  products:
    - {count: 2, first: 2020-10-01, last: 2020-11-01}
    - {count: 1, first: 2021-01-10, accepted: false}
  findings:
    - {profile: loud, code: made_up, from: 2021-02-01}
profiles:
  - {id: plain, weight: 1, odds: {in_time: 90}}
  - {id: late, count: 1, delay_days: 20}
  - {id: gone, count: 1, ends: 2021-02-01}
  - {id: absent, count: 1, reports: false}
  - id: loud
    count: 1
    fields:
      rating.level: {pick: {1: 1}}
    bursts:
      - {type: rating, per_year: 60, size: [8, 9], minutes: 5, fields: {level: {pick: {3: 1}}}}
activities:
  - type: ask
    subject: a
    per_year: 250
    fields:
      due: {workdays: 3}
      channel: {pick: {phone: 3, visit: 1}}
      county: {place: county, own: 60}
      person: {pool: p-, of: 9, present: 50}
      proof: {hash: 64, present: in_time}
    steps:
      - {step: opened}
      - {step: closed, minutes: [5, 100], late: [3000, 4000], on_time: in_time, happens: 95}
  - type: rating
    subject: r
    source: rating_page
    hours: [8, 22]
    per_year: 120
    fields:
      level: {pick: {1: 1, 2: 2, 3: 7}}
      word: {words_for: level, words: [bad, fair, fine]}
      of: {case_of: ask}
  - type: fix
    subject: f
    caused_by: {type: rating, field: level, at_most: 1}
    fields:
      rating: {cause: true}
      score: {between: [50, 500]}
  - {type: open_day, subject: o, every: work_day, source: inspector, fields: {open: {yes: 97}}}
  - {type: sheet, subject: s, every: quarter, day: 40, fields: {people: {between: [1, 5]}}}
  - {type: sheet, subject: y, every: year, day: 9, fields: {people: {between: [1, 5]}}}
)yaml";

inline PackFiles small_pack_files() {
  PackFiles files;
  files["pack.yaml"] = R"yaml(format: plumbline/pack/v1
id: small
version: "1"
title: {zh: 小, en: Small}
time_zone: Asia/Shanghai
max_future: 10m
levels:
  - {id: network, title: {zh: 网, en: Network}}
  - {id: city, title: {zh: 市, en: City}}
  - {id: county, title: {zh: 县, en: County}}
  - {id: outlet, title: {zh: 点, en: Outlet}}
)yaml";
  files["events.yaml"] = kSmallEvents;
  files["calendar.yaml"] = R"yaml(format: plumbline/calendar/v1
time_zone: Asia/Shanghai
covers: {from: 2020-01-01, until: 2022-12-31}
offsets:
  - {from: 2019-12-31T16:00:00Z, offset: "+08:00"}
work_days:
  weekdays: [mon, tue, wed, thu, fri]
  holidays: [2021-01-01, 2021-02-11, 2021-02-12]
  extra: [2021-02-07]
)yaml";
  return files;
}

inline const Pack& small_pack() {
  static const Pack pack = [] {
    Problems problems;
    auto parsed = parse_pack(small_pack_files(), problems);
    EXPECT_TRUE(parsed.has_value()) << problems.text();
    return parsed.value_or(Pack());
  }();
  return pack;
}

inline const Settings& small_settings() {
  static const Settings settings = [] {
    Problems problems;
    auto parsed = parse_settings(kSmallSimulation, small_pack().events, problems);
    EXPECT_TRUE(parsed.has_value()) << problems.text();
    return parsed.value_or(Settings());
  }();
  return settings;
}

inline std::vector<Fact> small_rows() {
  auto rows = read_registry_rows(
      "kind,id,from,until,name_zh,name_en,level,parent\n"
      "division,100,,,城,Town,city,\n"
      "division,101,,,东,East,county,100\n"
      "division,102,,,西,West,county,100\n");
  EXPECT_TRUE(rows.ok());
  return rows.ok() ? *rows : std::vector<Fact>();
}

}  // namespace plumbline::testing_support

#endif  // PLUMBLINE_TESTS_SUPPORT_SIMULATE_SMALL_PACK_H_
