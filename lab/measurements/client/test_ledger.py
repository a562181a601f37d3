"""The ledger must catch what it is there to catch: each fault planted by hand, with the number it must show."""
import math
import unittest

import ledger


def said(at, status=200, role="master", state="running", timeline=1):
    return {"sent": at, "answered": at + 0.01, "status": status, "role": role, "state": state, "timeline": timeline}


def silent(at):
    return {"sent": at, "answered": at + 1, "error": "timeout"}


def yes(*times, timeline=1):
    return [said(at, timeline=timeline) for at in times]


def no(*times, timeline=1):
    return [said(at, 503, "replica", timeline=timeline) for at in times]


def session(node, connected, end, timeline=1):
    return {"node": node, "connected": connected, "end": end, "timeline": timeline}


def row(at, wrote, timeline, n=1, **more):
    return {"sent": at - 0.01, "acked": at, "wrote": wrote, "wrote_timeline": timeline, "n": n, **more}


class Verdict(unittest.TestCase):
    def test_only_a_running_primary_is_a_yes(self):
        self.assertEqual(ledger.YES, ledger.verdict(said(1)))
        self.assertEqual(ledger.NOT_NOW, ledger.verdict(said(1, state="stopping")))
        self.assertEqual(ledger.NOT_NOW, ledger.verdict(said(1, role="replica")))
        self.assertEqual(ledger.NOT_NOW, ledger.verdict(said(1, status=503)))
        self.assertEqual(ledger.NO, ledger.verdict(no(1)[0]))
        self.assertEqual(ledger.SILENCE, ledger.verdict(silent(1)))


class NewSessions(unittest.TestCase):
    def worst(self, records, one):
        return ledger.worst_new_session(ledger.Cluster({"a": records}), [one])[0]

    def test_a_session_on_a_node_that_stopped_is_late_by_the_time_since(self):
        self.assertAlmostEqual(2.99, self.worst(yes(1, 2) + no(3, 4, 5, 6, 7), session("a", 6, 7)))

    def test_silence_counts_from_its_question(self):
        self.assertAlmostEqual(3, self.worst(yes(1, 2) + [silent(3), silent(4), silent(5)], session("a", 6, 7)))

    def test_a_node_that_never_said_yes_is_late_since_the_start(self):
        self.assertAlmostEqual(1.99, self.worst(no(1, 2, 3, 4), session("a", 3, 4)))

    def test_a_session_on_a_yes_is_not_late(self):
        self.assertEqual(0, self.worst(yes(1, 2, 3), session("a", 2.5, 9)))

    def test_a_proxy_may_learn_of_a_promotion_before_the_watcher(self):
        self.assertEqual(0, self.worst(no(1, 2, 3) + yes(4), session("a", 3.5, 9)))


class Reign(unittest.TestCase):
    def until(self, records):
        return ledger.Node("a", records).certain_until(1.01)

    def test_a_reign_ends_with_the_last_yes_before_another_answer(self):
        self.assertEqual(3, self.until(yes(1, 2, 3) + no(4) + yes(5)))

    def test_silence_ends_no_reign(self):
        self.assertEqual(math.inf, self.until(yes(1, 2) + [silent(3)]))


class OldSessions(unittest.TestCase):
    def worst(self, watches, one):
        return ledger.worst_outliving(ledger.Cluster(watches), [one])[0]

    def test_a_session_outlives_its_nodes_own_no(self):
        self.assertAlmostEqual(1.49, self.worst({"a": yes(1, 2) + no(3, 4)}, session("a", 1.5, 4.5)))

    def test_a_session_outlives_a_yes_elsewhere_on_a_higher_timeline(self):
        watches = {"a": yes(1) + [silent(2), silent(3)], "b": no(1, 2) + yes(3, timeline=2)}
        self.assertAlmostEqual(1.99, self.worst(watches, session("a", 1, 5)))

    def test_silence_alone_ends_nothing(self):
        self.assertEqual(0, self.worst({"a": yes(1) + [silent(2), silent(3)]}, session("a", 1, 9)))

    def test_a_no_of_before_the_session_does_not_count(self):
        self.assertEqual(0, self.worst({"a": no(1) + yes(3)}, session("a", 2, 9)))


class Writes(unittest.TestCase):
    def test_a_write_on_the_old_timeline_after_one_on_the_new_is_seen(self):
        rows = [row(1, "a", 1), row(2, "b", 2), row(2.5, "a", 1)]
        self.assertAlmostEqual(0.5, ledger.worst_old_write(rows, rows)[0])

    def test_writes_in_order_are_good(self):
        rows = [row(1, "a", 1), row(2, "b", 2)]
        self.assertEqual(0, ledger.worst_old_write(rows, rows)[0])

    def test_two_nodes_on_one_timeline_are_seen(self):
        self.assertEqual({1: {"a", "b"}, 2: {"b"}}, ledger.nodes_of_timelines([("a", 1), ("b", 1), ("b", 2)]))

    def test_a_confirmed_row_that_is_gone_is_seen(self):
        rows = {"x": [row(1, "a", 1, n=1), row(2, "a", 1, n=2)]}
        self.assertEqual([2], [one["n"] for _, one in ledger.lost(rows, {("x", 1)})])

    def test_a_row_that_came_with_a_warning_is_unknown_and_not_confirmed(self):
        records = [row(1, "a", 1, n=1), row(2, "a", 1, n=2, unknown=True)]
        self.assertEqual([1], [one["n"] for one in ledger.acknowledged(records)])
        self.assertEqual([2], [one["n"] for one in ledger.unknown(records)])

    def unexplained(self, rows, kept):
        return [one["n"] for _, one in ledger.unexplained(ledger.lost(rows, kept), rows, kept)]

    def test_the_end_of_a_timeline_is_what_asynchronous_replication_loses(self):
        rows = {"x": [row(1, "a", 1, n=1), row(2, "a", 1, n=2)], "y": [row(2.5, "a", 1, n=1), row(4, "b", 2, n=2)]}
        self.assertEqual([], self.unexplained(rows, {("x", 1), ("y", 2)}))

    def test_a_lost_row_before_a_kept_one_of_its_timeline_is_not_explained_by_that(self):
        rows = {"x": [row(1, "a", 1, n=1), row(2, "a", 1, n=2)], "y": [row(2.5, "a", 1, n=1)]}
        self.assertEqual([2], self.unexplained(rows, {("x", 1), ("y", 1)}))

    def test_a_kept_row_that_was_under_way_at_the_same_time_proves_nothing(self):
        rows = {"x": [row(2, "a", 1, n=1)], "y": [row(2.005, "a", 1, n=1)]}
        self.assertEqual([], self.unexplained(rows, {("y", 1)}))

    def test_a_lost_row_belongs_to_the_fault_that_ended_its_timeline(self):
        promotions = [("switchover", 2), ("postmaster", 2), ("kill", 3)]
        self.assertEqual("switchover", ledger.fault_of(row(1, "a", 1), promotions))
        self.assertEqual("kill", ledger.fault_of(row(1, "a", 2), promotions))
        self.assertIsNone(ledger.fault_of(row(1, "a", 3), promotions))


class Failures(unittest.TestCase):
    def sort(self, error, **more):
        return ledger.failure({"error": error, **more})

    def test_who_never_connected_failed_to_connect_whatever_the_reason_was(self):
        self.assertEqual("connect", self.sort("FATAL: terminating connection due to administrator command"))

    def test_postgresql_ends_a_statement_only_in_its_own_words(self):
        self.assertEqual("ended", self.sort("FATAL: terminating connection due to administrator command", connected=1))
        self.assertEqual("other", self.sort("server closed the connection unexpectedly", connected=1))
        self.assertEqual("other", self.sort("FATAL: pgproxy: terminating connection due to administrator command",
                                            connected=1))


class Waits(unittest.TestCase):
    def test_a_wait_begins_with_the_first_attempt_that_failed(self):
        records = [{"start": 1, "acked": 1.1}, {"start": 2, "error": "x"}, {"start": 3, "error": "x"},
                   {"start": 4, "acked": 4.5}, {"start": 5, "acked": 5.1}]
        self.assertAlmostEqual(2.5, ledger.longest_wait(records, 1.5, 9))
        self.assertAlmostEqual(0.1, ledger.longest_wait(records, 4.6, 9))


class History(unittest.TestCase):
    LINES = [[1, 100, "no recovery target specified", "then", "b"], [2, 200, "no recovery target specified"]]

    def test_names_who_went_on(self):
        self.assertEqual(self.LINES[0], ledger.in_history(self.LINES, 2, "b"))
        self.assertIsNone(ledger.in_history(self.LINES, 2, "c"))
        self.assertIsNone(ledger.in_history(self.LINES, 3, "b"))
        self.assertIsNone(ledger.in_history(self.LINES, 4, "b"))


class Cost(unittest.TestCase):
    def test_counts_from_the_new_primarys_yes_to_the_first_confirmed_write(self):
        watches = {"a": yes(1) + [silent(2)], "b": no(1, 2) + yes(3, timeline=2)}
        record, uncertain, new = ledger.promotion(ledger.Cluster(watches), "a", 1.5, 9)
        self.assertEqual("b", new)
        self.assertAlmostEqual(1.01, uncertain)
        records = [row(1.2, "a", 1), {"end": 2, "error": "refused"}, row(3.11, "b", 2), row(3.2, "b", 2)]
        seen = ledger.cost(records, "b", record["answered"], 1.5, 9)
        self.assertAlmostEqual(0.1, seen["after_yes"])
        self.assertAlmostEqual(1.91, seen["gap"])
        self.assertEqual({"connect": 1, "ended": 0, "other": 0}, seen["failed"])

    def test_a_primary_that_returns_counts_from_its_yes_after_it_said_something_else(self):
        cluster = ledger.Cluster({"a": yes(1, 2) + [said(3, state="unknown"), silent(4)] + yes(5, 6), "b": no(1, 5)})
        record, _, new = ledger.promotion(cluster, "a", 1.5, 9, may_return=True)
        self.assertEqual((5.01, "a"), (record["answered"], new))
        self.assertIsNone(ledger.promotion(cluster, "a", 1.5, 9))

    def test_a_primary_that_was_only_silent_has_not_returned(self):
        cluster = ledger.Cluster({"a": yes(1, 2) + [silent(3)] + yes(5, 6)})
        self.assertIsNone(ledger.promotion(cluster, "a", 1.5, 9, may_return=True))

    def test_a_row_over_a_session_of_before_is_no_first_write(self):
        records = [row(2.2, "a", 1, connected=2), row(2.3, "a", 1, of=1), row(5.3, "a", 1, connected=5.2)]
        self.assertAlmostEqual(0.3, ledger.cost(records, "a", 5, 1.5, 9, since=3)["after_yes"])

    def test_several_clients_count_as_one_by_the_first_of_them(self):
        clients = [[{"start": 1, "end": 2, "error": "refused"}, row(5.2, "b", 2, end=5.2)],
                   [row(1.9, "a", 1, end=1.9), row(5.1, "b", 2, end=5.3)]]
        seen = ledger.cost(ledger.together(clients), "b", 5, 1.5, 9)
        self.assertAlmostEqual(0.1, seen["after_yes"])
        self.assertAlmostEqual(3.2, seen["gap"])
        self.assertEqual(1, seen["failed"]["connect"])

    def test_the_timeline_of_before_a_fault_is_that_of_the_last_yes(self):
        node = ledger.Node("a", yes(1, timeline=4) + no(2, timeline=5) + yes(3, timeline=6))
        self.assertEqual([None, 4, 6], [node.timeline_at(at) for at in (1, 2.5, 9)])

    def test_who_is_cut_off_answers_nobody(self):
        cut = ledger.Node("a", yes(1) + [silent(2), silent(3)] + yes(4))
        self.assertTrue(cut.silent_throughout(1.5, 3.5))
        self.assertFalse(cut.silent_throughout(0.5, 3.5))
        self.assertFalse(cut.silent_throughout(5, 6))

    def test_a_client_that_never_came_back_has_no_figure(self):
        self.assertIsNone(ledger.cost([row(1, "a", 1)], "b", 3, 2, 9))

    def test_median(self):
        self.assertEqual(2, ledger.median([3, 1, 2]))
        self.assertEqual(2.5, ledger.median([4, 1, 2, 3]))
        self.assertTrue(math.isnan(ledger.median([])))


if __name__ == "__main__":
    unittest.main()
