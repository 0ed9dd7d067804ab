# SPDX-License-Identifier: Apache-2.0
import os
import unittest

import form
import project


class LicenceTest(unittest.TestCase):
    def test_project(self):
        project.expect_none(self, form.licence_lines(project.texts()))

    def test_finds_a_file_without(self):
        self.assertEqual(len(form.licence_lines({"base/a.h": "#ifndef A\n"})), 1)
        self.assertEqual(len(form.licence_lines({"dashboards/web/a.vue": "<template />\n"})), 1)
        self.assertEqual(len(form.licence_lines({"script/a": "#!/bin/sh\necho\n"})), 1)
        self.assertEqual(form.licence_lines({"base/a.h": f"// {form.SPDX}\n"}), [])


class GuardTest(unittest.TestCase):
    def test_project(self):
        project.expect_none(self, form.include_guards(project.texts()))

    def test_finds_a_wrong_and_a_missing_guard(self):
        self.assertEqual(form.guard_of("model/wire/batch.h"), "PLUMBLINE_MODEL_WIRE_BATCH_H_")
        self.assertEqual(len(form.include_guards({"base/a.h": "int a;\n"})), 1)
        wrong = "#ifndef A_H\n#define A_H\n#endif  // A_H\n"
        self.assertEqual(len(form.include_guards({"base/a.h": wrong})), 1)
        right = wrong.replace("A_H", "PLUMBLINE_BASE_A_H_")
        self.assertEqual(form.include_guards({"base/a.h": right}), [])


class ScriptsTest(unittest.TestCase):
    def test_project(self):
        modes = {path: (text, os.access(project.ROOT / path, os.X_OK))
                 for path, text in project.texts().items()}
        project.expect_none(self, form.scripts(modes))

    def test_finds_what_cannot_be_run(self):
        shell = "#!/usr/bin/env bash\nset -euo pipefail\n"
        self.assertEqual(form.scripts({"script/a": (shell, True)}), [])
        self.assertEqual(len(form.scripts({"script/a": (shell, False)})), 1)
        self.assertEqual(len(form.scripts({"script/a": ("echo\n", False)})), 1)
        self.assertEqual(len(form.scripts({"base/a.h": ("int a;\n", True)})), 1)
        self.assertEqual(len(form.scripts({"script/a": ("#!/usr/bin/env bash\n", True)})), 1)


class ReadmesTest(unittest.TestCase):
    def test_project(self):
        project.expect_none(self, form.readmes(project.paths()))

    def test_finds_folders_without(self):
        self.assertEqual(form.readmes(["README.md", "base/a.h", "store/README.md",
                                       "store/sqlite/a.cc", "tests/README.md",
                                       "tests/packs/README.md", "tests/packs/data/x/y.yaml",
                                       ".ci/run"]),
                         ["base: has no README.md", "store/sqlite: has no README.md"])


class LinksTest(unittest.TestCase):
    def test_project(self):
        project.expect_none(self, form.links(project.texts(), project.paths()))

    def test_finds_a_dead_link(self):
        files = {"docs/a.md": "[b](b.md) [x](../base/x.h) [w](https://example.org/)\n",
                 "docs/b.md": "\n[a](a.md#part) [base](../base/) [gone](gone.md)\n"}
        self.assertEqual(form.links(files, [*files, "base/x.h"]),
                         ["docs/b.md:2: the link leads to docs/gone.md, which is not there"])


if __name__ == "__main__":
    unittest.main()
