/**
 * What goes over the sockets to the kernel and over the wire, as values: netlink messages, ARP, and the two messages of
 * IPv6 neighbour discovery that matter here.
 *
 * <p>Pure: bytes to values and back, with no socket, thread, clock or native call. A stranger may have written the
 * bytes. Whatever does not hold what its lengths promise is an empty result, never an exception, and every loop ends
 * with the bytes.
 */
@NullMarked
package io.pgproxy.vip.kernel.wire;

import org.jspecify.annotations.NullMarked;
