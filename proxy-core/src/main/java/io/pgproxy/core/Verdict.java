package io.pgproxy.core;

/**
 * A standing and why, for logs and refusals. Immutable.
 *
 * @param reason half a sentence such as {@code /primary 503, role replica (was primary)}; safe to print
 */
public record Verdict(Standing standing, String reason) {}
