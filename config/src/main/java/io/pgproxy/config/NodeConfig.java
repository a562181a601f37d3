package io.pgproxy.config;

/**
 * One PostgreSQL node of the cluster. Immutable.
 *
 * @param name the name in logs, metrics and status; unique, normally Patroni's own member name
 * @param host name or address, IPv4 or IPv6; a name is resolved anew while the program runs
 * @param port PostgreSQL's port, 1 to 65535
 * @param patroniPort the port of Patroni's REST API, 1 to 65535
 * @param patroniScheme how that API is spoken to
 * @param weight its share of sessions beside the other nodes' weights, 1 to 1000
 */
public record NodeConfig(String name, String host, int port, int patroniPort, Scheme patroniScheme, int weight) {
    /** What {@code weight} is where the file does not say. */
    public static final int DEFAULT_WEIGHT = 100;

    /** The two ways to speak to Patroni's REST API. */
    public enum Scheme {
        HTTP,
        HTTPS
    }
}
