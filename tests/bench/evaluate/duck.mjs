// SPDX-License-Identifier: Apache-2.0
// DuckDB's side of `script/bench evaluate`. Makes the events of tests/bench/evaluate/events.h in a
// table of its own, then asks for what the standard asks for: cases from events, figures of each
// outlet and month, points. Prints one JSON object, whose `rows` are compared with plumb's.
//
//   node duck.mjs MODULES OUTLETS CASES_PER_OUTLET THREADS[,THREADS...] FILE
import {createRequire} from "node:module";

const [modules, outlets, cases, threads, file] = process.argv.slice(2);
const {DuckDBInstance} = createRequire(modules + "/")("@duckdb/node-api");

const step = Math.floor(360 * 86400 / Number(cases));
const made = `
create table made as
select o::integer outlet, i::bigint number,
       (o * 7919 + i * 104729) % 1000003 a, (o * 31 + i * 65537) % 999983 b,
       (o * 101 + i * 9973) % 999979 c,
       1735660800 + i * ${step} + a % ${step} opened,
       opened + 600 + b % 40000 replied, replied + 1800 + c % 400000 closed,
       opened + 259200 due
from range(${cases}) n(i), range(${outlets}) m(o)`;
// As plumb's ledger holds them: outlets side by side, each in the order of time.
const events = `
create table events as
select outlet, step::steps as step, subject, time, due, channel::channels as channel, rating
from (
  select outlet, 'opened' as step, printf('%010d', number) subject, opened * 1000 as time,
         due * 1000 as due, ['phone', 'web', 'app', 'desk'][1 + (a % 4)] channel,
         null::integer rating
  from made
  union all
  select outlet, 'first_reply', printf('%010d', number), replied * 1000, null, null, null from made
  union all
  select outlet, 'closed', printf('%010d', number), closed * 1000, null, null, (c % 5 + 1)::integer
  from made)
order by time // 86400000, outlet, time`;
// Nobody reports a step twice here, so the least of a step is its first report.
const folded = `
with cases as (
  select outlet, subject,
         min(case when step = 'opened' then time end) opened,
         min(case when step = 'closed' then time end) closed,
         min(due) due
  from events group by outlet, subject),
dated as (
  select outlet, month(epoch_ms(opened + 28800000)) as month, closed <= due as on_time,
         closed - opened as took
  from cases where opened is not null)`;
const figures = (unit) => `
  select ${unit} as unit, month, count(*) as n,
         count(*) filter (where took is not null) as finished,
         count(*) filter (where on_time) as on_time,
         quantile_disc(took, 0.5) as median
  from dated group by all`;
// In whole numbers, rounded half away from zero: 60 points between shares of 0.4 and 0.9, 40 for a
// median of 48 hours, 24 for 63, else 4.
const scored = `${folded},
figures as (${figures("outlet")} union all ${figures("-1")})
select unit, month, n, (2 * 1000000 * on_time + finished) // (2 * finished) as share,
       (2 * 10000 * median + 3600000) // (2 * 3600000) as hours,
       case when unit < 0 then -1 else
         greatest(0, least(6000, (2 * 6000 * (5 * on_time - 2 * finished) * 2 + 5 * finished)
                                 // (2 * 5 * finished)))
         + case when median <= 48 * 3600000 then 4000 when median <= 63 * 3600000 then 2400
                else 400 end
       end as points
from figures order by unit, month`;
const plain = "select outlet, step, count(*), max(time) from events group by outlet, step";

const instance = await DuckDBInstance.create(file);
const connection = await instance.connect();
const ask = async (sql) => (await connection.runAndReadAll(sql)).getRowsJson();
const timed = async (sql) => {
  const began = process.hrtime.bigint();
  const used = process.cpuUsage();
  const rows = await ask(sql);
  const {user, system} = process.cpuUsage(used);
  return [Number(process.hrtime.bigint() - began) / 1e9, rows, (user + system) / 1e6];
};

await ask("create type steps as enum ('opened', 'first_reply', 'closed')");
await ask("create type channels as enum ('phone', 'web', 'app', 'desk')");
await ask(made);
await ask(events);
await ask("drop table made");
await ask("checkpoint");
const [[count]] = await ask("select count(*) from events");
const runs = [];
let rows;
for (const wanted of threads.split(",")) {
  await ask(`set threads = ${wanted}`);
  // Once before the clock runs, so that the table is in memory as plumb's ledger is.
  await ask(plain);
  const [plain_seconds] = await timed(plain);
  const [score_seconds, answer, score_processor_seconds] = await timed(scored);
  if (rows !== undefined && JSON.stringify(rows) !== JSON.stringify(answer)) {
    throw new Error("DuckDB's answer depends on its threads");
  }
  rows = answer;
  runs.push({threads: Number(wanted), score_seconds, score_processor_seconds,
             plain_group_by_seconds: plain_seconds});
}
const [[version]] = await ask("select version()");
const [size] = await ask("pragma database_size");
console.log(JSON.stringify({version, events: Number(count), size: size[1], runs, rows}));
