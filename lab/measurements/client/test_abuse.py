"""The checks of an abuse must fail when they should: each fault planted by hand."""
import unittest

from abuse_checks import check
from abuse_records import KINDS, Recorded

PROXIES = ("pgproxy", "haproxy")


def seen(completed=4000, failed=0, ms=1.0, served=100, refused=0):
    bench = {"ms": [ms] * 4000, "completed": completed, "failed": failed, "text": ""}
    return {"established": bench, "newcomers": [[0.0, 0.02, None]] * served + [[0.0, 0.01, "refused"]] * refused}


def both(pgproxy=None, haproxy=None):
    return {"pgproxy": pgproxy or seen(), "haproxy": haproxy or seen()}


def did(**more):
    return {"tried": 60_000, "established": 60_000, "put_out": 0, "held": 5000.0, "said": 50_000,
            "answers": {"S": 1000}, "failed": {}, "seconds": 10.0, **more}


def vitals(**more):
    return {"pid": 30, "descriptors": 40, "threads": 14, "rss": 100 << 20, "direct": 4 << 20, "heap": 8 << 20,
            "settled": True, "waited": 1.0, **more}


def two_rounds():
    files = {"start-pgproxy": vitals(), "start-haproxy": vitals()}
    for number in (1, 2):
        for kind in KINDS:
            for proxy in PROXIES:
                name = f"{number}-{kind}-{proxy}-"
                files |= {name + "quiet": both(), name + "abused": both(), name + "abuse": did(),
                          name + "after": vitals()}
    return files


def verdicts(rules=False, without=(), **planted):
    """`planted`: what stands in the file of that name instead, with _ for -."""
    files = {**two_rounds(), **{name[1:].replace("_", "-"): file for name, file in planted.items()}}
    recorded = Recorded({name: file for name, file in files.items() if name not in without}, 10.0, list(PROXIES))
    return [what for verdict, what, _ in check(recorded, rules).lines if verdict == "FAIL"]


class Victims(unittest.TestCase):
    def test_nothing_is_wrong(self):
        self.assertEqual(verdicts(), [])
        self.assertEqual(verdicts(rules=True), [])

    def test_a_failed_transaction(self):
        self.assertEqual(verdicts(_1_silent_pgproxy_abused=both(seen(failed=1))),
                         ["silent: no transaction of a session that was there failed"])

    def test_a_standstill(self):
        self.assertEqual(verdicts(_1_silent_pgproxy_abused=both(seen(completed=1500))),
                         ["silent: they did not stand still"])

    def test_slow_while_the_neighbours_are_not(self):
        self.assertEqual(verdicts(_2_silent_pgproxy_abused=both(seen(ms=150.0))),
                         ["silent: their p99 against that before",
                          "silent: their p99 against that of their neighbours"])

    def test_slow_while_the_neighbours_are_too(self):
        self.assertEqual(verdicts(_2_silent_pgproxy_abused=both(seen(ms=150.0), seen(ms=140.0))),
                         ["silent: their p99 against that before"])

    def test_slow_as_before_but_slower_than_the_neighbours(self):
        self.assertEqual(verdicts(_2_silent_pgproxy_quiet=both(seen(ms=20.0)),
                                  _2_silent_pgproxy_abused=both(seen(ms=150.0))),
                         ["silent: their p99 against that of their neighbours"])

    def test_slow_for_no_more_than_the_floor(self):
        self.assertEqual(verdicts(_2_silent_pgproxy_abused=both(seen(ms=99.0))), [])

    def test_a_round_of_which_nothing_is_known(self):
        unknown = both({**seen(), "established": {"ms": [], "completed": 4000, "failed": 0, "text": ""}})
        self.assertEqual(verdicts(_2_drip_pgproxy_abused=unknown),
                         ["drip: their p99 against that before", "drip: their p99 against that of their neighbours"])

    def test_a_newcomer_who_is_refused_in_spite_of_rules(self):
        refused = {"_1_ssl_pgproxy_abused": both(seen(served=99, refused=1))}
        self.assertEqual(verdicts(rules=True, **refused), ["ssl: no newcomer was refused or gave up"])
        self.assertEqual(verdicts(**refused), [])

    def test_newcomers_who_wait_in_spite_of_rules(self):
        waiting = {f"_{number}_ssl_pgproxy_abused": both(seen(served=9)) for number in (1, 2)}
        self.assertEqual(verdicts(rules=True, **waiting), ["ssl: newcomers were served"])

    def test_newcomers_who_fare_worse_than_those_of_haproxy(self):
        fewer = {f"_{number}_ssl_pgproxy_abused": both(seen(served=49, refused=300)) for number in (1, 2)}
        self.assertEqual(verdicts(**fewer), ["ssl: newcomers were served"])

    def test_no_newcomer_served_anywhere(self):
        nobody = {f"_{number}_ssl_{proxy}_abused": both(seen(served=0), seen(served=0))
                  for number in (1, 2) for proxy in PROXIES}
        self.assertEqual(verdicts(**nobody), ["ssl: newcomers were served"])


class Abuse(unittest.TestCase):
    def test_nobody_came(self):
        nobody = did(tried=5000, established=0, held=0, said=0, answers={})
        for kind in KINDS:
            for proxy in PROXIES:
                self.assertEqual(verdicts(**{f"_2_{kind}_{proxy}_abuse": nobody}), [f"{kind}: {proxy} was abused"])

    def test_fewer_came_than_should(self):
        for kind, established in (("silent", 4400), ("drip", 4400), ("ssl", 890), ("hammer", 490), ("connects", 9900)):
            self.assertEqual(verdicts(**{f"_1_{kind}_pgproxy_abuse": did(established=established)}),
                             [f"{kind}: pgproxy was abused"])

    def test_who_came_left_by_himself(self):
        self.assertEqual(verdicts(_1_silent_pgproxy_abuse=did(held=1000.0)), ["silent: pgproxy was abused"])

    def test_who_came_was_put_out(self):
        self.assertEqual(verdicts(_1_silent_pgproxy_abuse=did(held=1000.0, put_out=40_000)), [])

    def test_a_drip_that_says_nothing(self):
        self.assertEqual(verdicts(_1_drip_pgproxy_abuse=did(said=20_000)), ["drip: pgproxy was abused"])

    def test_nobody_asked_for_encryption(self):
        self.assertEqual(verdicts(_1_ssl_pgproxy_abuse=did(held=1000.0, answers={})), ["ssl: pgproxy was abused"])

    def test_a_round_without_abuse(self):
        self.assertEqual(verdicts(without=["2-hammer-haproxy-abuse"]), ["hammer: haproxy was abused"])

    def test_a_kind_that_was_left_out(self):
        names = [name for name in two_rounds() if "-drip-" in name]
        found = verdicts(without=names)
        self.assertTrue(found)
        self.assertTrue(all(what.startswith("drip: ") for what in found))
        self.assertIn("drip: pgproxy was abused", found)


class Remains(unittest.TestCase):
    def test_a_leaked_descriptor_in_an_early_round(self):
        self.assertEqual(verdicts(_1_silent_pgproxy_after=vitals(settled=False)),
                         ["descriptors and threads are back to what they were before the first abuse"])

    def test_a_restart(self):
        self.assertEqual(verdicts(_1_silent_pgproxy_after=vitals(pid=31)), ["pgproxy was one process all the time"])

    def test_memory_that_stays(self):
        for key, more, name in (("rss", 200 << 20, "resident memory"), ("direct", 40 << 20, "direct buffers"),
                                ("heap", 40 << 20, "heap after a collection")):
            self.assertEqual(verdicts(_1_silent_pgproxy_after=vitals(**{key: more})), [f"growth of {name}"])


if __name__ == "__main__":
    unittest.main()
