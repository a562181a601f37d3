package io.pgproxy.vip.kernel.wire;

import java.nio.ByteBuffer;

/** The six bytes by which a network card is addressed, in the lower bits of a number. Immutable. */
public record MacAddress(long bits) {
    public static final int BYTES = 6;

    public static final MacAddress NONE = new MacAddress(0);

    public static final MacAddress BROADCAST = new MacAddress(0xffff_ffff_ffffL);

    public MacAddress {
        if (bits >>> (8 * BYTES) != 0) {
            throw new IllegalArgumentException("more than six bytes: " + Long.toHexString(bits));
        }
    }

    /** Takes six bytes, of which the caller knows that they are there. */
    public static MacAddress take(ByteBuffer from) {
        long bits = 0;
        for (int i = 0; i < BYTES; i++) {
            bits = (bits << 8) | (from.get() & 0xff);
        }
        return new MacAddress(bits);
    }

    public void put(ByteBuffer into) {
        for (int shift = 8 * (BYTES - 1); shift >= 0; shift -= 8) {
            into.put((byte) (bits >>> shift));
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int shift = 8 * (BYTES - 1); shift >= 0; shift -= 8) {
            text.append(String.format("%02x", (bits >>> shift) & 0xff)).append(shift == 0 ? "" : ":");
        }
        return text.toString();
    }
}
