"""What the kernel says must be read as it is meant; the bytes are a real kernel's (Linux 6.18)."""
import unittest

from rtnetlink import RTM_DELADDR, RTM_NEWADDR, messages

NEW = bytes.fromhex("4c00000014000000d046046b4c5c0000022020000100000008000100c000020a08000200c000020a070003006c6f00000800080020"
                    "000000140006000000000003000000e0853600e0853600")
GONE = bytes.fromhex("4c00000015000000d046046b5b5c0000022020000100000008000100c000020a08000200c000020a070003006c6f0000080008002"
                     "0000000140006000000000003000000e0853600e0853600")
NEW_IPV6 = bytes.fromhex("480000001400000000000000000000000a808200010000001400010020010db800000000000000000000001014000600ffffffff"
                         "ffffffffe4853600e48536000800080082000000")


class Messages(unittest.TestCase):
    def test_an_address_with_a_lifetime(self):
        self.assertEqual([(RTM_NEWADDR, "192.0.2.10", 3)], list(messages(NEW)))

    def test_an_address_that_went(self):
        self.assertEqual([(RTM_DELADDR, "192.0.2.10", 3)], list(messages(GONE)))

    def test_an_address_of_ipv6_without_end(self):
        self.assertEqual([(RTM_NEWADDR, "2001:db8::10", None)], list(messages(NEW_IPV6)))

    def test_several_in_one_datagram(self):
        self.assertEqual([RTM_NEWADDR, RTM_DELADDR], [kind for kind, _, _ in messages(NEW + GONE)])

    def test_a_message_that_is_cut_off_is_not_taken_for_nothing(self):
        with self.assertRaises(ValueError):
            list(messages(NEW[:-4]))


if __name__ == "__main__":
    unittest.main()
