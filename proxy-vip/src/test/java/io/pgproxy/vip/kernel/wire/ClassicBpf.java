package io.pgproxy.vip.kernel.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Runs a filter as the kernel would, by Documentation/networking/filter.rst; of its instructions only those we use. */
final class ClassicBpf {
    private ClassicBpf() {}

    /** How many bytes of the packet are let through; 0 for a packet that is dropped. */
    static int run(ByteBuffer program, byte[] packet) {
        ByteBuffer instructions = program.slice().order(ByteOrder.nativeOrder());
        ByteBuffer bytes = ByteBuffer.wrap(packet);
        int accumulator = 0;
        while (true) {
            int code = instructions.getShort();
            int ifTrue = instructions.get() & 0xff;
            int ifFalse = instructions.get() & 0xff;
            int value = instructions.getInt();
            switch (code) {
                case 0x20 -> {
                    if (value > packet.length - 4) {
                        return 0;
                    }
                    accumulator = bytes.getInt(value);
                }
                case 0x30 -> {
                    if (value > packet.length - 1) {
                        return 0;
                    }
                    accumulator = bytes.get(value) & 0xff;
                }
                case 0x15 ->
                    instructions.position(instructions.position() + 8 * (accumulator == value ? ifTrue : ifFalse));
                case 0x06 -> {
                    return value;
                }
                default -> throw new AssertionError("instruction " + code);
            }
        }
    }
}
