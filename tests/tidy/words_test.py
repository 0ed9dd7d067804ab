# SPDX-License-Identifier: Apache-2.0
import unittest

import project
import words


class WordsTest(unittest.TestCase):
    def test_project(self):
        project.expect_none(self, words.words(project.texts()))

    def test_finds_each_word(self):
        samples = ["记入台账", "区块链存证", "a block chain", "默克尔根", "a Merkle root", "the epoch",
                   "// TODO later", "AI-generated", "written by ChatGPT", "see issue 12",
                   "/work/main/a", "http://deb.debian.org/debian"]
        for sample in samples:
            with self.subTest(sample):
                self.assertEqual(len(words.words({"README.md": f"first\n{sample}\n"})), 1)

    def test_names_line_word_and_replacement(self):
        self.assertEqual(words.words({"docs/a.md": "x\n区块链\n"}),
                         ['docs/a.md:2: "区块链": write 存证账本'])

    def test_lets_formats_name_the_tree_and_the_register_its_name(self):
        self.assertEqual(words.words({"docs/formats/ledger.md": "the Merkle tree of RFC 9162\n",
                                      "README.zh.md": "服务台账\n"}), [])


if __name__ == "__main__":
    unittest.main()
