# SPDX-License-Identifier: Apache-2.0
import glob
import subprocess
import unittest

import project
import promql

PROMETHEUS = project.ROOT / "dashboards" / "prometheus"


def files():
    """The project's texts and its dashboards, which are generated JSON."""
    found = dict(project.texts())
    for path in project.paths():
        if promql.DASHBOARDS.search(path):
            found[path] = (project.ROOT / path).read_text(encoding="utf-8")
    return found


def promtool(*arguments):
    return subprocess.run(["promtool", *map(str, arguments)], cwd=PROMETHEUS,
                          capture_output=True, text=True, check=False)


class PromqlTest(unittest.TestCase):
    def test_project(self):
        project.expect_none(self, promql.promql(files()))

    def test_every_alert_has_texts_and_tests(self):
        tests = [path.read_text(encoding="utf-8") for path in PROMETHEUS.glob("tests/*.yml")]
        self.assertGreater(len(tests), 1)
        project.expect_none(self, promql.alerts(files(), tests))

    def test_finds_answers_without_data(self):
        for query in ["vector(1)", "a or vector(0)", "sum(a) or on() vector(0)", "1", "time()",
                      "a or 0", "(a or (1 + 2))", "0 or a", "sum(a or time())", "a or on () b",
                      "a or scalar(1) or b", "max(1 or a, b)", "1 - 1 or on (x) a",
                      '{__name__=~"a.*"}', "a or on (b) time()"]:
            with self.subTest(query):
                self.assertNotEqual(promql.problems(query), [])

    def test_lets_queries_of_series_be(self):
        for query in ["a", "a or b", "sum by (or) (a) or on (x) b", 'rate(a{x="or 0"}[5m]) > 0',
                      "a unless on (job, instance) b <= on (job) max_over_time(b[1d] offset 1h)",
                      "time() - a", "quantile(0.5, a)", "a or (b * 100)", "clamp_min(a - b, 0)",
                      'a{city=~"$city", county="${county}"} / 2', "rate(a[$__rate_interval])",
                      "# a or 0\na", 'count_values without (x) ("band", floor(a / 10) * 10)']:
            with self.subTest(query):
                self.assertEqual(promql.problems(query), [])

    def test_names_the_metrics(self):
        self.assertEqual(
            promql.metrics('sum by (x) (rate(a_total{b="c"}[5m] offset 1d)) / on (y) '
                           "group_left (z) l:d:avg > bool 0.5"), ["a_total", "l:d:avg"])

    def test_finds_metrics_that_no_source_names(self):
        texts = {"base/a.cc": '// "plumbline_c_total"\nName("plumbline_a_total")',
                 "tests/a.cc": '"plumbline_b_total"',
                 "dashboards/prometheus/rules/r.yml":
                     "groups:\n  - name: g\n    rules:\n      - record: l:a:rate\n"
                     "        expr: rate(plumbline_a_total[5m])\n"
                     "      - alert: B\n        expr: |\n          plumbline_b_total\n"
                     "            > l:a:rate\n"
                     "      - alert: C\n        expr: plumbline_c_total > 0\n"}
        self.assertEqual(promql.promql(texts), [
            "dashboards/prometheus/rules/r.yml: 6: B: no source names the metric "
            "plumbline_b_total",
            "dashboards/prometheus/rules/r.yml: 10: C: no source names the metric "
            "plumbline_c_total"])

    def test_reads_every_query_of_a_dashboard(self):
        board = ('{"title": "d", "panels": [{"title": "p", "targets": [{"expr": "a"}], "panels": '
                 '[{"title": "q", "targets": [{"expr": "b or 0"}]}]}], "templating": {"list": ['
                 '{"type": "query", "name": "v", "query": {"query": "label_values(c{x=\\"1\\"}, '
                 'city)"}}, {"type": "query", "name": "w", "query": "label_values(d, x)"}, '
                 '{"type": "query", "name": "x", "query": "query_result(e * f)"}]}}')
        path = "dashboards/grafana/provisioning/dashboards/x.json"
        self.assertEqual([query for _, _, query in promql.queries({path: board})],
                         ["a", "b or 0", 'c{x="1"}', "d", "e * f"])
        self.assertEqual(len(promql.promql({path: board})), 7)

    def test_finds_an_alert_without_text_or_test(self):
        path = "dashboards/prometheus/rules/r.yml"
        rule = ("      - alert: A\n        expr: up == 0\n        annotations:\n"
                '          summary_zh: "甲"\n          summary_en: "a"\n'
                '          description_zh: "甲"\n          description_en: "a"\n')
        fires = "tests:\n  - name: x\n      alertname: A\n      exp_alerts:\n"
        quiet = "  - name: y\n      alertname: A\n"
        self.assertEqual(promql.alerts({path: rule}, [fires + quiet]), [])
        self.assertEqual(len(promql.alerts({path: rule}, [fires])), 1)
        self.assertEqual(len(promql.alerts({path: rule}, [quiet])), 1)
        self.assertEqual(len(promql.alerts({path: rule.replace("summary_zh", "x")},
                                           [fires + quiet])), 1)


class PromtoolTest(unittest.TestCase):
    def test_configuration_and_rules_are_accepted(self):
        done = promtool("check", "config", "prometheus.yml")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("2 rule files found", done.stdout + done.stderr)

    def test_rules_answer_as_their_tests_say(self):
        tests = sorted(glob.glob("tests/*.yml", root_dir=PROMETHEUS))
        done = promtool("test", "rules", *tests)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
