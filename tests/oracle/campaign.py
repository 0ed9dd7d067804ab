# SPDX-License-Identifier: Apache-2.0
"""Compares the product with the oracle on random pairs; see script/oracle and README.md."""

import argparse
import concurrent.futures
import copy
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import evaluate  # noqa: E402
import generate  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
# What a server may run under; nothing of it may reach a result.
SURROUNDINGS = [{"LC_ALL": "C", "TZ": "UTC"}, {"LC_ALL": "de_DE.UTF-8", "TZ": "Asia/Kathmandu"},
                {"LC_ALL": "C.UTF-8", "TZ": "America/St_Johns"}, {"LC_ALL": "tr_TR.UTF-8"}]


class Product:
    """The product's side: fold_pairs under one locale and time zone. It is started again after a
    pair at which it ends."""

    def __init__(self, program, surroundings):
        self.command = [str(program)]
        self.environment = {**os.environ, **surroundings}
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, encoding="utf-8",
                                        env=self.environment)

    def answer(self, pair):
        self.process.stdin.write(json.dumps(pair) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            status = self.process.wait()
            self.start()
            return {"ended": status}
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def difference(product, pair):
    """None where both say the same; else what differs first, in words."""
    answer = product.answer(pair)
    if "rows" not in answer:
        return f"the product gives no rows: {answer}"
    if answer["left_over"]:
        return f"folded in pieces there are {answer['left_over']} more rows"
    theirs = {}
    for row in answer["rows"]:
        if len(row) > 5:
            return f"{row[:4]}: rebuilt\n  {row[4]}\nfolded in pieces\n  {row[5]}"
        theirs[tuple(row[:4])] = row[4]
    ours = evaluate.Evaluation(pair).rows()
    for key in sorted(ours.keys() | theirs.keys()):
        if ours.get(key) != theirs.get(key):
            return f"{key}: " + told(theirs.get(key), ours.get(key))
    return None


def told(theirs, ours):
    """The members of two bodies that differ."""
    if theirs is None or ours is None:
        return f"only the {'oracle' if theirs is None else 'product'} has this row"
    theirs, ours = json.loads(theirs), json.loads(ours)
    lines = [f"\n  {name}\n    product {json.dumps(theirs.get(name), ensure_ascii=False)}"
             f"\n    oracle  {json.dumps(ours.get(name), ensure_ascii=False)}"
             for name in sorted(theirs.keys() | ours.keys()) if theirs.get(name) != ours.get(name)]
    return "".join(lines) or "the same values in other bytes"


def kind_of(text):
    """Two differences are of one kind when the product refuses, or when it does not."""
    return text is not None and text.startswith("the product gives no rows")


def smaller(pair):
    """Pairs with one thing less, the large things first."""
    for key in ("steps", "findings", "exemptions", "classes", "norms"):
        if pair[key]:
            yield {**pair, key: []}
    for path in [path for path in pair["files"] if path.startswith("standards/")]:
        yield {**pair, "files": {name: text for name, text in pair["files"].items()
                                 if name != path}}
    for size in (8, 4, 2, 1):
        for at in range(0, len(pair["entries"]), size):
            yield {**pair, "entries": pair["entries"][:at] + pair["entries"][at + size:]}
    for i, entry in enumerate(pair["entries"]):
        for j in range(len(entry["events"]) if len(entry["events"]) > 1 else 0):
            less = copy.deepcopy(pair)
            del less["entries"][i]["events"][j]
            yield less
    for i, entry in enumerate(pair["entries"]):
        for j, event in enumerate(entry["events"]):
            for name in event["fields"]:
                less = copy.deepcopy(pair)
                del less["entries"][i]["events"][j]["fields"][name]
                yield less


def minimised(product, pair, found):
    again = True
    while again:
        again = False
        for less in smaller(pair):
            text = difference(product, less)
            if text is not None and kind_of(text) == kind_of(found):
                pair, found, again = less, text, True
                break
    return pair, found


def share(options, worker):
    """The pairs of one worker: (compared, rows, first difference or None)."""
    product = Product(options.program, SURROUNDINGS[worker % len(SURROUNDINGS)])
    for done, number in enumerate(range(worker, options.pairs, options.workers)):
        pair = generate.pair(options.seed * 10**9 + number)
        found = difference(product, pair)
        if found is not None:
            pair, found = minimised(product, pair, found)
            options.out.mkdir(parents=True, exist_ok=True)
            path = options.out / f"pair-{options.seed}-{number}.json"
            path.write_text(json.dumps(pair, ensure_ascii=False, indent=1), encoding="utf-8")
            product.close()
            return f"seed {options.seed}, pair {number}, smallest in {path}\n{found}"
        if worker == 0 and done % 500 == 499:
            print(f"oracle: {done + 1} of {options.pairs // options.workers} pairs by the first "
                  f"of {options.workers}", file=sys.stderr, flush=True)
    product.close()
    return None


def compare(program, pairs, seed, workers=2, out=ROOT / "build" / "oracle"):
    """The differences found, one a worker at most."""
    options = argparse.Namespace(program=program, pairs=pairs, seed=seed, workers=workers, out=out)
    with concurrent.futures.ProcessPoolExecutor(workers) as pool:
        return [found for found in pool.map(share, [options] * workers, range(workers)) if found]


def main():
    parser = argparse.ArgumentParser(prog="script/oracle")
    parser.add_argument("--pairs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--program", default=ROOT / "build/bench/tests/fold_pairs")
    parser.add_argument("--pair", type=pathlib.Path, help="compare one written pair again")
    options = parser.parse_args()
    if options.pair:
        product = Product(options.program, {})
        found = [difference(product, json.loads(options.pair.read_text(encoding="utf-8")))]
        product.close()
        found = [one for one in found if one]
    else:
        found = compare(options.program, options.pairs, options.seed, options.workers)
    for one in found:
        print(one)
    print(f"oracle: {len(found)} differences", file=sys.stderr)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
