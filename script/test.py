#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The stages of script/test: each builds what it needs, runs it and counts its test cases."""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
CORES = os.cpu_count() or 1


class Counts:
    """Test cases of a stage. A stage that cannot run at all counts as one failure."""

    def __init__(self, passed=0, failed=0, skipped=0):
        self.passed = passed
        self.failed = failed
        self.skipped = skipped

    def __iadd__(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        return self

    def text(self):
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


class StageFailed(Exception):
    """A stage could not run."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def call(*command):
    """Runs a command whose output people see; StageFailed when it fails."""
    done = subprocess.run([str(part) for part in command], cwd=ROOT, check=False)
    if done.returncode != 0:
        raise StageFailed(f"`{' '.join(map(str, command))}` ended with {done.returncode}")


def build(preset, *targets):
    folder = ROOT / "build" / preset
    if not (folder / "build.ninja").exists():
        call("cmake", "--preset", preset)
    call("ninja", "-C", folder, *targets)
    return folder


def run_gtest(folder, *choice):
    """Runs ctest in a build folder; each test binary writes its cases as JSON."""
    with tempfile.TemporaryDirectory(prefix="plumbline-gtest-") as reports:
        environment = dict(os.environ, GTEST_OUTPUT=f"json:{reports}/",
                           ASAN_OPTIONS="detect_stack_use_after_return=1",
                           UBSAN_OPTIONS="print_stacktrace=1", TSAN_OPTIONS="halt_on_error=1")
        done = subprocess.run(["ctest", "--test-dir", str(folder), "--output-on-failure",
                               "--no-tests=error", "-j", str(CORES), *choice],
                              env=environment, cwd=ROOT, check=False)
        counts = Counts()
        for report in pathlib.Path(reports).glob("*.json"):
            counts += gtest_counts(json.loads(report.read_text(encoding="utf-8")))
    if done.returncode != 0 and counts.failed == 0:
        raise StageFailed("a test binary ended without a report of its cases")
    return counts


def gtest_counts(report):
    skipped = sum(case.get("result") == "SKIPPED" for suite in report["testsuites"]
                  for case in suite["testsuite"])
    failed = report["failures"] + report["errors"]
    return Counts(report["tests"] - failed - skipped, failed, skipped)


def run_unittest(folder):
    """Runs the Python tests of a folder and reads the counts from the runner's last lines."""
    command = [sys.executable, "-m", "unittest", "discover", "-v", "-s", str(folder),
               "-t", str(folder), "-p", "*_test.py"]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    lines = []
    for line in process.stderr:
        sys.stderr.write(line)
        sys.stderr.flush()
        lines.append(line)
    process.wait()
    text = "".join(lines[-5:])
    ran = re.search(r"^Ran (\d+) tests?", text, re.M)
    if not ran:
        raise StageFailed(f"the tests of {folder} did not run to their end")

    def number(name):
        found = re.search(rf"\b{name}=(\d+)", text)
        return int(found.group(1)) if found else 0

    failed, skipped = number("failures") + number("errors"), number("skipped")
    if process.returncode != 0 and failed == 0:
        failed = 1
    return Counts(max(int(ran.group(1)) - failed - skipped, 0), failed, skipped)


def stage_tidy():
    build("debug", "plumbline_wire_proto")
    return run_unittest(ROOT / "tests" / "tidy")


def stage_unit():
    return run_gtest(build("debug"))


def clang_command(entry):
    """A compile command turned into one that only checks, without the compiler cache."""
    words = shlex.split(entry["command"])
    start = next(i for i, word in enumerate(words) if pathlib.Path(word).name == "clang++-14")
    kept, skip = [], False
    for word in words[start:]:
        if skip:
            skip = False
        elif word in ("-o", "-MF", "-MT"):
            skip = True
        elif word not in ("-c", "-MD"):
            kept.append(word)
    return kept + ["-fsyntax-only", "-Wthread-safety"]


def clang_check(entry):
    done = subprocess.run(clang_command(entry), cwd=entry["directory"], capture_output=True,
                          text=True, check=False)
    if done.returncode != 0:
        say(f"--- {entry['file']}\n{done.stderr}")
    return done.returncode == 0


def stage_web():
    """The front end: its types, its build and its unit tests."""
    call("script/build-web", "--force")
    with tempfile.TemporaryDirectory(prefix="plumbline-vitest-") as folder:
        report = pathlib.Path(folder) / "report.json"
        call("bash", "-c", "source script/node-lib && use_node && cd dashboards/web && npm test -- "
             f"--reporter=default --reporter=json --outputFile.json={report} || true")
        if not report.exists():
            raise StageFailed("the tests of dashboards/web did not run to their end")
        result = json.loads(report.read_text(encoding="utf-8"))
    counts = Counts(result["numPassedTests"], result["numFailedTests"], result["numPendingTests"])
    if not result["success"] and counts.failed == 0:
        counts.failed = 1
    return counts


def stage_clang():
    folder = build("clang", "plumbline_wire_proto")
    call("cmake", "--preset", "clang", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON")
    entries = [entry for entry in
               json.loads((folder / "compile_commands.json").read_text(encoding="utf-8"))
               if "/gen/" not in entry["file"]]
    with concurrent.futures.ThreadPoolExecutor(CORES) as pool:
        verdicts = list(pool.map(clang_check, entries))
    say(f"{sum(verdicts)} of {len(verdicts)} sources are clean")
    return Counts(1, 0) if verdicts and all(verdicts) else Counts(0, 1)


def stage_tsan():
    folder = build("tsan", "collector_test", "network_test", "store_test")
    return run_gtest(folder, "-R", "^(collector|network|store)$")


def stage_fuzz():
    """A short share of every fuzz target; one case a target."""
    done = subprocess.run(["script/fuzz", "--share"], cwd=ROOT, stderr=subprocess.PIPE, text=True,
                          check=False)
    say(done.stderr)
    ran = re.findall(r"^(\w+): (number_of_executed_units|FAILED)", done.stderr, re.MULTILINE)
    failed = sum(word == "FAILED" for _, word in ran)
    if not ran or (done.returncode != 0 and failed == 0):
        raise StageFailed("script/fuzz did not run its targets")
    return Counts(len(ran) - failed, failed)


def stage_e2e():
    build("debug", "plumbd", "plumb", "plumb-agent")
    build("release", "plumbd", "plumb", "plumb-agent")
    return run_unittest(ROOT / "tests" / "end_to_end")


def stage_oracle():
    build("debug", "fold_pairs")
    return run_unittest(ROOT / "tests" / "oracle")


STAGES = {"tidy": stage_tidy, "unit": stage_unit, "oracle": stage_oracle, "web": stage_web,
          "clang": stage_clang, "tsan": stage_tsan, "fuzz": stage_fuzz, "e2e": stage_e2e}


def main():
    parser = argparse.ArgumentParser(prog="script/test")
    parser.add_argument("--only", choices=STAGES)
    options = parser.parse_args()
    total = Counts()
    for name, stage in STAGES.items():
        if options.only not in (None, name):
            continue
        say(f"=== {name}")
        started = time.monotonic()
        try:
            counts = stage()
        except StageFailed as error:
            say(f"{name}: {error}")
            counts = Counts(0, 1)
        total += counts
        say(f"=== {name}: {counts.text()} in {time.monotonic() - started:.0f} s")
    if total.skipped:
        say(f"{total.skipped} test cases were skipped; each said why above")
    print(f"{total.passed} passed, {total.failed} failed", flush=True)
    sys.exit(1 if total.failed else 0)


if __name__ == "__main__":
    main()
