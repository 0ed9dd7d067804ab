# SPDX-License-Identifier: Apache-2.0
"""Closings and corrections on the shipped programs: an agent voids, the office closes a month, late
data changes nothing that was published, a restatement is a new revision, and anybody makes
the bodies and their root again from the ledger. The tree is computed here from the bodies.
"""

import hashlib
import json
import unittest

import support

PERIOD = "2015-02"


def tree(leaves):
    """The root of RFC 9162, section 2.1."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\1" + tree(leaves[:half]) + tree(leaves[half:])).digest()


def root_of(results):
    results = sorted(results, key=lambda body: (body["level"].encode(), body["unit"].encode()))
    bodies = [json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
              for body in results]
    return tree(bodies).hex()


class PeriodTest(support.NetworkTest):

    def setUp(self):
        super().setUp()
        self.server = self.serve()
        self.agent = self.enrolled(self.server, "pwd")
        self.report(1)
        self.report(2)
        self.standard = self.scores("--period", PERIOD)[0]["standard"]

    def report(self, number):
        self.agent.emit(support.opened(number))
        self.sync()

    def sync(self):
        self.send_all(self.agent)
        return self.server.wait_evaluated()

    def scores(self, *flags):
        return json.loads(self.server.plumb("scores", "--format", "json", *flags).stdout)["results"]

    def period(self, what, *flags, check=True):
        return self.server.plumb("period", what, PERIOD, "--standard", self.standard, *flags,
                                 check=check)

    def served(self, prefix=""):
        return self.scores("--period", PERIOD, "--standard", prefix + self.standard)

    def closing(self):
        text = self.server.plumb("ledger", "show", "--record", "period.close", "--json").stdout
        return [json.loads(line)["record"] for line in text.splitlines()]

    def test_from_the_closing_to_the_restatement(self):
        size = self.server.status()["ledger"]["size"]
        told = self.period("close", "--dry-run").stdout
        self.assertIn("nothing was closed", told)
        self.assertEqual(self.server.status()["ledger"]["size"], size)
        refused = self.period("close", check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("--reason", refused.stderr)

        published = self.served()
        self.period("close", "--reason", "the month is over")
        self.server.wait_evaluated()
        record = self.closing()[0]
        self.assertEqual(record["root_sha256"], root_of(published))
        self.assertEqual(record["results"], len(published))
        again = self.period("close", "--reason", "once more", check=False)
        self.assertEqual(again.returncode, 1)
        self.assertIn("closed already", again.stderr)
        self.assertIn("nothing that came since", self.period("show").stdout)

        # Late data, and a void of what was published.
        self.report(3)
        self.agent.call("void", "1", "--reason", "entered twice", "--time", "2015-03-01T10:00:00Z")
        self.sync()
        self.assertEqual(self.served(), published)
        self.assert_explains_what_is_published(published)
        self.assertNotEqual(self.served("current."), [])
        self.assertIn("would be others", self.period("show").stdout)
        status = self.server.wait_evaluated()
        served = self.scores()
        rebuilt = self.scores("--rebuild", "--size", status["ledger"]["size"], "--as-of",
                              status["evaluator"]["as_of"])
        self.assertEqual(rebuilt, served)

        self.period("restate", "--reason", "a late report and a void")
        self.server.wait_evaluated()
        second = self.closing()[1]
        self.assertEqual(second["revision"], 2)
        self.assertEqual(self.served("closed.1."), published)
        self.assertEqual(root_of(self.served()), second["root_sha256"])
        self.assertEqual(root_of(self.rebuilt(record)), record["root_sha256"])
        self.assertEqual(root_of(self.rebuilt(second)), second["root_sha256"])
        told = self.period("verify").stdout
        self.assertIn("revision 1: the ledger gives these results and root", told)
        self.assertIn("revision 2: the ledger gives these results and root", told)
        self.assertIn("the month is over", self.server.plumb("period", "list", PERIOD).stdout)
        self.server.plumb("ledger", "verify")

    def assert_explains_what_is_published(self, published):
        """Late data change nothing of it: it is explained as it stood."""
        body = next(each for each in published if each["unit"] == "pwd")
        said = json.loads(self.server.plumb("explain", "pwd", "--standard", self.standard,
                                            "--period", PERIOD, "--json").stdout)
        self.assertEqual((said["score"], said["events"]), (body["score"], body["events"]))
        self.assertEqual(said["size"], self.closing()[0]["size"])

    def rebuilt(self, record):
        """What the ledger gives at a closing's size and as-of, computed anew: where an earlier
        revision is served there, what differs stands beside it."""
        found = {}
        for prefix in ("", "current."):
            for body in self.scores("--rebuild", "--size", record["size"], "--as-of",
                                    record["as_of"], "--period", PERIOD, "--standard",
                                    prefix + self.standard):
                found[body["level"], body["unit"]] = body
        return list(found.values())

    def test_what_cannot_be_closed(self):
        for period, standard, sentence in (("2015-02", "nothing", "no results"),
                                           ("2030-01", self.standard, "no results"),
                                           ("soon", self.standard, "no results")):
            refused = self.server.plumb("period", "close", period, "--standard", standard,
                                        "--reason", "r", check=False)
            self.assertEqual(refused.returncode, 1)
            self.assertIn(sentence, refused.stderr)
        refused = self.period("restate", "--reason", "r", check=False)
        self.assertIn("is not closed", refused.stderr)


if __name__ == "__main__":
    unittest.main()
