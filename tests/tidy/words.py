# SPDX-License-Identifier: Apache-2.0
"""Words that do not stand in the project, each with what to write instead."""

import re

import project

EVERYWHERE = re.compile(r"")
# What officials read: the front pages, rule packs, pages, and what the programs print.
READ_BY_OFFICIALS = re.compile(
    r"^README(\.zh)?\.md$|^rules/|^dashboards/|^docs/guides/")

# (pattern, where, what to write instead)
WORDS = [
    (r"(?<!服务)台账", EVERYWHERE, "存证账本 for the ledger, 服务台账 for a service register"),
    (r"区块链", EVERYWHERE, "存证账本"),
    (r"(?i)\bblock ?chain\b", EVERYWHERE, "ledger"),
    (r"默克尔", EVERYWHERE, "存证点"),
    (r"(?i)\bmerkle\b", READ_BY_OFFICIALS, "checkpoint (存证点)"),
    (r"(?i)\bepochs?\b", READ_BY_OFFICIALS, "period, or the instant that is meant"),
    (r"\b(TODO|FIXME|XXX|HACK)\b", EVERYWHERE, "the thing done, or an issue"),
    (r"(?i)\b(AI|LLM|machine)[- ](generated|written|assisted)\b", EVERYWHERE,
     "nothing: the project speaks of itself alone"),
    (r"(?i)\b(chatgpt|gpt-\d|claude|copilot|language model)\b", EVERYWHERE,
     "nothing: the project speaks of itself alone"),
    (r"(?i)\bissue #?\d+\b", EVERYWHERE, "what is meant, so that the text stands by itself"),
    (r"/work/|/home/[a-z]|/Users/", EVERYWHERE, "a path from the project's root"),
    (r"(?i)\b(deb\.debian\.org|registry\.npmjs\.org|pypi\.org|security\.debian\.org)\b",
     EVERYWHERE, "the machine's own package sources"),
]
# The table itself and its tests.
EXEMPT = re.compile(r"^tests/tidy/words")


def words(files):
    findings = []
    for path, text in files.items():
        if EXEMPT.search(path):
            continue
        for pattern, where, instead in WORDS:
            if not where.search(path):
                continue
            for match in re.finditer(pattern, text):
                findings.append(f"{path}:{project.line_of(text, match.start())}: "
                                f"\"{match.group(0)}\": write {instead}")
    return findings
