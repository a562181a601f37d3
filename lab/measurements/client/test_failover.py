"""The checks of a failover must fail when they should: each fault planted by hand."""
import unittest

import failover_records
import ledger
import report
import report_failover

PROXIES = ("pgproxy", "polling", "haproxy")
HISTORY = [[1, 100, "no recovery target specified", "then", "pg103"]]


def said(at, status, role, state="running", timeline=1):
    return {"sent": at, "answered": at + 0.001, "status": status, "role": role, "state": state, "timeline": timeline}


def watches(promoted=5.0):
    """pg102 is primary, and pg103 its successor; each is asked every 100 ms."""
    times = [number / 10 for number in range(100)]
    return {"pg102": [said(at, 200, "master") if at < 4 else said(at, 503, "replica") for at in times],
            "pg103": [said(at, 503, "replica") if at < promoted else said(at, 200, "master", timeline=2)
                      for at in times],
            "pg104": [said(at, 503, "replica") for at in times]}


def visit(at, node, timeline, n, start=None):
    return {"start": at - 0.01 if start is None else start, "connected": at - 0.005, "node": node, "timeline": timeline,
            "n": n, "sent": at - 0.004, "acked": at, "wrote": node, "wrote_timeline": timeline, "end": at + 0.001}


def held(at, node, timeline, n):
    return {"of": at - 0.005, "n": n, "sent": at - 0.004, "acked": at, "wrote": node, "wrote_timeline": timeline}


class Planted(report.Recording):
    """All clients write before the fault, and again from `first` on; the rows are in the databases, less those of
    `missing`."""

    def __init__(self, kind="switchover", first=5.03, extra=(), missing=(), history=tuple(HISTORY), sort="write",
                 promotions=(1004.9,), ended="good"):
        self.proxies = list(PROXIES)
        self.events = [{"what": "fault", "kind": kind, "number": "1", "from": "pg102", "t": 3.5, "wall": 1003.5},
                       {"what": "mend", "kind": kind, "number": "1", "t": 8.0, "wall": 1008.0}]
        self.promotions, self.ended = {"pg103": list(promotions)}, ended
        self.cluster = ledger.Cluster(watches())
        self.history, self.activity = list(history), {}
        self.clients = {"write": {}, "crowd": {}, "idle": {}, "held": {}}
        for proxy in PROXIES:
            for sslmode in ("disable", "require"):
                suffix = "-0" if sort == "crowd" else ""
                self.clients[sort][f"{proxy}-{sslmode}{suffix}"] = [
                    visit(3.0, "pg102", 1, 1), visit(3.4, "pg102", 1, 2), visit(first, "pg103", 2, 3, start=4.1)]
                self.clients["held"][f"{proxy}-{sslmode}"] = [held(3.2, "pg102", 1, 1), held(first, "pg103", 2, 2)]
        for client, record in extra:
            self.clients[client.split("-")[0]][client.split("-", 1)[1]].append(record)
        rows = [(client, row["n"], "", row["wrote"], row["wrote_timeline"]) for client, acked in self.acked().items()
                for row in acked if (client, row["n"]) not in missing]
        self.rows = {node: rows for node in self.cluster.nodes}


def verdicts(kind="switchover", synchronous=False, **planted):
    recording = Planted(kind, **planted)
    events = [failover_records.Event(recording, fault, end) for fault, end in recording.faults()]
    checks = report_failover.check(recording, events, {kind: 1}, synchronous)
    return [what for verdict, what, _ in checks.lines if verdict == "FAIL"]


def failed(error, **more):
    return {"start": 4.2, "end": 4.3, "error": error, **more}


class Checks(unittest.TestCase):
    def test_nothing_is_wrong(self):
        self.assertEqual([], verdicts())
        self.assertEqual([], verdicts("crowd", sort="crowd"))
        self.assertEqual([], verdicts("kill"))

    def test_a_first_write_that_is_late_with_etcd_is_in_time_without(self):
        self.assertEqual(["pgproxy with etcd: planned switchover, single clients: first write after the yes,"
                          " median of 2"], verdicts(first=5.1))
        self.assertEqual(2, len(verdicts(first=5.2)))

    def test_a_first_write_after_a_kill_is_late_for_both(self):
        self.assertEqual(2, len(verdicts("kill", first=5.12)))

    def test_times_are_not_judged_where_postgresql_waits_for_a_standby(self):
        self.assertEqual([], verdicts("kill", synchronous=True, first=6))

    def test_one_connect_that_fails_in_a_crowd(self):
        self.assertEqual(["pgproxy with etcd: no client fails to connect in a planned switchover"],
                         verdicts("crowd", sort="crowd", extra=[("crowd-pgproxy-require-0", failed("refused"))]))

    def test_who_comes_back_because_a_held_session_ended_must_not_fail_to_connect_either(self):
        self.assertEqual(["pgproxy with etcd: no client fails to connect in a planned switchover"],
                         verdicts(extra=[("held-pgproxy-require", failed("refused", session=True))]))

    def test_a_statement_that_fails_but_not_by_postgresql(self):
        cut, ended = (failed(text, connected=4.2) for text in
                      ("server closed the connection", "FATAL: terminating connection due to administrator command"))
        self.assertEqual([], verdicts("crowd", sort="crowd", extra=[("crowd-pgproxy-disable-0", ended)]))
        self.assertEqual(["pgproxy with etcd: no statement fails in a planned switchover but those that PostgreSQL"
                          " ended"], verdicts("crowd", sort="crowd", extra=[("crowd-pgproxy-disable-0", cut)]))

    def test_the_first_write_of_a_crowd_is_not_judged(self):
        self.assertEqual([], verdicts("crowd", sort="crowd", first=5.3))

    def test_what_haproxy_does_is_not_judged(self):
        self.assertEqual([], verdicts("crowd", sort="crowd", extra=[("crowd-haproxy-disable-0", failed("refused"))]))

    def test_a_confirmed_row_that_a_switchover_loses(self):
        self.assertEqual(["pgproxy with etcd: no confirmed row is lost by a planned switchover",
                          "pgproxy with etcd: no confirmed row is lost but by asynchronous replication"],
                         verdicts(missing=[("write-pgproxy-disable", 2)]))

    def test_a_kill_may_lose_the_end_of_a_timeline_and_nothing_before_it(self):
        last = [(f"write-{proxy}-{sslmode}", 2) for proxy in PROXIES for sslmode in ("disable", "require")]
        self.assertEqual([], verdicts("kill", missing=last))
        self.assertEqual(["pgproxy, polling alone: no confirmed row is lost but by asynchronous replication"],
                         verdicts("kill", missing=[("write-polling-disable", 1)]))

    def test_nothing_may_be_lost_with_synchronous_replication(self):
        last = [(f"write-{proxy}-{sslmode}", 2) for proxy in PROXIES for sslmode in ("disable", "require")]
        self.assertEqual(2, len(verdicts("kill", synchronous=True, missing=last)))

    def test_a_client_that_was_never_served_again(self):
        alone = ("crowd-polling-require-1", visit(3.0, "pg102", 1, 1))
        recording = Planted("crowd", sort="crowd")
        recording.clients["crowd"][alone[0].split("-", 1)[1]] = [alone[1]]
        event = failover_records.Event(recording, *recording.faults()[0])
        self.assertIsNone(event.served["polling", "require"])
        self.assertFalse(event.complete)

    def test_a_change_that_patroni_does_not_know_of(self):
        self.assertEqual(["Patroni's own history names each promotion"], verdicts(history=()))

    def test_a_change_that_is_not_in_patronis_log_or_was_there_before(self):
        for promotions in ((), (1003.4,)):
            self.assertEqual(["the new primary's Patroni wrote each promotion into its log"],
                             verdicts(promotions=promotions))

    def test_a_recorder_that_ended_before_its_time(self):
        self.assertEqual(["everything that records did so to the end"], verdicts(ended="ended by themselves: x"))

    def test_a_partition_that_was_none(self):
        self.assertIn("who was cut off answered nobody until the end of it", verdicts("partition"))


class Figures(unittest.TestCase):
    def setUp(self):
        self.recording = Planted("crowd", sort="crowd")
        self.event = failover_records.Event(self.recording, *self.recording.faults()[0])

    def test_the_wait_of_a_client_is_more_than_the_time_without_writes_after_the_yes(self):
        self.assertAlmostEqual(0.93, self.event.waits["pgproxy", "disable"])
        self.assertAlmostEqual(0.029, self.event.after_yes(("pgproxy", "disable")))
        self.assertAlmostEqual(1.63, self.event.costs["pgproxy", "disable"]["gap"])

    def test_its_own_part_is_by_the_stopwatch_of_the_changes_in_the_time_of_the_fault(self):
        def change(second):
            return {"began": f"1970-01-01T00:16:{second}Z", "phases": [{"phase": "verified", "seconds": 1.5},
                                                                      {"phase": "first_byte", "seconds": 1.53}]}
        times = failover_records.own_times([self.event], [change("43.400"), change("43.600")], ("crowd",))
        self.assertEqual([0.03], [round(time, 3) for time in times])
        self.assertEqual([], failover_records.own_times([self.event], [change("43.600")], ("kill",)))

    def test_a_round_is_told_in_a_line(self):
        self.assertIn("pgproxy with etcd 29 and 29 ms, 0 failed; ",
                      report_failover.in_short(self.recording, self.event))

    def test_every_table_can_be_written(self):
        losses = failover_records.Losses(self.recording, [self.event])
        for text in (report_failover.summary(self.recording, [self.event]), losses.table(self.recording),
                     report_failover.raw(self.recording, [self.event]),
                     report_failover.texts(self.recording, [self.event])):
            widths = {line.count("|") for line in text.splitlines()}
            self.assertEqual(1, len(widths), text)


if __name__ == "__main__":
    unittest.main()
