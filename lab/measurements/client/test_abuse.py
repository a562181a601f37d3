"""The checks of an abuse must fail when they should: each fault planted by hand."""
import unittest

import report_abuse


def seen(completed=4000, failed=0):
    bench = {"ms": [1.0] * 4000, "completed": completed, "failed": failed, "text": ""}
    return {"established": bench, "newcomers": []}


def vitals(**more):
    return {"pid": 30, "descriptors": 40, "threads": 14, "rss": 100 << 20, "direct": 4 << 20, "heap": 8 << 20,
            "settled": True, "waited": 1.0, **more}


def verdicts(abused=None, after=None):
    files = {"start-pgproxy": vitals(), "1-silent-pgproxy-quiet": {"pgproxy": seen()},
             "1-silent-pgproxy-abused": {"pgproxy": abused or seen()}, "1-silent-pgproxy-after": after or vitals(),
             "2-silent-pgproxy-quiet": {"pgproxy": seen()}, "2-silent-pgproxy-abused": {"pgproxy": seen()},
             "2-silent-pgproxy-after": vitals()}
    checks = report_abuse.check(report_abuse.Recorded(files, 10.0, ["pgproxy"]))
    return [what for verdict, what, _ in checks.lines if verdict == "FAIL"]


class Checks(unittest.TestCase):
    def test_nothing_is_wrong(self):
        self.assertEqual(verdicts(), [])

    def test_a_failed_transaction(self):
        self.assertEqual(verdicts(abused=seen(failed=1)), ["silent: no transaction of a session that was there failed"])

    def test_a_standstill(self):
        self.assertEqual(verdicts(abused=seen(completed=1500)), ["silent: they did not stand still"])

    def test_a_leaked_descriptor_in_an_early_round(self):
        self.assertEqual(verdicts(after=vitals(settled=False)),
                         ["descriptors and threads are back to what they were before the first abuse"])

    def test_a_restart(self):
        self.assertEqual(verdicts(after=vitals(pid=31)), ["pgproxy was one process all the time"])

    def test_memory_that_stays(self):
        self.assertEqual(verdicts(after=vitals(rss=200 << 20)), ["growth of resident memory"])
        self.assertEqual(verdicts(after=vitals(direct=40 << 20)), ["growth of direct buffers"])
        self.assertEqual(verdicts(after=vitals(heap=40 << 20)), ["growth of heap after a collection"])


if __name__ == "__main__":
    unittest.main()
