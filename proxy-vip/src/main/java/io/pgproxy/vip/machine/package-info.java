/**
 * The rules of the virtual address, and nothing else: no thread, clock, socket or logger.
 *
 * <p>{@link io.pgproxy.vip.machine.VipMachine} is told an {@link io.pgproxy.vip.machine.Event} and the time and answers
 * with a {@link io.pgproxy.vip.machine.Decision}. Times are nanoseconds of this host's CLOCK_MONOTONIC, which begins
 * near zero at boot, so they are compared as plain numbers.
 *
 * <p>To read it: {@link io.pgproxy.vip.machine.VipMachine} brings events to their readers and then has the state's work
 * done ({@code Standby}, {@code Arrival}, {@code Keeping}); {@code Candidacy}, {@code Departure}, {@code LostKey} and
 * {@code Course} lead from one state to another; {@code Deference}
 * and {@code Ambition} move the address to where it is better placed. The rules that they follow are a class each, gathered in {@code Parts}.
 *
 * <p>The rules by their numbers, and what is not guaranteed, are in docs/VIP.md.
 */
@NullMarked
package io.pgproxy.vip.machine;

import org.jspecify.annotations.NullMarked;
