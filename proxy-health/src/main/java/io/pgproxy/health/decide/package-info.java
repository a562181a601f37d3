/**
 * From answers to a table, purely: no thread, clock, socket, logger or randomness. The monotonic time comes in as an
 * argument; everything is immutable; whoever holds the newest value holds the whole state.
 */
@NullMarked
package io.pgproxy.health.decide;

import org.jspecify.annotations.NullMarked;
