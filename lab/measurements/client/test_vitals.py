"""A figure that is not there must not pass for a 0: the page of metrics as pgproxy gives it, and with each one gone."""
import unittest

import vitals

PAGE = """# HELP pgproxy_buffers_direct_bytes of direct memory
# TYPE pgproxy_buffers_direct_bytes gauge
pgproxy_buffers_direct_bytes 1835008.0
jvm_threads_live_threads 17.0
pgproxy_listener_sessions{listener="replicas",} 2.0
pgproxy_listener_sessions{listener="primary",} 8.0
jvm_memory_used_bytes{area="heap",id="Tenured Gen",} 8208008.0
jvm_memory_used_bytes{area="nonheap",id="CodeHeap 'profiled nmethods'",} 9920896.0
jvm_memory_used_bytes{area="heap",id="Eden Space",} 698808.0
jvm_memory_used_bytes{area="nonheap",id="Metaspace",} 2.5288184E7
"""


class Figures(unittest.TestCase):
    def test_each_is_the_sum_over_its_labels(self):
        self.assertEqual(vitals.figures(PAGE), {"threads": 17, "direct": 1835008, "heap": 8906816, "sessions": 10})

    def test_a_zero_that_is_told_is_one(self):
        self.assertEqual(vitals.figures(PAGE.replace(" 17.0", " 0.0"))["threads"], 0)

    def test_a_metric_with_another_name(self):
        for name in ("pgproxy_buffers_direct_bytes", "jvm_threads_live_threads", "pgproxy_listener_sessions",
                     "jvm_memory_used_bytes"):
            with self.assertRaises(LookupError):
                vitals.figures(PAGE.replace(name, name + "_total"))

    def test_a_label_with_another_value(self):
        with self.assertRaises(LookupError):
            vitals.figures(PAGE.replace('area="heap"', 'area="java"'))

    def test_a_metric_without_a_figure(self):
        with self.assertRaises(ValueError):
            vitals.figures(PAGE.replace("17.0", "NaN"))

    def test_no_page_at_all(self):
        with self.assertRaises(LookupError):
            vitals.figures("")


if __name__ == "__main__":
    unittest.main()
