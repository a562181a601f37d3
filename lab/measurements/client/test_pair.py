"""The ledger of the pair must catch what it is there to catch: each fault planted by hand, with its number."""
import math
import unittest

import pair_clients
from pair_ledger import Attempts, Holdings, Round, heard, pauses, rounds

VIP, OWN = "10.0.0.10", {"a": "10.0.0.11", "b": "10.0.0.12"}


def start(host, *addresses, t=0):
    return {"t": t, "host": host, "change": "start", "addresses": list(addresses)}


def change(t, host, what, address=VIP):
    return {"t": t, "host": host, "change": what, "address": address, "seconds": None}


def moved(gone_at, came_at):
    """The address leaves a and comes to b."""
    return [start("a", VIP, OWN["a"]), start("b", OWN["b"]),
            *sorted([change(gone_at, "a", "gone"), change(came_at, "b", "new")], key=lambda one: one["t"]),
            *({"t": t, "late": 0.001} for t in range(1, 100))]


def own(records):
    return {host: Holdings(records, address) for host, address in OWN.items()}


def every(period, begin, end, outcome="ok"):
    number = round((end - begin) / period)
    return [[begin + n * period, begin + n * period + 0.001, outcome] for n in range(number)]


class Addresses(unittest.TestCase):
    def test_an_address_on_both_hosts_is_seen_to_the_millisecond(self):
        self.assertAlmostEqual(0.001, Holdings(moved(5.001, 5), VIP).together(0, 10))
        self.assertEqual(0, Holdings(moved(5.001, 5), VIP).nowhere(0, 10))

    def test_an_address_on_no_host_is_seen_to_the_millisecond(self):
        self.assertAlmostEqual(0.001, Holdings(moved(5, 5.001), VIP).nowhere(0, 10))
        self.assertEqual(0, Holdings(moved(5, 5.001), VIP).together(0, 10))

    def test_a_holder_that_never_lets_go_counts_to_the_end_of_the_time_that_was_asked_for(self):
        records = [start("a", VIP), start("b"), change(4, "b", "new")]
        self.assertEqual(6, Holdings(records, VIP).together(0, 10))

    def test_what_was_before_and_after_does_not_count(self):
        records = [start("a", VIP), start("b"), change(1, "b", "new"), change(2, "b", "gone"), change(8, "b", "new")]
        self.assertEqual(0, Holdings(records, VIP).together(3, 7))

    def test_a_renewal_is_no_second_address(self):
        records = [start("a", VIP), start("b"), change(3, "a", "new"), change(5, "a", "gone")]
        self.assertEqual([(0, 5)], Holdings(records, VIP).spans["a"])

    def test_other_addresses_do_not_count(self):
        records = [start("a", VIP), start("b"), change(3, "b", "new", "10.0.0.99")]
        self.assertEqual(0, Holdings(records, VIP).together(0, 10))

    def test_a_watcher_that_ended_early_proves_nothing(self):
        self.assertEqual(math.inf, Holdings(moved(5, 5), VIP).late(50, 150))
        self.assertEqual(0.001, Holdings(moved(5, 5), VIP).late(50, 60))

    def test_a_watcher_that_slept_says_so(self):
        records = [*moved(5, 5), {"t": 55.5, "late": 0.3}]
        self.assertEqual(0.3, Holdings(sorted(records, key=lambda one: one["t"]), VIP).late(54, 60))


class Outage(unittest.TestCase):
    def test_is_the_longest_time_between_two_starts_of_attempts_that_succeeded(self):
        attempts = Attempts(every(0.01, 0, 5) + every(0.01, 5, 7.5, "no connection") + every(0.01, 7.5, 10))
        seconds, over = attempts.outage(5.2, 10)
        self.assertAlmostEqual(2.51, seconds)
        self.assertTrue(over)

    def test_that_did_not_end_says_so(self):
        attempts = Attempts(every(0.01, 0, 5) + every(0.01, 5, 10, "no answer"))
        seconds, over = attempts.outage(5, 10)
        self.assertAlmostEqual(5.01, seconds)
        self.assertFalse(over)

    def test_that_is_shorter_than_the_one_before_and_did_not_end_does_not_hide_it(self):
        attempts = Attempts(every(0.01, 0, 5) + every(0.01, 8, 9) + every(0.01, 9, 10, "no answer"))
        self.assertAlmostEqual(3.01, attempts.outage(4, 10)[0])

    def test_without_any_is_the_usual_time_between_two(self):
        attempts = Attempts(every(0.01, 0, 10))
        self.assertAlmostEqual(0.01, attempts.outage(5, 9)[0])
        self.assertEqual(0, attempts.first_failed_to_served(5, 9))

    def test_an_attempt_that_succeeds_late_does_not_hide_those_after_it(self):
        attempts = Attempts([*every(0.01, 0, 5), [5, 7.9, "ok"], *every(0.01, 8, 9)])
        self.assertAlmostEqual(3, attempts.outage(4.9, 9)[0])

    def test_attempts_that_are_all_kept_waiting_and_then_served_were_not_served_meanwhile(self):
        waiting = [[5 + n * 0.01, 5.8, "ok"] for n in range(80)]
        attempts = Attempts(every(0.01, 0, 5) + waiting + every(0.01, 5.8, 9))
        self.assertAlmostEqual(0.81, attempts.outage(4.9, 9)[0], places=2)

    def test_first_failed_to_first_served(self):
        attempts = Attempts(every(0.01, 0, 5) + every(0.01, 5, 6, "ECONNREFUSED") + every(0.01, 6, 7))
        self.assertAlmostEqual(1, attempts.first_failed_to_served(4, 7))
        self.assertEqual(100, len(attempts.failed(4, 7)))

    def test_a_client_that_stood_still_says_so(self):
        self.assertAlmostEqual(1.01, Attempts(every(0.01, 0, 5) + every(0.01, 6, 7)).longest_pause(4.5, 7))


class HeldSession(unittest.TestCase):
    def test_hears_of_it(self):
        held = [{"connected": 1, "via": "x"}, {"connected": 1, "via": "x", "ended": 5.2}, {"connected": 6, "via": "y"}]
        self.assertAlmostEqual(0.2, heard(held, 5, 9))

    def test_never_hears_of_it(self):
        self.assertEqual(math.inf, heard([{"connected": 1, "via": "x"}], 5, 9))

    def test_that_ended_before_was_not_there(self):
        self.assertIsNone(heard([{"connected": 1, "via": "x"}, {"connected": 1, "via": "x", "ended": 4}], 5, 9))


class Rounds(unittest.TestCase):
    def one(self, records, after, kind="freeze"):
        fault = {"t": 5, "what": "fault", "kind": kind, "number": "1", "active": "a", "held": True, "after": after}
        attempts = Attempts(every(0.01, 0, 20))
        return Round(fault, {"t": 15}, 20, Holdings(records, VIP), attempts, [], own(records))

    def test_an_address_that_the_fault_itself_took_away_proves_nothing(self):
        self.assertTrue(self.one(moved(6, 7), [VIP, OWN["a"]]).still_there)
        self.assertFalse(self.one(moved(6, 7), [OWN["a"]]).still_there)

    def test_a_host_that_lost_its_own_address_proves_nothing(self):
        self.assertTrue(self.one(moved(6, 7), [OWN["a"]]).host_stands)
        self.assertFalse(self.one(moved(6, 7), [VIP]).host_stands)
        lost = [*moved(6, 7), change(9, "a", "gone", OWN["a"])]
        self.assertFalse(self.one(lost, [OWN["a"]]).host_stands)

    def test_what_a_thawed_host_does_counts_too(self):
        records = [start("a", VIP), start("b"), change(6, "a", "gone"), change(7, "b", "new"),
                   change(16, "a", "new"), change(16.2, "a", "gone")]
        self.assertEqual(0, self.one(records, []).together)
        self.assertAlmostEqual(0.2, self.one(records, []).together_after)

    def test_each_fault_goes_with_its_own_mending(self):
        events = [{"t": t, "what": what, "kind": "stop", "number": number, "active": "a", "held": True, "after": []}
                  for t, what, number in ((1, "fault", 1), (2, "mend", 1), (3, "fault", 2), (5, "fault", 3),
                                           (6, "mend", 3))]
        found = rounds(events, Holdings(moved(6, 7), VIP), Attempts([]), [], own(moved(6, 7)), 9)
        self.assertEqual([(1, 2), (3, 6)], [(one.number, one.mended) for one in found])


class Pauses(unittest.TestCase):
    def test_only_pauses_of_the_collector_count(self):
        log = ["2026-01-01T00:00:00.000Z INFO  [main] PgProxy: started\n",
               "[1.037s] Using Serial\n",
               "[9.865s] GC(9) Pause Young (Allocation Failure) 526M->495M(763M) 3865.867ms\n",
               "[18.904s] GC(10) Pause Full (Allocation Failure) 669M->526M(1271M) 21.562ms\n"]
        self.assertEqual([3.865867, 0.021562], pauses(log))


class Answers(unittest.TestCase):
    def test_only_the_question_for_a_password_is_a_success(self):
        self.assertEqual("ok", pair_clients.outcome_of(b"R\0\0\0\x17\0\0\0\nSCRAM-SHA-256\0\0"))
        self.assertEqual("the server is down", pair_clients.outcome_of(b"E\0\0\0\x20SFATAL\0Mthe server is down\0\0"))
        self.assertEqual("closed", pair_clients.outcome_of(b""))
        self.assertEqual("not the protocol", pair_clients.outcome_of(b"HTTP/1.0"))


if __name__ == "__main__":
    unittest.main()
