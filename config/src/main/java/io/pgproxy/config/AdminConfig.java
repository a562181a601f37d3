package io.pgproxy.config;

/**
 * The admin HTTP port. Immutable.
 *
 * @param bind where metrics, health and status are served
 */
public record AdminConfig(BindAddress bind) {
    /** What applies where the file says nothing. */
    public static final AdminConfig DEFAULTS = new AdminConfig(new BindAddress("*", 7000));
}
