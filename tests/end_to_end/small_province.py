# SPDX-License-Identifier: Apache-2.0
"""A small simulated province for the tests in a browser: the divisions and rules of jiangsu-2025,
a dozen outlets that report through real agents, institutions, statuses, products and a finding.

Every name and document number is invented. `python3 small_province.py FOLDER` builds one from
build/release, serves it with the pages until it is interrupted, and says where.
"""

import csv
import datetime
import json
import pathlib
import shutil
import signal
import socket
import sys
import time

from support import RELEASE, ROOT, network

PACK = ROOT / "rules" / "jiangsu-2025"
UNTIL = "2026-10-31T00:00:00Z"
# Institutions are on record before the day by which the final statement takes them.
KNOWN = "2026-01-10T01:00:00Z"
HOSTILE = '<img src=x onerror="alert(1)"><b>模拟</b>' + "名称很长的知识产权信息公共服务网点" * 6
COLUMNS = ["kind", "id", "from", "until", "code", "name_zh", "name_en", "place:city",
           "place:county", "number", "issuer", "date", "level", "place", "document", "declared",
           "checked", "confirmed", "holder", "status", "owner", "review", "reviewed", "outlet",
           "decided_by", "seconded_by"]


class Outlet:
    def __init__(self, id, county, name_zh, name_en, consultations, on_time):
        self.id, self.county, self.name_zh, self.name_en = id, county, name_zh, name_en
        self.consultations, self.on_time = consultations, on_time


OUTLETS = [
    Outlet("js-320102-01", "320102", "玄武区模拟大学图书馆", "Simulated library, Xuanwu", 24, 22),
    Outlet("js-320102-02", "320102", "玄武区模拟信息服务中心", "Simulated centre, Xuanwu", 18, 9),
    Outlet("js-320102-03", "320102", "玄武区模拟行业协会", "Simulated association, Xuanwu", 0, 0),
    Outlet("js-320102-04", "320102", HOSTILE, HOSTILE, 12, 12),
    Outlet("js-320106-01", "320106", "鼓楼区模拟研究院", "Simulated institute, Gulou", 12, 6),
    Outlet("js-320302-01", "320302", "鼓楼区模拟图书馆", "Simulated library, Gulou", 16, 16),
    Outlet("js-320505-01", "320505", "虎丘区模拟园区服务点", "Simulated park desk, Huqiu", 10, 8),
    Outlet("js-320981-01", "320981", "东台市模拟服务中心", "Simulated centre, Dongtai", 0, 0),
]
LIVE, VETOED, SILENT = "js-320102-01", "js-320102-02", "js-320102-03"
# Reports as it goes, and months too late: its events are flagged.
LATE = "js-320505-01"
# Reports about a month that is closed.
RESTATED = "js-320302-01"


def divisions():
    return [row["code"] for row in network.read_table(PACK / "data" / "divisions.csv")]


def rows():
    """The wide table of `plumb registry apply`: outlets and facts beside the divisions."""
    table = []

    def add(kind, id, **cells):
        table.append({"kind": kind, "id": id,
                      **{key.replace("place_", "place:"): value for key, value in cells.items()}})

    for outlet in OUTLETS:
        add("outlet", outlet.id, code=outlet.id.upper(), name_zh=outlet.name_zh,
            name_en=outlet.name_en, place_city=outlet.county[:4] + "00",
            place_county=outlet.county)
    for number in range(1, 4):
        add("document", f"doc-{number}", number=f"模知发〔2023〕{number}号",
            issuer="模拟市知识产权局", date="2023-05-04")
    for place, county in enumerate(divisions()):
        if place % 2 == 1 and place < 94 or place % 16 == 0:
            add("institution", f"inst-{county}", name_zh=f"{county}模拟公共服务中心",
                name_en=f"Simulated service, {county}", level="county", place=county,
                document="doc-1", declared="2023-05-10", checked="2023-06-01",
                confirmed="2023-06-20", **{"from": "2023-05-04"})
        elif place % 10 == 2:
            add("institution", f"claim-{county}", name_zh=f"{county}模拟申报中心", level="county",
                place=county, declared="2025-11-02", **{"from": "2025-11-01"})
    for outlet in OUTLETS:
        add("status", f"status-{outlet.id}", holder=outlet.id, status="provincial_outlet",
            document="doc-2", **{"from": "2024-03-01"})
    add("product", "product-1", name_zh="模拟专利专题库", owner=LIVE, review="accepted",
        reviewed="2025-08-01", document="doc-3", **{"from": "2025-03-01"})
    add("product", "product-2", name_zh="模拟检索指南", owner=LIVE, review="pending",
        **{"from": "2025-06-01"})
    add("finding", "finding-1", outlet=VETOED, code="fabricated_events", document="doc-3",
        decided_by="checker-1", seconded_by="checker-2", **{"from": "2026-04-02"})
    return table


def consultation(number, on_time):
    """The events of a consultation that was opened on a Monday morning."""
    opened = datetime.datetime(2026, 3, 2, 1) + datetime.timedelta(weeks=number)
    closed = opened + datetime.timedelta(hours=6, days=0 if on_time else 10)
    due = opened + datetime.timedelta(days=3, hours=8)

    def event(step, time, **fields):
        return {"type": f"consultation.{step}", "subject": f"zx-{number:04d}",
                "time": time.isoformat() + "Z", "fields": fields}

    return [event("opened", opened, due=due.isoformat() + "Z", channel="onsite",
                  requester_category="micro_small", topic="search"),
            event("first_reply", opened + datetime.timedelta(hours=1)),
            event("closed", closed, fee="free", outcome="answered")]


class Province:
    """Builds and serves the province; `emit` reports through the agent of an outlet."""

    def __init__(self, folder, programs=None):
        self.folder = pathlib.Path(folder)
        self.programs = programs or network.Programs(RELEASE)
        self.server = network.Server(self.programs, self.folder)
        self.agents = {}

    def build(self, web):
        network.run([self.programs.plumbd, "init", "--data", self.server.data, "--network",
                     "江苏省（模拟）", "--simulated-until", UNTIL])
        self.server.start(flags=["--web", web, "--demo-accounts"])
        self.server.activate(self.pack())
        self.advance(KNOWN)
        self.apply_registry()
        self.advance(UNTIL)
        for outlet in OUTLETS:
            if outlet.consultations:
                self.report(outlet)
        self.server.wait_evaluated()
        self.close_month()
        self.server.wait_evaluated()

    def close_month(self):
        """March is closed, then a consultation of March comes in."""
        self.server.plumb("period", "close", "2026-03", "--standard", "outlet_month", "--reason",
                          "the month was examined")
        events = consultation(0, on_time=False)
        for event in events:
            event["subject"] = "zx-after-closing"
        agent = self.agents[RESTATED]
        agent.call("emit", stdin="".join(json.dumps(event) + "\n" for event in events))
        agent.call("run", "--until-empty")

    def pack(self):
        """The shipped pack, with the limits beyond which an event is flagged."""
        folder = self.folder / "pack"
        shutil.copytree(PACK, folder)
        with open(folder / "pack.yaml", "a", encoding="utf-8") as file:
            for limit in ("late_after", "back_dated_after"):
                file.write(f"{limit}: {{limit: 30d, basis: a test, basis_kind: proposal}}\n")
        return folder

    def apply_registry(self):
        table = self.folder / "registry.csv"
        with open(table, "w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, COLUMNS)
            writer.writeheader()
            writer.writerows(rows())
        for path in (PACK / "data" / "registry.csv", table):
            self.server.plumb("registry", "apply", path, "--reason", "set-up of this network")

    def advance(self, instant):
        """Puts the simulated clock forward."""
        with socket.socket(socket.AF_UNIX) as control:
            control.connect(str(self.server.data / "control.sock"))
            control.sendall(json.dumps({"op": "clock.advance", "to": instant}).encode() + b"\n")
            answer = json.loads(control.makefile().readline())
        if "ok" not in answer:
            raise network.StepFailed(f"clock.advance: {answer}")

    def report(self, outlet):
        agent = network.Agent(self.programs, self.folder, outlet.id)
        agent.enroll(self.server.agents, self.server.token(outlet.id, historical=outlet.id != LATE))
        self.agents[outlet.id] = agent
        events = [event for number in range(outlet.consultations)
                  for event in consultation(number, number < outlet.on_time)]
        agent.call("emit", stdin="".join(json.dumps(event) + "\n" for event in events))
        agent.call("run", "--until-empty")

    def emit_command(self, outlet):
        """A shell command that reports one more consultation of an outlet, closed in time."""
        agent = self.agents[outlet]
        lines = "".join(json.dumps(event) + "\n" for event in consultation(30, on_time=True))
        emit = f"{self.programs.agent} --data {agent.data}"
        return f"{emit} emit <<'END'\n{lines}END\n{emit} run --until-empty"


def main():
    province = Province(sys.argv[1])
    try:
        province.build(ROOT / "build" / "web")
        print(province.server.http, flush=True)
        print(province.emit_command(LIVE), flush=True)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        while True:
            time.sleep(60)
    except KeyboardInterrupt:
        pass
    finally:
        province.server.stop()


if __name__ == "__main__":
    main()
