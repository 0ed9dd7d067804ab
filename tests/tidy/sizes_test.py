# SPDX-License-Identifier: Apache-2.0
import unittest

import project
import sizes


def cpp_function(lines):
    return "int f(int x) {\n" + "  x += 1;\n" * (lines - 2) + "}\n"


class FunctionsTest(unittest.TestCase):
    def test_project(self):
        project.expect_none(self, sizes.functions(project.texts(), sizes.LONG_FUNCTIONS))

    def test_finds_a_long_function(self):
        self.assertEqual(sizes.functions({"a.cc": "\n" + cpp_function(71)}, {}),
                         ["a.cc:2: a function of 71 lines, at most 70 here: int f(int x)"])
        self.assertEqual(sizes.functions({"a.cc": cpp_function(70)}, {}), [])

    def test_finds_one_in_a_class_in_a_namespace(self):
        text = "namespace a {\nclass B {\n public:\n" + cpp_function(80) + "};\n}\n"
        self.assertEqual(len(sizes.functions({"a.h": text}, {})), 1)

    def test_reads_constructors_with_braces_in_their_initialisers(self):
        text = "A::A(int x)\n    : a_{x},\n      b_{x} {\n" + "  f();\n" * 80 + "}\n"
        self.assertEqual(len(sizes.functions({"a.cc": text}, {})), 1)
        short = "A::A(int x)\n    : a_{x} {\n  f();\n}\n" + "int a;\n" * 80
        self.assertEqual(sizes.functions({"a.cc": short}, {}), [])

    def test_is_not_fooled_by_strings_comments_and_tables(self):
        text = ('const char* a = "{";  // {\n/* { */ char b = \'{\';\n'
                "const int table[] = {\n" + "  1,\n" * 80 + "};\n" + cpp_function(10))
        self.assertEqual(sizes.functions({"a.cc": text}, {}), [])

    def test_finds_a_long_python_function(self):
        text = "def f():\n" + "    g()\n" * 71
        self.assertEqual(len(sizes.functions({"a.py": text}, {})), 1)

    def test_ratchet_only_shrinks(self):
        known = {"a.cc: int f(int x)": 80}
        self.assertEqual(sizes.functions({"a.cc": cpp_function(80)}, known), [])
        self.assertEqual(len(sizes.functions({"a.cc": cpp_function(81)}, known)), 1)
        self.assertEqual(len(sizes.functions({"a.cc": cpp_function(20)}, known)), 1)


class FilesTest(unittest.TestCase):
    def test_project(self):
        project.expect_none(self, sizes.file_lengths(project.texts(), sizes.LONG_FILES))

    def test_finds_a_long_file_and_a_stale_entry(self):
        self.assertEqual(len(sizes.file_lengths({"a.cc": "\n" * 501}, {})), 1)
        self.assertEqual(sizes.file_lengths({"a.cc": "\n" * 500}, {}), [])
        self.assertEqual(len(sizes.file_lengths({"a.cc": "\n"}, {"a.cc": 600})), 1)


class ColumnsTest(unittest.TestCase):
    def test_project(self):
        project.expect_none(self, sizes.columns(project.texts()))

    def test_counts_characters_not_bytes(self):
        self.assertEqual(sizes.columns({"a.cc": "网" * 100 + "\n"}), [])
        self.assertEqual(sizes.columns({"a.cc": "x\n" + "网" * 101 + "\n"}),
                         ["a.cc:2: 101 columns, at most 100"])

    def test_reads_the_front_end(self):
        for name in ("a.ts", "a.vue", "a.mjs", "a.css"):
            self.assertEqual(len(sizes.columns({name: "x" * 101 + "\n"})), 1)
            self.assertEqual(len(sizes.file_lengths({name: "\n" * 501}, {})), 1)

    def test_finds_tabs_and_trailing_space(self):
        self.assertEqual(len(sizes.columns({"a.cc": "\tx\ny \n"})), 2)


if __name__ == "__main__":
    unittest.main()
