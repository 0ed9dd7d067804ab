# SPDX-License-Identifier: Apache-2.0
import unittest

import fences
import project


class LayersTest(unittest.TestCase):
    def test_project(self):
        project.expect_none(self, fences.layers(project.texts()))

    def test_finds_an_upward_include(self):
        found = fences.layers({"base/a.h": '#include "model/ids.h"\n'})
        self.assertEqual(found, ["base/a.h:1: includes model/ids.h: base/ may include nothing"])

    def test_finds_collector_and_evaluator_meeting(self):
        self.assertTrue(fences.layers({"collector/a.cc": '#include "evaluator/standard.h"\n'}))
        self.assertTrue(fences.layers({"evaluator/a.cc": '#include "collector/session.h"\n'}))

    def test_finds_a_backend_outside_programs_and_tests(self):
        text = '#include "base/result.h"\n#include "store/sqlite/reader.h"\n'
        self.assertEqual(len(fences.layers({"evaluator/a.cc": text})), 1)
        self.assertEqual(len(fences.layers({"store/a.cc": text})), 1)
        self.assertEqual(fences.layers({"programs/a.cc": text, "tests/store/a_test.cc": text,
                                        "store/sqlite/a.cc": text}), [])

    def test_lets_the_portal_see_the_evaluators_view_alone(self):
        view, engine = '#include "evaluator/view.h"\n', '#include "evaluator/engine.h"\n'
        self.assertEqual(fences.layers({"dashboards/portal/a.cc": view}), [])
        self.assertEqual(len(fences.layers({"dashboards/portal/a.cc": engine})), 1)
        self.assertEqual(len(fences.layers({"collector/a.cc": view})), 1)

    def test_passes_over_comments(self):
        self.assertEqual(fences.layers({"base/a.h": '// #include "model/ids.h"\n'}), [])


class LibrariesTest(unittest.TestCase):
    def test_project(self):
        project.expect_none(self, fences.libraries(project.texts()))

    def test_finds_each_library_outside_its_home(self):
        headers = ["yaml-cpp/yaml.h", "nlohmann/json.hpp", "openssl/evp.h", "openssl/ssl.h",
                   "boost/asio.hpp", "sqlite3.h", "google/protobuf/message_lite.h",
                   "model/wire/batch.pb.h", "httplib.h", "prometheus/counter.h", "CLI/CLI.hpp",
                   "spdlog/spdlog.h", "sodium.h"]
        for header in headers:
            with self.subTest(header):
                self.assertEqual(
                    len(fences.libraries({"evaluator/a.cc": f"#include <{header}>\n"})), 1)

    def test_finds_a_slow_library_that_leaves_its_folder(self):
        files = {"packs/a.h": "#include <yaml-cpp/yaml.h>\n",
                 "packs/a.cc": '#include "packs/a.h"\n'}
        self.assertEqual(fences.libraries(files), [])
        files["packs/b.h"] = '#include "packs/a.h"\n'
        files["evaluator/c.cc"] = '\n#include "packs/a.h"\n'
        self.assertEqual([text.split(": ")[0] for text in fences.libraries(files)],
                         ["packs/b.h:1", "evaluator/c.cc:2"])

    def test_lets_each_library_be_at_home(self):
        self.assertEqual(fences.libraries({
            "collector/tls.cc": "#include <openssl/evp.h>\n#include <openssl/ssl.h>\n",
            "store/ledger_metrics.h": "#include <prometheus/counter.h>\n",
            "programs/plumb.cc": "#include <CLI/CLI.hpp>\n",
            "base/json.cc": "#include <nlohmann/json.hpp>\n"}), [])


if __name__ == "__main__":
    unittest.main()
