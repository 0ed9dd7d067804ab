#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes each line of standard input to a file as soon as it arrives, durably. A process apart,
so that what it wrote survives the agents and servers that are killed around it."""

import os
import sys


def main():
    with open(sys.argv[1], "ab", buffering=0) as record:
        for line in sys.stdin.buffer:
            record.write(line)
            os.fsync(record.fileno())


if __name__ == "__main__":
    main()
