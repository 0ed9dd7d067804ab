# SPDX-License-Identifier: Apache-2.0
"""Which folder may include which: the project's own layers, and the homes of the libraries."""

import re

import project

# A folder's files include their own folder and these.
LAYERS = {
    "base": set(),
    "model": {"base"},
    "ledger": {"base", "model"},
    "packs": {"base", "model"},
    "store": {"base", "model", "ledger"},
    "registry": {"base", "model", "ledger", "packs", "store"},
    "agents": {"base", "model", "ledger", "packs"},
    "simulate": {"base", "model", "packs", "agents"},
    "collector": {"base", "model", "ledger", "packs", "store"},
    "evaluator": {"base", "model", "ledger", "packs", "registry", "store"},
    "evidence": {"base", "model", "ledger", "packs", "registry", "store"},
    "dashboards": {"base", "model", "registry", "store"},
}
# Single headers of a part that another folder may include, while the part itself it may not.
SEEN = {"dashboards": {"evaluator/view.h"}}
ANYTHING = ("programs", "tests")
BACKENDS = re.compile(r"^store/(sqlite|folder|postgres)/")
MAY_NAME_BACKENDS = re.compile(r"^(programs|tests|store/(sqlite|folder|postgres))/")

# (library, its headers, its home, whether any header of ours may include it). Where the last
# is False the library is slow to compile: a header that includes it is private to the .cc files of
# its own folder.
LIBRARIES = [
    ("yaml-cpp", r"^yaml-cpp/", r"^packs/", False),
    ("nlohmann-json", r"^nlohmann/", r"^base/json\.cc$", False),
    ("OpenSSL's TLS", r"^openssl/(ssl|x509|x509v3|err|pem)\.h$",
     r"^(agents|collector)/|^base/crypto\.cc$", False),
    ("OpenSSL", r"^openssl/",
     r"^base/(crypto|hash_stream)\.cc$|^(agents|collector)/[a-z_]*tls[a-z_]*\.cc$", False),
    ("Asio", r"^boost/", r"^(agents|collector)/|^cmake/asio\.cc$", False),
    ("SQLite", r"^sqlite3\.h$", r"^(store/sqlite|agents)/", True),
    ("protobuf", r"^google/protobuf/|\.pb\.h$", r"^model/wire/", False),
    ("cpp-httplib", r"^httplib\.h$", r"^dashboards/portal/", False),
    ("prometheus-cpp", r"^prometheus/", r"_metrics\.(h|cc)$|^dashboards/portal/", True),
    ("CLI11", r"^CLI/", r"^agents/(main|cli[a-z_]*)\.cc$|^programs/", True),
    ("the date library", r"^date/", r"^programs/plumb_rules_calendar\.cc$", False),
    ("libsodium", r"^sodium", r"^base/(password|crypto)\.cc$", False),
    ("spdlog", r"^spdlog/", r"^base/log\.cc$", False),
]


def layers(files):
    findings = []
    for path, text in files.items():
        folder = path.split("/")[0]
        if not project.is_cpp(path) or (folder not in LAYERS and folder not in ANYTHING):
            continue
        for line, name, mark in project.includes(text):
            target = name.split("/")[0]
            if mark != '"' or name.endswith(".pb.h"):
                continue
            if BACKENDS.match(name) and not MAY_NAME_BACKENDS.match(path):
                findings.append(f"{path}:{line}: includes {name}: a store backend is included by "
                                "programs, tests and backends alone")
            elif name in SEEN.get(folder, set()):
                continue
            elif folder in LAYERS and target != folder and target not in LAYERS[folder]:
                allowed = ", ".join(sorted(LAYERS[folder] | SEEN.get(folder, set()))) or "nothing"
                findings.append(f"{path}:{line}: includes {name}: {folder}/ may include {allowed}")
    return findings


def libraries(files):
    findings = []
    for path, text in files.items():
        if not project.is_cpp(path) or project.is_test(path):
            continue
        for line, name, _ in project.includes(text):
            rules = [rule for rule in LIBRARIES if re.search(rule[1], name)]
            if not rules:
                continue
            library, _, home, in_headers = rules[0]
            if not re.search(home, path):
                findings.append(f"{path}:{line}: includes {name}: {library} stays inside {home}")
            elif path.endswith(".h") and not in_headers:
                findings += [f"{user}:{at}: includes {path}, which brings in {name}: {library} is "
                             "slow to compile; declare what is needed"
                             for user, at in users_outside(files, path)]
    return findings


def users_outside(files, header):
    """(path, line) of each include of a header that is not by a .cc file of its folder."""
    folder = header.rpartition("/")[0]
    return [(path, line) for path, text in files.items()
            if project.is_cpp(path) and not project.is_test(path)
            and not (path.endswith(".cc") and path.rpartition("/")[0] == folder)
            for line, name, _ in project.includes(text) if name == header]
