package io.pgproxy.vip.machine;

/** Where an instance is on the way to the address. */
public enum State {
    /** Has not got it and may promise to leave it alone. */
    STANDBY,
    /** Asks etcd for it. */
    CLAIM,
    /** Has the key, and makes sure that no other host has the address. */
    PROBE,
    /** Has the address. */
    HOLD
}
