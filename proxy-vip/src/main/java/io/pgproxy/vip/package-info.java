/**
 * Holds the lease, owns the address.
 *
 * <p>{@code machine} is the pure kernel: every rule of the protocol, told what happened and the time, answers with what
 * is to be done. The packages beside it do it.
 */
@NullMarked
package io.pgproxy.vip;

import org.jspecify.annotations.NullMarked;
