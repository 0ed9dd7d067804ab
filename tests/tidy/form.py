# SPDX-License-Identifier: Apache-2.0
"""The form of files and folders: licence lines, include guards, scripts, a README each."""

import posixpath
import re

import project

SPDX = "SPDX-License-Identifier: Apache-2.0"
_NEEDS_SPDX = re.compile(
    r"\.(cc|h|py|proto|cmake|sql|yaml|yml|ts|vue|mjs|css)$"
    r"|(^|/)CMakeLists\.txt$|^\.clang-(format|tidy)$")


def licence_lines(files):
    findings = []
    for path, text in files.items():
        # Rule packs are data with a README that names their licence, and inputs of tests are bytes
        # that a test counts on.
        if not (_NEEDS_SPDX.search(path) or text.startswith("#!")):
            continue
        if re.search(r"^(tests|rules)/.*\.(yaml|yml)$", path):
            continue
        lines = text.splitlines()
        first = lines[1] if lines and lines[0].startswith("#!") and len(lines) > 1 else \
            (lines[0] if lines else "")
        if SPDX not in first:
            findings.append(f"{path}:1: the first line must hold \"{SPDX}\"")
    return findings


def guard_of(path):
    return "PLUMBLINE_" + re.sub(r"[^A-Z0-9]", "_", path.upper()) + "_"


def include_guards(files):
    findings = []
    for path, text in files.items():
        if not path.endswith(".h"):
            continue
        guard = guard_of(path)
        if f"#ifndef {guard}\n#define {guard}\n" not in text or \
                not text.rstrip().endswith(f"#endif  // {guard}"):
            findings.append(f"{path}:1: the include guard must be {guard}, named again after "
                            "#endif")
    return findings


def scripts(modes):
    """`modes` is {path: (text, is executable)}."""
    findings = []
    for path, (text, executable) in modes.items():
        wants = text.startswith("#!")
        if wants and not executable:
            findings.append(f"{path}:1: a script that is not executable")
        if not wants and (executable or re.match(r"^(script|\.ci)/[^.]+$", path)):
            findings.append(f"{path}:1: must begin with #! to be run, or not be executable")
        if wants and "bash" in text.splitlines()[0] and "set -euo pipefail" not in text:
            findings.append(f"{path}:1: a shell script must set -euo pipefail")
    return findings


_NO_README = re.compile(r"(^|/)(\.|data$|testdata$|fixtures$|gen$)")


def readmes(paths):
    """Every folder of the first two levels that holds files says in a README what it is."""
    folders = {""}
    for path in paths:
        parts = path.split("/")[:-1]
        folders.update("/".join(parts[:depth]) for depth in (1, 2) if len(parts) >= depth)
    have = set(paths)
    return [f"{folder or '.'}: has no README.md" for folder in sorted(folders)
            if not _NO_README.search(folder) and f"{folder}/README.md".lstrip("/") not in have]


def links(files, paths):
    """Relative links of Markdown files lead to files or folders of the project."""
    known = set(paths)
    for path in paths:
        parts = path.split("/")
        known.update("/".join(parts[:depth]) for depth in range(1, len(parts)))
    findings = []
    for path, text in files.items():
        if not path.endswith(".md"):
            continue
        plain = re.sub(r"^```.*?^```", lambda m: "\n" * m.group(0).count("\n"), text,
                       flags=re.M | re.S)
        for match in re.finditer(r"\]\(([^)\s#]+)(#[^)]*)?\)", plain):
            if "://" in match.group(1):
                continue
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), match.group(1)))
            if target not in known:
                findings.append(f"{path}:{project.line_of(text, match.start())}: the link leads "
                                f"to {target}, which is not there")
    return findings
