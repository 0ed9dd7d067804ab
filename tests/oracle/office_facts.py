# SPDX-License-Identifier: Apache-2.0
"""Random facts of a registry that results follow from: exemptions, classes of outlets, norms."""

from exact import day_number, day_text


def exemptions(rng, outlets):
    out = []
    for i in range(rng.choice([0, 0, 2, 5, 12])):
        first = rng.randint(day_number("2014-12-01"), day_number("2016-03-01"))
        if rng.random() < 0.3:
            first = rng.choice([day_number("2015-01-31"), day_number("2015-02-01")])
        out.append({"id": f"e{rng.randint(0, 9)}{i}", "outlet": rng.choice(outlets)["outlet"],
                    "standard": rng.choice(["alpha", "alpha", "beta"]),
                    "criterion": f"c{rng.randrange(6)}", "from": day_text(first),
                    "until": day_text(first + rng.choice([0, 30, 300, 700]))})
    return out


def days(rng, fact):
    first = rng.randint(day_number("2014-12-01"), day_number("2016-03-01"))
    return {**fact, "from": day_text(first),
            "until": day_text(first + rng.choice([0, 30, 300, 700]))}


def classes(rng, outlets):
    return [days(rng, {"id": f"c{i}", "outlet": rng.choice(outlets)["outlet"],
                       "class": rng.choice(["lib", "uni", "park"])})
            for i in range(rng.choice([0, 2, 6]))]


def norms(rng, begin, last):
    """Some before any event, some after the last."""
    return [days(rng, {"id": f"m{i}", "standard": rng.choice(["alpha", "beta"]),
                       "criterion": f"c{rng.randrange(6)}",
                       "class": rng.choice(["lib", "uni", "park"]),
                       "value": rng.choice(["0.3", "3", "-2", "70"]),
                       "recorded_at": rng.choice([begin, begin, last])})
            for i in range(rng.choice([0, 8, 40]))]


def random_facts(rng, outlets, begin, last):
    return {"exemptions": exemptions(rng, outlets), "classes": classes(rng, outlets),
            "norms": norms(rng, begin, last)}
