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


def switched(number, old="pg102", new="pg103"):
    return {"t": number * 60.0, "what": "switched", "number": str(number), "from": old, "to": new}


EVENTS = [switched(number) for number in range(8)]
PLAN = report_soak.Plan(seconds=500, sample_seconds=5, switchover_seconds=60)


def verdicts(recorded, end=START, log="started\n", events=tuple(EVENTS), **work):
    enough = {name: least * PLAN.minutes + 1 for name, least in report_soak.LEAST_PER_MINUTE.items()}
    soak = report_soak.Soak({"pgproxy": recorded}, {"pgproxy": START}, {"pgproxy": end},
                            {"pgproxy": {**enough, **work}}, log)
    checks = report_soak.check(soak, "pgproxy", PLAN, report_soak.happened(events), leak_detection=True)
    return [what for verdict, what, _ in checks.lines if verdict == "FAIL"]


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
        for name in report_soak.LEAST_PER_MINUTE:
            self.assertEqual(verdicts(samples(), **{name: 0}), [f"pgproxy had work: {name} a minute"])

    def test_a_kind_of_clients_that_did_less_than_half(self):
        for name, least in report_soak.LEAST_PER_MINUTE.items():
            self.assertEqual(verdicts(samples(), **{name: least * PLAN.minutes - 1}),
                             [f"pgproxy had work: {name} a minute"])

    def test_a_kind_of_clients_of_which_nothing_is_known(self):
        soak = report_soak.Soak({"pgproxy": samples()}, {"pgproxy": START}, {"pgproxy": START}, {"pgproxy": {}}, "")
        checks = report_soak.check(soak, "pgproxy", PLAN, report_soak.happened(EVENTS), leak_detection=False)
        self.assertEqual([what for verdict, what, _ in checks.lines if verdict == "FAIL"],
                         [f"pgproxy had work: {name} a minute" for name in report_soak.LEAST_PER_MINUTE])

    def test_switchovers_that_were_only_asked_for(self):
        asked = [{**event, "what": "fault"} for event in EVENTS]
        self.assertEqual(verdicts(samples(), events=asked), ["the primary changed"])

    def test_switchovers_that_were_refused(self):
        self.assertEqual(verdicts(samples(), events=EVENTS[:6] + [switched(6, new="")] * 2), ["the primary changed"])
        self.assertEqual(verdicts(samples(), events=[switched(number, new="pg102") for number in range(8)]),
                         ["the primary changed"])

    def test_one_refused_switchover_of_many(self):
        self.assertEqual(verdicts(samples(), events=EVENTS[:7] + [switched(7, new="")]), [])

    def test_a_figure_that_is_gone(self):
        for key, name in (("direct", "direct buffers, MB"), ("sessions", "sessions")):
            without = [{what: number for what, number in one.items() if what != key} for one in samples()]
            self.assertEqual(verdicts(without), ["every figure is known"], name)

    def test_a_leak_in_the_log(self):
        self.assertEqual(verdicts(samples(), log="started\nERROR LEAK: ByteBuf.release() was not called\n"),
                         ["buffers that were never given back"])

    def test_a_log_that_was_not_kept(self):
        self.assertEqual(verdicts(samples(), log=""), ["buffers that were never given back"])


if __name__ == "__main__":
    unittest.main()
