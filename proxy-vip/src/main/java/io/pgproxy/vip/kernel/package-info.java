/**
 * Everything between the virtual address and the Linux kernel: its list of addresses, the announcements on the network,
 * and the timer that ends this process before it can act too late. No command is executed; what the C library is asked
 * is in {@code LibC}.
 *
 * <pre>
 * AddressTable ──────► rtnetlink     asks, and waits for the answer
 * AddressEvents ◄───── rtnetlink  ┬─ read by ReceiveLoop, or at once by whoever needs to know now
 * Neighbourhood ◄────► AF_PACKET  ┘  (in the language of Arp or of NeighbourDiscovery)
 * Fuse, Clocks ──────► timers and clocks
 * </pre>
 *
 * <p>Descriptors: one each for {@code AddressTable}, {@code AddressEvents}, {@code ReceiveLoop}, and for each link and
 * family of addresses that is announced on it. Needs CAP_NET_ADMIN for the list of addresses and CAP_NET_RAW for the
 * network. What the bytes mean is in {@code wire}.
 */
@NullMarked
package io.pgproxy.vip.kernel;

import org.jspecify.annotations.NullMarked;
