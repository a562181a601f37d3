/**
 * How long each part of a change of the primary took, purely: no thread, clock, socket, logger or randomness. What
 * happened comes in with its {@link io.pgproxy.health.stopwatch.Moment}; records come out.
 */
@NullMarked
package io.pgproxy.health.stopwatch;

import org.jspecify.annotations.NullMarked;
