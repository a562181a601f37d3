package io.pgproxy.vip.kernel;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Addresses as they are written in the tests. */
final class Addresses {
    private Addresses() {}

    static InetAddress of(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(literal, e);
        }
    }
}
