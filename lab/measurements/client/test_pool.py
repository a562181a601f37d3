"""The figures and checks of a pool must show what an application saw: each fault planted by hand."""
import types
import unittest

import ledger
import report_pool
from test_failover import HISTORY, watches

FAULT = {"what": "fault", "kind": "switchover", "number": "1", "from": "pg102", "t": 3.5, "wall": 1003.5}


def row(at, node, timeline, n, start=None):
    return {"n": n, "start": at - 0.01 if start is None else start, "got": at - 0.005, "sent": at - 0.004, "acked": at,
            "wrote": node, "wrote_timeline": timeline, "end": at + 0.001}


def failed(at, **more):
    return {"n": 9, "start": at - 0.01, "error": "SQLException: x", "sqlstate": "08006", "end": at, **more}


def pools(*extra):
    records = [row(3.4, "pg102", 1, 1), *extra, row(5.03, "pg103", 2, 2, start=4.2)]
    return report_pool.Pools({f"defaults-{proxy}-0": records for proxy in ("pgproxy", "haproxy")}, ["defaults"])


def recorded(history=tuple(HISTORY), promotions=(1004.9,), ended="good"):
    return types.SimpleNamespace(cluster=ledger.Cluster(watches()), history=history, ended=ended,
                                 promotions={"pg103": promotions}, wall_end=lambda fault: 1009)


def event(planted, kind="switchover"):
    return report_pool.Event(recorded(), planted, {**FAULT, "kind": kind}, 9)


def verdicts(planted, missing=(), kind="switchover", kept=(1, 2), threads=2, **more):
    rows = {("pool-defaults-pgproxy-0", n) for n in kept} - set(missing)
    checks = report_pool.check([event(planted, kind)], planted, recorded(**more), rows, {kind: 1}, threads)
    return [what for verdict, what, _ in checks.lines if verdict == "FAIL"]


class Pool(unittest.TestCase):
    def cost(self, *extra):
        return event(pools(*extra)).costs["defaults", "pgproxy"]

    def test_an_error_is_of_the_connection_or_of_the_statement(self):
        cost = self.cost(failed(4), failed(4.1, got=4.095), failed(4.2, got=4.195))
        self.assertEqual((1, 2), (cost["connection"], cost["statement"]))

    def test_what_failed_before_the_fault_does_not_count(self):
        self.assertEqual(0, self.cost(failed(3.45))["connection"])

    def test_the_wait_is_from_the_request_for_a_connection(self):
        self.assertAlmostEqual(0.831, self.cost()["wait"])

    def test_the_first_row_counts_from_the_yes(self):
        self.assertAlmostEqual(0.029, self.cost()["after_yes"])

    def test_nothing_is_wrong(self):
        self.assertEqual([], verdicts(pools()))

    def test_a_pool_that_never_wrote_again(self):
        silent = report_pool.Pools({"defaults-pgproxy-0": [row(3.4, "pg102", 1, 1)]}, ["defaults"])
        self.assertEqual(["planned switchover: every pool wrote again"], verdicts(silent, threads=1))

    def test_an_application_that_never_came(self):
        self.assertEqual(["every application had its threads"], verdicts(pools(), threads=4))

    def test_a_recorder_that_ended_before_its_time(self):
        self.assertEqual(["everything that records did so to the end"], verdicts(pools(), ended="ended"))

    def test_a_change_that_patroni_does_not_know_of(self):
        self.assertEqual(["Patroni's own history names each promotion"], verdicts(pools(), history=()))
        self.assertEqual(["the new primary's Patroni wrote each promotion into its log"],
                         verdicts(pools(), promotions=()))

    def test_a_confirmed_row_that_is_lost(self):
        gone = [("pool-defaults-pgproxy-0", 1)]
        self.assertEqual(1, len(verdicts(pools(), missing=gone)))
        self.assertEqual([], verdicts(pools(), missing=gone, kind="kill"))

    def test_every_table_can_be_written(self):
        planted = pools(failed(4))
        for text in (report_pool.summary([event(planted)], planted, ["pgproxy", "haproxy"]),
                     report_pool.texts(planted, ["pgproxy", "haproxy"])):
            self.assertEqual(1, len({line.count("|") for line in text.splitlines()}), text)


if __name__ == "__main__":
    unittest.main()
