"""The checks of a soak must fail when they should: each fault planted by hand."""
import unittest

import report_soak

START = {"t": 0, "pid": 30, "descriptors": 23, "threads": 14, "rss": 100 << 20, "direct": 1 << 20, "heap": 8 << 20,
         "sessions": 0}


def samples(**slope):
    """A hundred of them, one each 5 s; `slope`: by how much of a figure each exceeds the one before."""
    busy = {**START, "descriptors": 60, "sessions": 15}
    return [{**busy, **{key: busy[key] + number * more for key, more in slope.items()}, "t": number * 5}
            for number in range(100)]


def verdicts(recorded, end=START, expected=100, log="", **idle):
    done = {"pgproxy": {**dict.fromkeys(report_soak.WORK, 1000), **idle}}
    soak = report_soak.Soak({"pgproxy": recorded}, {"pgproxy": START}, {"pgproxy": end}, done, expected, log)
    return [what for verdict, what, _ in report_soak.check(soak, "pgproxy", True).lines if verdict == "FAIL"]


class Checks(unittest.TestCase):
    def test_nothing_is_wrong(self):
        self.assertEqual(verdicts(samples()), [])

    def test_slow_growth_of_each_figure(self):
        for key, more, name in (("descriptors", 1, "descriptors"), ("threads", 1, "threads"),
                                ("rss", 1 << 19, "resident memory, MB"), ("direct", 1 << 18, "direct buffers, MB"),
                                ("heap", 1 << 17, "heap after a collection, MB")):
            self.assertEqual(verdicts(samples(**{key: more})), [f"{name}: growth from the second fifth to the last"])

    def test_one_descriptor_that_stays(self):
        self.assertEqual(verdicts(samples(), {**START, "descriptors": 24}), ["descriptors when all clients had gone"])

    def test_one_thread_that_stays(self):
        self.assertEqual(verdicts(samples(), {**START, "threads": 15}), ["threads when all clients had gone"])

    def test_a_restart(self):
        self.assertEqual(verdicts(samples()[:50] + [{**one, "pid": 31} for one in samples()[50:]],
                                  {**START, "pid": 31}), ["pgproxy was one process all the time"])

    def test_a_recorder_that_slept(self):
        self.assertEqual(verdicts(samples()[:70]), ["pgproxy was looked at all the time"])

    def test_a_kind_of_clients_that_did_nothing(self):
        self.assertEqual(verdicts(samples(), **{"bytes read slowly": 0}), ["pgproxy had work of every kind"])

    def test_a_leak_in_the_log(self):
        self.assertEqual(verdicts(samples(), log="started\nERROR LEAK: ByteBuf.release() was not called\n"),
                         ["buffers that were never given back"])


if __name__ == "__main__":
    unittest.main()
