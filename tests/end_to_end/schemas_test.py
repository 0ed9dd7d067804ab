# SPDX-License-Identifier: Apache-2.0
"""docs/schemas against what `plumb rules check` reads: the same keys, and nothing that is right
refused. What the checks see and a schema cannot (names, sums, order, expressions) is listed."""

import functools
import json
import re
import shutil
import unittest

import support
import yaml
from jsonschema import Draft202012Validator
from support import network

ROOT = support.ROOT
SCHEMAS = ROOT / "docs" / "schemas"
PACKS = sorted(path.parent for path in (ROOT / "rules").glob("*/pack.yaml"))
FIXTURES = ROOT / "tests" / "evaluator" / "data"
FRAMES = ROOT / "tests" / "packs" / "data"
KINDS = {"pack.yaml": "pack", "events.yaml": "events", "calendar.yaml": "calendar",
         "integrity.yaml": "integrity", "standards": "standard", "targets": "target",
         "tests": "tests", "import": "import"}
# Bad fixtures that only the checks can tell: they lie in names, sums, order, expressions, other
# files, or in the YAML itself.
BEYOND_A_SCHEMA = set("""
    bands_bounded bands_descend bands_flat bands_gap bands_overlap bands_rising_without_met_at
    bands_up_and_down bands_without_full_points count_below_zero date_before_calendar
    dated_by_overdue dated_is_no_date dates dates_backward dates_equal dates_reversed
    decimals_of_count distinct_attribute distinct_is_no_place distinct_is_the_fact
    distinct_of_number duplicate_ids duplicate_weight expression_in_quotes expression_name
    expression_type grades_ascend grades_without_zero indicator_level_missing
    known_before_deadline linear_flat met_at_outside overdue_of_type_without_due
    requires_attribute share_against_hours share_against_percent_bands unit_missing units_level
    units_of_the_network value_type vetoes_of_network weights_100_01 weights_99 where_attribute
    where_date where_level where_withdrawn where_word years
""".split())


class Core(yaml.SafeLoader):
    """Scalars as YAML 1.2 and editors read them: a date is text."""


Core.yaml_implicit_resolvers = {}
for tag, pattern, first in (("null", r"~|null|", "~n\0"), ("bool", r"true|false", "tf"),
                            ("int", r"[-+]?[0-9]+", "-+0123456789"),
                            ("float", r"[-+]?[0-9]+\.[0-9]+", "-+0123456789")):
    for letter in first:
        Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"),
                                   ["" if letter == "\0" else letter])
Core.add_constructor("tag:yaml.org,2002:int",
                     lambda loader, node: int(loader.construct_scalar(node)))


@functools.cache
def schema(kind):
    return json.loads((SCHEMAS / f"{kind}.schema.json").read_text(encoding="utf-8"))


def kind_of(path):
    """Of a file of a pack, by its path in it."""
    return KINDS[path.parts[0]]


def problems(kind, text):
    errors = Draft202012Validator(schema(kind)).iter_errors(yaml.load(text, Core))
    return [f"{error.json_path}: {error.message[:200]}" for error in errors]


def files_of(pack):
    for path in sorted(pack.rglob("*.yaml")):
        if path.name != "simulation.yaml":
            yield path.relative_to(pack)


def closed_maps(node):
    """All schemas of maps whose keys are known."""
    if isinstance(node, dict):
        if node.get("additionalProperties") is False:
            yield node
        for value in node.values():
            yield from closed_maps(value)
    elif isinstance(node, list):
        for value in node:
            yield from closed_maps(value)


class Walk:
    """Goes through a composed file beside its schema."""

    def __init__(self, kind, text):
        self.root = schema(kind)
        self.text = text
        self.node = yaml.compose(text, Core)
        self.places = {}  # id of a map's schema -> {keys that stand: node}
        self.values = {}  # (id of a map's schema, key) -> node of the value
        self.visit([self.root], self.node, yaml.load(text, Core))

    def active(self, one, instance):
        """The schemas that hold for the instance, references and conditions resolved."""
        if not isinstance(one, dict):
            return
        yield one
        if "$ref" in one:
            name = one["$ref"].removeprefix("#/$defs/")
            yield from self.active(self.root["$defs"][name], instance)
        for part in one.get("allOf", []):
            yield from self.active(part, instance)
        if "if" in one:
            condition = Draft202012Validator({**one["if"], "$defs": self.root["$defs"]})
            branch = "then" if condition.is_valid(instance) else "else"
            yield from self.active(one.get(branch), instance)

    def visit(self, schemas, node, instance):
        active = [part for one in schemas for part in self.active(one, instance)]
        if isinstance(node, yaml.SequenceNode):
            items = [part["items"] for part in active if "items" in part]
            for child, value in zip(node.value, instance, strict=True):
                self.visit(items, child, value)
        elif isinstance(node, yaml.MappingNode):
            self.visit_map(active, node, instance)

    def visit_map(self, active, node, instance):
        closed = next((part for part in active if part.get("additionalProperties") is False), None)
        if closed is not None:
            standing = frozenset(key.value for key, _ in node.value)
            self.places.setdefault(id(closed), {}).setdefault(standing, node)
        for key, child in node.value:
            of_key = [part["properties"][key.value] for part in active
                      if key.value in part.get("properties", {})]
            if not of_key:
                of_key = [part["additionalProperties"] for part in active
                          if "additionalProperties" in part]
            if closed is not None:
                self.values.setdefault((id(closed), key.value), child)
            self.visit(of_key, child, instance[self.constructed(key)])

    @staticmethod
    def constructed(key):
        return int(key.value) if key.tag.endswith(":int") else key.value


def with_key(text, node, key):
    """The text with `key: 1` as the first of the map."""
    at = node.start_mark.index
    if node.flow_style:
        return text[:at + 1] + f"{key}: 1{', ' if node.value else ''}" + text[at + 1:]
    return text[:at] + f"{key}: 1\n" + " " * node.start_mark.column + text[at:]


def replaced(text, node, value):
    """The text with another value in place of the node."""
    after = node.end_mark
    rest = text[after.index:]
    if node.id != "scalar" and not node.flow_style:  # it ends where the next line's key begins
        rest = "\n" + " " * after.column + rest
    return text[:node.start_mark.index] + value + rest


class SchemasTest(support.NetworkTest):
    programs_folder = support.RELEASE

    def checked(self, pack, path, text):
        """What `plumb rules check` says of the pack with this text in place of the file."""
        folder = self.folder / pack.name
        if not folder.exists():
            shutil.copytree(pack, folder, ignore=shutil.ignore_patterns("data"))
        (folder / path).write_text(text, encoding="utf-8")
        done = network.run([self.programs.plumb, "rules", "check", folder], seconds=60,
                           check=False)
        (folder / path).write_text((pack / path).read_text(encoding="utf-8"), encoding="utf-8")
        return done.stderr if done.returncode else ""  # else they are warnings

    def test_every_file_of_every_pack_fits(self):
        kinds = set()
        for pack in (*PACKS, *(FIXTURES / name for name in ("pack", "small", "edges"))):
            for path in files_of(pack):
                with self.subTest(f"{pack.name}/{path}"):
                    text = (pack / path).read_text(encoding="utf-8")
                    self.assertEqual(problems(kind_of(path), text), [])
                    kinds.add(kind_of(path))
        self.assertEqual(kinds, set(KINDS.values()))
        self.assertEqual({path.name for path in SCHEMAS.glob("*.json")},
                         {f"{kind}.schema.json" for kind in kinds})

    def test_schemas_are_schemas_and_share_their_words(self):
        shared = {}
        for kind in KINDS.values():
            Draft202012Validator.check_schema(schema(kind))
            for name in ("title", "id", "date"):
                if name in schema(kind)["$defs"]:
                    shared.setdefault(name, []).append(schema(kind)["$defs"][name])
        for name, definitions in shared.items():
            with self.subTest(name):
                self.assertTrue(all(one == definitions[0] for one in definitions))

    def keys_read(self, pack, path, walk):
        """Schema of a map -> keys that the checks know there."""
        maps = [(of, standing, node) for of, found in walk.places.items()
                for standing, node in found.items()]
        read = {}
        for first in range(0, len(maps), 80):
            part = list(enumerate(maps[first:first + 80]))
            text = walk.text
            for number, (_, _, node) in sorted(part, key=lambda one: -one[1][2].start_mark.index):
                text = with_key(text, node, f"zzzzzz{number:03}")
            said = self.checked(pack, path, text)
            for number, (of, standing, _) in part:
                found = re.search(rf'unknown key "zzzzzz{number:03}" in [^\n]*?'
                                  r"(, which has all of its keys|, which may also have ([^\n]*))\n",
                                  said + "\n")
                self.assertIsNotNone(found, f"{path}: a map with {sorted(standing)}\n{said}")
                keys = set(found[2].split(", ")) if found[2] else set()
                read.setdefault(of, set()).update(keys, standing)
        return read

    def test_schemas_and_checks_know_the_same_keys(self):
        read = {}
        for pack in (*PACKS, FIXTURES / "pack"):
            for path in files_of(pack):
                walk = Walk(kind_of(path), (pack / path).read_text(encoding="utf-8"))
                for of, keys in self.keys_read(pack, path, walk).items():
                    read.setdefault(of, set()).update(keys)
        for kind in KINDS.values():
            for one in closed_maps(schema(kind)):
                known = {key for key, value in one["properties"].items() if value is not False}
                with self.subTest(f"{kind}: {sorted(known)}"):
                    self.assertIn(id(one), read, "no pack has such a map")
                    self.assertEqual(read[id(one)], known)

    def replacements(self, pack):
        """Each key of each kind of map once, with values of other forms and out of range."""
        seen = set()
        for path in files_of(pack):
            walk = Walk(kind_of(path), (pack / path).read_text(encoding="utf-8"))
            for key, node in walk.values.items():
                if key in seen:
                    continue
                seen.add(key)
                forms = {"sequence": ["{a: 1}", "x"], "mapping": ["[1]", "x"],
                         "scalar": ["[1]", "{a: 1}"]}[node.id]
                for value in (*forms, "~", "-1", '"x y"'):
                    yield path, key[1], value, value in forms, replaced(walk.text, node, value)

    def test_what_a_schema_refuses_the_checks_refuse(self):
        """And of a list or map where another form is wanted the other way round too."""
        pack = ROOT / "rules" / "library"
        tried = 0
        for path, key, value, is_form, text in self.replacements(pack):
            refused = problems(kind_of(path), text)
            if not refused and not is_form:
                continue
            tried += 1
            with self.subTest(f"{path}: {key}: {value}"):
                said = self.checked(pack, path, text)
                self.assertEqual(said != "", refused != [], (said, refused))
        self.assertGreater(tried, 300)

    def test_bad_fixtures(self):
        passed = set()
        for folder, kind in ((FIXTURES / "standards", "standard"), (FIXTURES / "targets", "target"),
                             *((FRAMES / name, kind) for name, kind in
                               (("pack", "pack"), ("events", "events"), ("calendar", "calendar"),
                                ("mapping", "import")))):
            self.assertTrue(folder.is_dir(), folder)
            for path in sorted(folder.glob("*.yaml")):
                try:
                    refused = bool(problems(kind, path.read_text(encoding="utf-8")))
                except (yaml.YAMLError, UnicodeDecodeError):
                    continue  # no editor gets as far as the schema
                if path.name.endswith(".good.yaml"):
                    self.assertFalse(refused, path)
                elif not refused:
                    passed.add(path.name.removesuffix(".bad.yaml"))
        self.assertEqual(passed, BEYOND_A_SCHEMA)


if __name__ == "__main__":
    unittest.main()
