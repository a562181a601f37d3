package io.pgproxy.core;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * What proves to PostgreSQL that a query may be cancelled: the process number and the secret, as BackendKeyData gives
 * them to the client and as CancelRequest brings them back (protocol-message-formats). It is never printed. Immutable.
 *
 * <p>Comparable, because whoever attacks chooses the bytes: a hash map sorts keys that collide only if it can compare
 * them.
 */
final class CancelKey implements Comparable<CancelKey> {
    private static final int PROCESS_BYTES = 4;
    /** Protocol 3.0 has just these. */
    private static final int MIN_SECRET_BYTES = 4;
    /** Of protocol 3.2, PostgreSQL 18. */
    private static final int MAX_SECRET_BYTES = 256;

    static final int MIN_BYTES = PROCESS_BYTES + MIN_SECRET_BYTES;
    static final int MAX_BYTES = PROCESS_BYTES + MAX_SECRET_BYTES;

    /** Behind the length and the code of a CancelRequest. */
    private static final int OFFSET_IN_REQUEST = 8;

    private final byte[] bytes;

    private CancelKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /** @param bytes {@link #MIN_BYTES} to {@link #MAX_BYTES} of them, which become ours */
    static CancelKey of(byte[] bytes) {
        return new CancelKey(bytes);
    }

    /** Of a whole CancelRequest, which stays as it is. */
    static CancelKey inRequest(ByteBuf packet) {
        byte[] bytes = new byte[packet.readableBytes() - OFFSET_IN_REQUEST];
        packet.getBytes(packet.readerIndex() + OFFSET_IN_REQUEST, bytes);
        return new CancelKey(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CancelKey key && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** A secret. */
    @Override
    public String toString() {
        return "(not shown)";
    }

    @Override
    public int compareTo(CancelKey other) {
        return Arrays.compare(bytes, other.bytes);
    }
}
