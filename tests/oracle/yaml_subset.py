# SPDX-License-Identifier: Apache-2.0
"""The part of YAML that pack files use: block and flow maps and lists, scalars on one line
and folded ones (`>-`).

Everything else (anchors, tags, literal scalars, several documents) is refused, and never guessed.
A scalar becomes a Scalar: its text, and whether it stood in quotes.
"""

import re


class YamlError(Exception):
    """The text is not of the subset."""


class Scalar(str):
    """The text of a scalar. Quoted ones are texts; plain ones may be numbers or words."""

    quoted = False


def scalar(text, quoted):
    value = Scalar(text)
    value.quoted = quoted
    return value


ESCAPES = {'"': '"', "\\": "\\", "n": "\n", "t": "\t", "/": "/"}


def quoted_end(text, at):
    """(value, position behind) of the quoted scalar that begins at `at`."""
    quote, out, i = text[at], [], at + 1
    while i < len(text):
        letter = text[i]
        if quote == "'" and text[i:i + 2] == "''":
            out.append("'")
            i += 2
        elif letter == quote:
            return scalar("".join(out), True), i + 1
        elif quote == '"' and letter == "\\":
            if text[i + 1] not in ESCAPES:
                raise YamlError(f"escape \\{text[i + 1]}")
            out.append(ESCAPES[text[i + 1]])
            i += 2
        else:
            out.append(letter)
            i += 1
    raise YamlError("a quoted scalar does not end on its line")


def plain(text):
    if text[:1] in "&*!|>%@`?" and text not in ("?",):
        raise YamlError(f"not of the subset: {text}")
    return None if text in ("", "~", "null") else scalar(text, False)


def without_comment(line):
    quote = None
    for i, letter in enumerate(line):
        if quote:
            if letter == "\\" and quote == '"':
                continue
            quote = None if letter == quote and line[i - 1] != "\\" else quote
        elif letter in "'\"" and re.search(r"(^|[\s\[{,:-])$", line[:i]):
            quote = letter
        elif letter == "#" and (i == 0 or line[i - 1] in " \t"):
            return line[:i]
    return line


class Flow:
    """Reads `{...}` and `[...]`."""

    def __init__(self, text):
        self.text = text
        self.at = 0

    def skip(self):
        while self.at < len(self.text) and self.text[self.at] in " \n":
            self.at += 1

    def peek(self):
        self.skip()
        if self.at >= len(self.text):
            raise YamlError("a flow collection does not end")
        return self.text[self.at]

    def value(self, closing):
        letter = self.peek()
        if letter == "{":
            return self.collection("}", {})
        if letter == "[":
            return self.collection("]", [])
        if letter in "'\"":
            found, self.at = quoted_end(self.text, self.at)
            return found
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in ",[]{}":
            if self.text[self.at] == ":" and self.text[self.at + 1:self.at + 2] in (" ", ""):
                break
            self.at += 1
        if self.at >= len(self.text) and closing:
            raise YamlError("a flow collection does not end")
        return plain(self.text[start:self.at].strip())

    def collection(self, closing, out):
        self.at += 1
        while self.peek() != closing:
            item = self.value(closing)
            if isinstance(out, list):
                out.append(item)
            else:
                if self.peek() != ":":
                    raise YamlError("a key without a value")
                self.at += 1
                put(out, item, self.value(closing))
            if self.peek() == ",":
                self.at += 1
        self.at += 1
        return out


def put(out, key, value):
    if key in out:
        raise YamlError(f"the key {key} stands twice")
    out[str(key)] = value


KEY = re.compile(r"(?P<key>[A-Za-z0-9_./-]+|\"[^\"]*\"|'[^']*'):(?= |$)")


class Block:
    """Reads the lines of a document."""

    def __init__(self, text):
        self.lines = []
        for line in text.lstrip("\ufeff").split("\n"):
            line = without_comment(line).rstrip()
            if "\t" in line or line.startswith(("---", "...", "%")):
                raise YamlError(f"not of the subset: {line}")
            if line.strip():
                self.lines.append((len(line) - len(line.lstrip(" ")), line.strip()))
        self.at = 0

    def node(self, indent):
        """The value of the lines from here on that are indented by `indent`."""
        text = self.lines[self.at][1]
        if text == "-" or text.startswith("- "):
            return self.sequence(indent)
        if KEY.match(text):
            return self.mapping(indent)
        self.at += 1
        return self.inline(text)

    def inline(self, text):
        if text[0] in "{[":
            while True:
                flow = Flow(text)
                try:
                    found = flow.value(None)
                    break
                except YamlError:
                    if self.at >= len(self.lines):
                        raise
                    text += " " + self.lines[self.at][1]
                    self.at += 1
            if flow.text[flow.at:].strip():
                raise YamlError(f"behind the collection: {text}")
            return found
        if text[0] in "'\"":
            found, end = quoted_end(text, 0)
            if text[end:].strip():
                raise YamlError(f"behind the quotes: {text}")
            return found
        if ": " in text:
            raise YamlError(f"a plain scalar with ': ': {text}")
        return plain(text)

    def sequence(self, indent):
        out = []
        while self.at < len(self.lines):
            depth, text = self.lines[self.at]
            if depth != indent or not (text == "-" or text.startswith("- ")):
                break
            rest = text[1:].lstrip(" ")
            if rest:
                self.lines[self.at] = (indent + len(text) - len(rest), rest)
                out.append(self.node(indent + len(text) - len(rest)))
            else:
                self.at += 1
                out.append(self.below(indent))
        return out

    def below(self, indent):
        if self.at < len(self.lines) and self.lines[self.at][0] > indent:
            return self.node(self.lines[self.at][0])
        return None

    def folded(self, indent):
        """The lines of a folded scalar, joined; its final newline matters to no rule."""
        parts = []
        while self.at < len(self.lines) and self.lines[self.at][0] > indent:
            parts.append(self.lines[self.at][1])
            self.at += 1
        return scalar(" ".join(parts), True)

    def mapping(self, indent):
        out = {}
        while self.at < len(self.lines) and self.lines[self.at][0] == indent:
            text = self.lines[self.at][1]
            key = KEY.match(text)
            if not key:
                raise YamlError(f"not a key: {text}")
            rest = text[key.end():].strip()
            self.at += 1
            if rest in (">", ">-"):
                value = self.folded(indent)
            elif rest:
                value = self.inline(rest)
            elif self.at < len(self.lines) and self.lines[self.at][0] == indent and \
                    self.lines[self.at][1].startswith("-"):
                value = self.sequence(indent)
            else:
                value = self.below(indent)
            put(out, key["key"].strip("'\""), value)
        return out


def load(text):
    block = Block(text)
    if not block.lines:
        return None
    found = block.node(block.lines[0][0])
    if block.at != len(block.lines):
        raise YamlError(f"not of the subset: {block.lines[block.at][1]}")
    return found
