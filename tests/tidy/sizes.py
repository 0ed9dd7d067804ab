# SPDX-License-Identifier: Apache-2.0
"""Long functions and files, as ratchets: today's exceptions may only shrink."""

import ast
import re

import project

MAX_FUNCTION_LINES = 70
MAX_FILE_LINES = 500
MAX_COLUMNS = 100

# {path: lines} and {"path: first words": lines}. An entry that is not needed any more is a finding
# too, so the tables only get shorter.
LONG_FILES = {}
LONG_FUNCTIONS = {}

_CONTAINER = re.compile(r"^(template\s*<.*>\s*)?(class|struct|union|enum)\b", re.S)
_BRACE_INITIALISER = re.compile(r"\)[^()]*:(?!:).*[\w>]$", re.S)


def cpp_functions(text):
    """(first line, last line, first words) of each outermost function body of C++ text."""
    code = re.sub(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", lambda m: re.sub(r"[^\n]", " ", m.group(0)),
                  project.code_only(text), flags=re.M)
    found, scopes, begin = [], [], 0
    for match in re.finditer(r"[{};]", code):
        at, mark = match.start(), match.group(0)
        inside = any(kind in ("function", "brace") for kind, _ in scopes)
        if mark == "{":
            head = code[begin:at].strip()
            if inside:
                scopes.append(("inner", 0))
            elif _BRACE_INITIALISER.search(head):
                scopes.append(("brace", begin))
                continue
            elif "namespace" in head.split() or head.startswith("extern"):
                scopes.append(("scope", 0))
            elif _CONTAINER.match(head) or ")" not in head:
                scopes.append(("scope", 0))
            else:
                start = begin + len(code[begin:at]) - len(code[begin:at].lstrip())
                scopes.append(("function", start))
        elif mark == "}" and scopes:
            kind, start = scopes.pop()
            if kind == "function":
                words = " ".join(code[start:code.index("{", start)].split())[:60]
                found.append((project.line_of(code, start), project.line_of(code, at), words))
            if kind == "brace":
                continue
        if not any(kind == "brace" for kind, _ in scopes):
            begin = at + 1
    return found


def python_functions(text):
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [(node.lineno, node.end_lineno, f"def {node.name}")
            for node in ast.walk(ast.parse(text)) if isinstance(node, kinds)]


def functions(files, known):
    findings, needed = [], set()
    for path, text in files.items():
        if not (project.is_cpp(path) or path.endswith(".py")):
            continue
        listed = cpp_functions(text) if project.is_cpp(path) else python_functions(text)
        for first, last, words in listed:
            lines = last - first + 1
            if lines <= MAX_FUNCTION_LINES:
                continue
            name = f"{path}: {words}"
            needed.add(name)
            if lines > known.get(name, MAX_FUNCTION_LINES):
                findings.append(f"{path}:{first}: a function of {lines} lines, at most "
                                f"{known.get(name, MAX_FUNCTION_LINES)} here: {words}")
    return findings + [f"{name}: not long any more: take it out of the table"
                       for name in known if name not in needed]


def file_lengths(files, known):
    findings, needed = [], set()
    for path, text in files.items():
        if not (project.is_cpp(path) or project.is_web(path) or project.is_script(path, text)):
            continue
        lines = text.count("\n")
        if lines <= MAX_FILE_LINES:
            continue
        needed.add(path)
        if lines > known.get(path, MAX_FILE_LINES):
            findings.append(f"{path}:1: {lines} lines, at most "
                            f"{known.get(path, MAX_FILE_LINES)} here")
    return findings + [f"{path}: not long any more: take it out of the table"
                       for path in known if path not in needed]


def columns(files):
    findings = []
    for path, text in files.items():
        if not (project.is_cpp(path) or project.is_web(path) or project.is_script(path, text)
                or path.endswith((".cmake", "CMakeLists.txt", ".proto", ".sql"))):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if len(line) > MAX_COLUMNS:
                findings.append(f"{path}:{number}: {len(line)} columns, at most {MAX_COLUMNS}")
            if line != line.rstrip():
                findings.append(f"{path}:{number}: white space at the end of the line")
            if "\t" in line and not path.endswith((".sql",)):
                findings.append(f"{path}:{number}: a tab")
    return findings
