# SPDX-License-Identifier: Apache-2.0
"""The project's files as the checks see them.

A check is a function from {path: text} to a list of findings "path:line: sentence". So each check
runs on the project itself and, in its test, on a few made-up files that break its rule.
"""

import functools
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

CPP = (".cc", ".h")
WEB = (".ts", ".vue", ".mjs", ".css")
# Data, and what other people wrote.
NOT_OURS = re.compile(r"(^|/)(data|testdata)/|^LICENSE$|\.(gz|png|csv|json|bin|db)$")


@functools.cache
def paths():
    """Every file that is or would be committed, with '/' and sorted."""
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"],
                            cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return sorted(path for path in listed.splitlines() if (ROOT / path).is_file())


@functools.cache
def texts():
    """{path: text} of every file that is ours to write."""
    return {path: (ROOT / path).read_text(encoding="utf-8")
            for path in paths() if not NOT_OURS.search(path)}


def is_cpp(path):
    return path.endswith(CPP)


def is_web(path):
    return path.endswith(WEB)


def is_test(path):
    return path.startswith("tests/")


def is_script(path, text):
    """Shell or Python, by name or by first line."""
    return path.endswith(".py") or text.startswith("#!")


def expect_none(test, findings):
    """Fails a test with one finding a line."""
    if findings:
        test.fail(f"{len(findings)} findings\n" + "\n".join(findings))


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


_TOKEN = re.compile(
    r'R"(?P<mark>[^()\s\\]{0,16})\((?:.|\n)*?\)(?P=mark)"'   # raw string
    r'|"(?:\\.|[^"\\\n])*"'                                   # string
    r"|(?<![0-9a-zA-Z_])'(?:\\.|[^'\\\n])+'"                  # character, not a digit separator
    r"|//[^\n]*"                                              # comments
    r"|/\*(?:.|\n)*?\*/")


def _blank(keep):
    def replace(match):
        token = match.group(0)
        if keep(token):
            return token
        return re.sub(r"[^\n]", " ", token)
    return replace


def without_comments(text):
    """C++ with comments blanked, every line and column in its place."""
    return _TOKEN.sub(_blank(lambda token: not token.startswith(("//", "/*"))), text)


def code_only(text):
    """C++ with comments, strings and characters blanked."""
    return _TOKEN.sub(_blank(lambda token: False), text)


def includes(text):
    """(line, name, "<" or '"') of each #include."""
    found = re.finditer(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', without_comments(text),
                        re.M)
    return [(line_of(text, match.start()), match.group(2), match.group(1)) for match in found]
