# SPDX-License-Identifier: Apache-2.0
"""Constructs that compile and are wrong here."""

import re

import project

# (pattern over code without comments and strings, files looked at, files let off, why)
TRAPS = [
    (r"::\s*now\s*\(|\b(gettimeofday|clock_gettime|localtime|gmtime)\s*\("
     r"|\btime\s*\(\s*(nullptr|NULL|0)\s*\)", r"",
     r"^base/clock\.cc$|^tests/bench/ingest/stopwatch\.h$",
     "time is read in base/clock.cc alone: take a Clock or an Instant"),
    (r"\b(sleep_for|sleep_until|usleep|nanosleep)\b|(?<![\w.>])sleep\s*\(", r"^tests/", r"^$",
     "no test sleeps: advance a ManualClock or wait for the condition"),
    (r"\b(double|float)\b", r"^(model|ledger|packs|evaluator|evidence)/|^base/decimal\.",
     r"_metrics\.(h|cc)$", "no floating point near a result: base/decimal.h"),
    (r"\basio::detached\b", r"", r"^tests/", "a detached coroutine swallows its exceptions"),
    (r"\b(rand|srand|strtod|atof|setlocale)\s*\(", r"", r"^$",
     "depends on hidden state: base/crypto.h, base/decimal.h"),
    (r"\bassert\s*\(", r"", r"^$", "CHECK of base/check.h stays on in release"),
]


def traps(files):
    findings = []
    for path, text in files.items():
        if not project.is_cpp(path):
            continue
        code = project.code_only(text)
        for pattern, where, let_off, why in TRAPS:
            if not re.search(where, path) or re.search(let_off, path):
                continue
            for match in re.finditer(pattern, code):
                findings.append(f"{path}:{project.line_of(code, match.start())}: "
                                f"{match.group(0).strip()}: {why}")
    return findings


def co_await(files):
    """GCC 12 destroys a temporary twice that is made in a co_await expression from a lambda, an
    aggregate or an initialiser list. Clang does not. So the expression holds names only."""
    findings = []
    for path, text in files.items():
        if not project.is_cpp(path):
            continue
        code = project.code_only(text)
        for match in re.finditer(r"\bco_await\b([^;]*);", code):
            if re.search(r"[{\[]", match.group(1)):
                findings.append(f"{path}:{project.line_of(code, match.start())}: '{{' or '[' "
                                "between co_await and its semicolon: name the object, move it in")
    return findings
