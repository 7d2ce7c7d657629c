"""All stories of the client, several at a time: `python3 end2end/headwind-agent/check [part of a name]`."""

import os
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))


def cases(suite):
    for entry in suite:
        if isinstance(entry, unittest.TestSuite):
            yield from cases(entry)
        else:
            yield entry


def run(case):
    result = unittest.TestResult()
    case.run(result)
    return case, [text for _, text in result.errors + result.failures]


def main():
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    stories = [case for case in cases(unittest.defaultTestLoader.discover(HERE)) if wanted in case.id()]
    failed = 0
    with ThreadPoolExecutor(4) as several:
        for case, faults in several.map(run, stories):
            failed += bool(faults)
            for fault in faults:
                print(f"FAILED {case.id()}\n{fault}")
    print(f"{len(stories) - failed} of {len(stories)} stories of the Headwind client hold")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
