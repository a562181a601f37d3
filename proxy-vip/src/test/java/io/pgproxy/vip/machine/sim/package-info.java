/**
 * The simulation of the protocol: real machines on hosts, a network and an etcd that are made of arithmetic.
 *
 * <p>Read {@link io.pgproxy.vip.machine.sim.Simulation} first, then {@link io.pgproxy.vip.machine.sim.World}. One seed is
 * one run, the same each time; nothing here reads a clock, sleeps or starts a thread, but for
 * {@link io.pgproxy.vip.machine.sim.Seeds}, which runs many seeds side by side.
 */
@NullMarked
package io.pgproxy.vip.machine.sim;

import org.jspecify.annotations.NullMarked;
