# SPDX-License-Identifier: Apache-2.0
import unittest

import project
import traps


class TrapsTest(unittest.TestCase):
    def test_project(self):
        project.expect_none(self, traps.traps(project.texts()))

    def test_finds_each_trap(self):
        samples = ["auto t = std::chrono::steady_clock::now();", "time_t t = time(nullptr);",
                   "double x;", "spawn(f(), asio::detached);", "int x = rand();", "assert(x);"]
        for sample in samples:
            with self.subTest(sample):
                self.assertEqual(len(traps.traps({"evaluator/a.cc": f"\n{sample}\n"})), 1)

    def test_finds_a_sleeping_test(self):
        text = "std::this_thread::sleep_for(x);\n"
        self.assertEqual(len(traps.traps({"tests/store/a_test.cc": text})), 1)

    def test_lets_the_clock_read_the_time_and_comments_speak(self):
        self.assertEqual(traps.traps({"base/clock.cc": "system_clock::now();\n",
                                      "base/a.cc": '// now()\nauto s = "now()";\n'}), [])


class CoAwaitTest(unittest.TestCase):
    def test_project(self):
        project.expect_none(self, traps.co_await(project.texts()))

    def test_finds_lambdas_aggregates_and_lists(self):
        for call in ["f([x] { return x; })", "f(Options{1})", "f({.a = 1})", "f(\n    {1})"]:
            with self.subTest(call):
                found = traps.co_await({"a.cc": f"\nco_await {call};\n"})
                self.assertEqual(len(found), 1)
                self.assertTrue(found[0].startswith("a.cc:2:"))

    def test_lets_names_pass(self):
        self.assertEqual(traps.co_await({"a.cc": "auto a = co_await f(std::move(b)); int c[2];\n"
                                                 "// co_await f({1});\n"}), [])


if __name__ == "__main__":
    unittest.main()
