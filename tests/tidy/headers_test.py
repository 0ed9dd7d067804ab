# SPDX-License-Identifier: Apache-2.0
"""Every header compiles alone, so that no file depends on what another one happens to include.

Each header becomes a source of one line, compiled through ccache where that is installed: a second
run costs little. Headers made from .proto files come from the debug build.
"""

import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import project

FLAGS = ["-std=c++20", "-O0", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror", "-c",
         "-DBOOST_ASIO_SEPARATE_COMPILATION", "-DBOOST_ASIO_NO_DEPRECATED",
         "-DBOOST_ASIO_DISABLE_BOOST_COROUTINE", f'-DPLUMBLINE_SOURCE_DIR="{project.ROOT}"',
         '-DPLUMBLINE_VERSION="0"']
COMPILER = (["ccache"] if shutil.which("ccache") else []) + ["g++"]


def compile_alone(root, header, work):
    """What the compiler says against a header; empty when it compiles."""
    stub = pathlib.Path(work) / (header.replace("/", "_") + ".cc")
    text = f'#include "{header}"\n'
    if not stub.exists() or stub.read_text(encoding="utf-8") != text:
        stub.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [*COMPILER, *FLAGS, f"-I{root}", f"-I{project.ROOT}",
         "-isystem", str(project.ROOT / "build" / "debug" / "gen"), str(stub), "-o",
         str(stub.with_suffix(".o"))],
        cwd=work, capture_output=True, text=True, check=False)
    return f"{header} does not compile alone:\n{done.stderr}" if done.returncode else ""


class HeadersTest(unittest.TestCase):
    def test_project(self):
        work = project.ROOT / "build" / "tidy"
        work.mkdir(parents=True, exist_ok=True)
        headers = [path for path in project.paths() if path.endswith(".h")]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            found = pool.map(lambda header: compile_alone(project.ROOT, header, work), headers)
            project.expect_none(self, [text for text in found if text])

    def test_finds_a_header_that_leans_on_others(self):
        with tempfile.TemporaryDirectory() as folder:
            bad = pathlib.Path(folder) / "bad.h"
            bad.write_text("inline std::string f() { return {}; }\n", encoding="utf-8")
            self.assertIn("bad.h does not compile alone", compile_alone(folder, "bad.h", folder))
            bad.write_text("#include <string>\n" + bad.read_text(encoding="utf-8"),
                           encoding="utf-8")
            self.assertEqual(compile_alone(folder, "bad.h", folder), "")


if __name__ == "__main__":
    unittest.main()
