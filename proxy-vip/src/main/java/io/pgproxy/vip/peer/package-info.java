/**
 * How the members talk to one another: who they are, what proves it, and the datagrams that carry their messages.
 *
 * <p>What is not guaranteed: that a message arrives, that it arrives once, in order or in time. An authentic message may
 * be an old one, recorded and sent again by a stranger; {@link io.pgproxy.vip.machine.VipMachine} judges by its number
 * and by the runs that it names. Messages are not secret.
 */
@NullMarked
package io.pgproxy.vip.peer;

import org.jspecify.annotations.NullMarked;
