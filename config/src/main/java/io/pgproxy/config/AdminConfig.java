package io.pgproxy.config;

/**
 * The admin HTTP port. Immutable.
 *
 * @param bind where metrics, health and status are served
 */
public record AdminConfig(BindAddress bind) {}
