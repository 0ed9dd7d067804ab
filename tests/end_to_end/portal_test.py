# SPDX-License-Identifier: Apache-2.0
"""The portal of a running plumbd: accounts through plumb, demonstration accounts, and answers of
the real evaluator against the description that the server serves."""

import json
import subprocess
import unittest
import urllib.parse

import support
from portal_client import Browser
from support import network

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def fits(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def problems(document, schema, value, place="$"):
    """What contradicts the schema: the keywords that openapi.json uses."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    names = schema.get("type", [])
    names = [names] if isinstance(names, str) else names
    if names and not any(fits(value, name) for name in names):
        return [f"{place} is {value!r:.60}, not {names}"]
    found = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{place} is {value!r:.60}, none of the words")
    if "oneOf" in schema:
        tried = [problems(document, choice, value, place) for choice in schema["oneOf"]]
        if sum(not one for one in tried) != 1:
            found += min(tried, key=len)
    if isinstance(value, dict):
        known = schema.get("properties", {})
        found += [f"{place} lacks {key}" for key in schema.get("required", []) if key not in value]
        for key, member in value.items():
            if key in known:
                found += problems(document, known[key], member, f"{place}.{key}")
            elif schema.get("additionalProperties") is False:
                found.append(f"{place} has {key}, which is not described")
    if isinstance(value, list) and "items" in schema:
        for at, item in enumerate(value):
            found += problems(document, schema["items"], item, f"{place}[{at}]")
    return found


class AccountsTest(support.NetworkTest):
    def test_from_adding_to_removing(self):
        server = self.serve()
        added = server.plumb("account", "add", "xuanwu", "--role", "city", "--unit", "320100",
                             "--name-zh", "南京市", "--reason", "city office")
        browser = Browser(server)
        self.assertEqual(browser.sign_in(account="xuanwu", password="wrong horse")[0], 401)
        status, session = browser.sign_in(account="xuanwu", password=support.made_password(added))
        self.assertEqual((status, session["role"], session["scope"]["unit"]),
                         (200, "city", "320100"))
        self.assertEqual(browser.ask("/api/v1/overview")[0], 403)
        self.assertIn("南京市", server.plumb("account", "list").stdout)
        server.plumb("account", "set", "xuanwu", "--unit", "320200", "--reason", "moved")
        self.assertEqual(browser.ask("/api/v1/session")[0], 401)
        renewed = server.plumb("account", "set", "xuanwu", "--new-password", "--reason", "lost")
        status, session = browser.sign_in(account="xuanwu", password=support.made_password(renewed))
        self.assertEqual((status, session["scope"]["unit"]), (200, "320200"))
        server.stop()
        self.start(server)
        again = Browser(server)
        self.assertEqual(
            again.sign_in(account="xuanwu", password=support.made_password(renewed))[0], 200)
        server.plumb("account", "remove", "xuanwu", "--reason", "left")
        self.assertEqual(again.ask("/api/v1/session")[0], 401)

    def test_what_is_not_possible_is_told(self):
        server = self.serve()
        plumb = [self.programs.plumb, "--data", str(server.data), "account"]

        def run(*arguments, text=""):
            return subprocess.run([*plumb, *arguments], input=text, capture_output=True,
                                  text=True, check=False, timeout=60)
        add = ["add", "a", "--name-en", "A", "--reason", "r", "--role"]
        self.refused(run(*add, "mayor"), "no role")
        self.refused(run(*add, "county"), "no unit")
        self.refused(run(*add, "county", "--unit", "320102", "--password-stdin", text="short\n"),
                     "must have 10 to 128")
        self.refused(run("set", "nobody", "--unit", "1", "--reason", "r"), "no account")
        self.refused(run("remove", "nobody", "--reason", "r"), "no account")
        self.assertEqual(run("remove", "nobody").returncode, 2)
        done = run(*add, "auditor", "--password-stdin", text="correct horse\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("correct horse", done.stdout)
        self.assertEqual(Browser(server).sign_in(account="a", password="correct horse")[0], 200)
        self.assertNotIn("correct horse", server.log.read_text())


class DemoAccountsTest(support.NetworkTest):
    def run_plumbd(self, data, *flags):
        return subprocess.run(
            [self.programs.plumbd, "run", "--data", str(data), *flags, "--demo-accounts"],
            capture_output=True, text=True, check=False, timeout=60)

    def init(self, *flags):
        data = self.folder / "server"
        network.run([self.programs.plumbd, "init", "--data", data, "--network", "test", *flags])
        return data

    def test_are_refused_for_a_live_ledger(self):
        self.refused(self.run_plumbd(self.init()), "--demo-accounts", "simulated")

    def test_are_refused_where_others_may_come(self):
        data = self.init("--simulated-until", "2026-10-31T00:00:00Z")
        self.refused(self.run_plumbd(data, "--behind-proxy"), "--demo-accounts", "proxy")

    def test_open_a_simulated_ledger(self):
        self.init("--simulated-until", "2026-10-31T00:00:00Z")
        server = network.Server(self.programs, self.folder)
        self.start(server, flags=["--demo-accounts"])
        browser = Browser(server)
        status, listed = browser.ask("/api/v1/demo-accounts")
        self.assertEqual((status, listed["simulated"]), (200, True))
        self.assertIn("province", [account["id"] for account in listed["accounts"]])
        status, session = browser.sign_in(demo="province")
        self.assertEqual((status, session["role"]), (200, "province"))
        self.assertEqual(browser.ask("/api/v1/session", "DELETE")[0], 204)
        self.assertEqual(browser.ask("/api/v1/session")[0], 401)


class AnswersTest(support.NetworkTest):
    def test_of_the_real_evaluator_are_as_described(self):
        server = self.serve()
        server.plumb("account", "add", "office", "--role", "province", "--name-en", "Office",
                     "--reason", "test")
        agent = self.enrolled(server, "pwdx", "PWDx")
        for case in range(1, 4):
            agent.emit(support.opened(case))
        self.send_all(agent)
        changed = server.plumb("account", "set", "office", "--new-password", "--reason", "test")
        browser = Browser(server)
        password = changed.stdout.split("password ")[1].split()[0]
        self.assertEqual(browser.sign_in(account="office", password=password)[0], 200)
        document = browser.ask("/api/v1/openapi.json")[1]

        def caught_up():
            status, answer = browser.ask("/api/v1/standing")
            return status == 200 and answer["standing"]["behind_entries"] == 0
        network.wait_until("the results are there", caught_up, 60, server.process, server.log)
        paths = {"/api/v1/rules": "/api/v1/rules", "/api/v1/overview": "/api/v1/overview",
                 "/api/v1/targets": "/api/v1/targets", "/api/v1/ledger": "/api/v1/ledger",
                 "/api/v1/outlets/{outlet}": "/api/v1/outlets/pwdx?period=2015",
                 "/api/v1/outlets/{outlet}/explanation":
                     "/api/v1/outlets/pwdx/explanation?period=2015",
                 "/api/v1/outlets/{outlet}/cases": "/api/v1/outlets/pwdx/cases?period=2015"}
        answers = {}
        for pattern, path in paths.items():
            with self.subTest(path):
                status, answers[pattern] = browser.ask(path)
                self.assertEqual(status, 200, answers[pattern])
                schema = (document["paths"][pattern]["get"]["responses"]["200"]["content"]
                          ["application/json"]["schema"])
                self.assertEqual(problems(document, schema, answers[pattern]), [])
        self.assertEqual(answers["/api/v1/outlets/{outlet}"]["reported"]["events"], 3)
        cases = answers["/api/v1/outlets/{outlet}/cases"]["cases"]
        self.assertEqual((cases["total"], len(cases["cases"])), (3, 3))
        self.assert_explained(server, answers)
        one = cases["cases"][0]
        path = (f"/api/v1/outlets/pwdx/cases/{one['type']}/"
                + urllib.parse.quote(one["subject"], safe=""))
        self.assertEqual(browser.ask(path)[1]["cases"]["cases"][0]["subject"], one["subject"])

    def assert_explained(self, server, answers):
        """Portal and command line explain the score that is served, down to the ledger."""
        explained = answers["/api/v1/outlets/{outlet}/explanation"]["explanation"]
        result = answers["/api/v1/outlets/{outlet}"]["result"]
        self.assertEqual((explained["score"], explained["sum"]),
                         (result["score"], result["score"]))
        said = json.loads(server.plumb("explain", "pwdx", "--period", "2015", "--json").stdout)
        self.assertEqual({**said, "as_of": ""}, {**explained, "as_of": ""})
        for language, words in (("zh", "怎样提分"), ("en", "What would raise it")):
            text = server.plumb("explain", "pwdx", "--period", "2015", "--lang", language).stdout
            self.assertIn(words, text)


if __name__ == "__main__":
    unittest.main()
