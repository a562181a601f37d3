package io.pgproxy.vip.kernel;

import io.pgproxy.vip.kernel.wire.PacketFilter;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import jnr.constants.platform.Errno;
import jnr.ffi.Pointer;

/**
 * A descriptor of a socket that never blocks, and what can go wrong with it. Safe from any thread: calls take turns, so
 * that none reaches a descriptor which was closed meanwhile and belongs to somebody else. Only who waits by
 * {@link #descriptor()} must have ended before {@link #close()}.
 */
final class KernelSocket implements AutoCloseable {
    private static final int NON_BLOCKING = 0x800;
    private static final int CLOSE_ON_EXEC = 0x8_0000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_ATTACH_FILTER = 26;
    private static final int MSG_TRUNCATED = 0x20;

    /** {@code struct sock_fprog}: a count, and behind some padding where the program is. */
    private static final int PROGRAM_BYTES = 16;

    private static final int PROGRAM_AT = 8;
    private static final int CLOSED = -1;

    private final Kernel kernel;
    private final String name;
    private final ByteBuffer addressBytes = Kernel.buffer(Integer.BYTES);
    private int descriptor;

    /** @param name in the words of an operator, for what goes wrong */
    KernelSocket(Kernel kernel, String name, int domain, int type, int protocol) throws KernelException {
        this.kernel = kernel;
        this.name = name;
        descriptor = kernel.calls().socket(domain, type | NON_BLOCKING | CLOSE_ON_EXEC, protocol);
        if (descriptor < 0) {
            throw kernel.failure("open " + name);
        }
    }

    synchronized int descriptor() {
        return descriptor;
    }

    synchronized void bind(ByteBuffer address) throws KernelException {
        check(kernel.calls().bind(descriptor, address, address.capacity()), "bind ");
    }

    /** Fills in the address that the socket is bound to. */
    synchronized void name(ByteBuffer address) throws KernelException {
        addressBytes.putInt(0, address.capacity());
        check(kernel.calls().getsockname(descriptor, address, addressBytes), "look at ");
    }

    synchronized void option(int level, int option, int value) throws KernelException {
        Pointer memory = kernel.memory(Integer.BYTES);
        memory.putInt(0, value);
        check(kernel.calls().setsockopt(descriptor, level, option, memory, Integer.BYTES), "set an option of ");
    }

    /** Reads an option of that size. */
    synchronized Pointer option(int level, int option, int bytes, String operation) throws KernelException {
        Pointer memory = kernel.memory(bytes);
        addressBytes.putInt(0, bytes);
        check(kernel.calls().getsockopt(descriptor, level, option, memory, addressBytes), operation);
        return memory;
    }

    synchronized void attach(PacketFilter filter) throws KernelException {
        byte[] bytes = new byte[filter.bytes().remaining()];
        filter.bytes().get(bytes);
        Pointer instructions = kernel.memory(bytes.length);
        instructions.put(0, bytes, 0, bytes.length);
        Pointer program = kernel.memory(PROGRAM_BYTES);
        program.putShort(0, (short) filter.instructions());
        program.putPointer(PROGRAM_AT, instructions);
        try {
            check(
                    kernel.calls().setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, program, PROGRAM_BYTES),
                    "attach a filter to ");
        } finally {
            Reference.reachabilityFence(instructions); // the kernel was told where they are, and nobody else
        }
    }

    /** Sends all of a datagram, a direct buffer, or fails; never blocks for room, and makes nothing. */
    synchronized void send(String operation, ByteBuffer datagram, ByteBuffer address) throws KernelException {
        int bytes = datagram.remaining();
        long sent = kernel.calls().sendto(descriptor, datagram, bytes, 0, address, address.capacity());
        if (sent < 0) {
            throw kernel.failure(operation);
        }
        if (sent != bytes) {
            throw new KernelException(operation, "the kernel took " + sent + " of " + bytes + " bytes");
        }
    }

    /**
     * Reads a datagram, if there is one, and who sent it.
     *
     * @return false if there was none
     */
    synchronized boolean receive(ByteBuffer into, ByteBuffer sender) throws KernelException {
        into.clear();
        addressBytes.putInt(0, sender.capacity());
        long received =
                kernel.calls().recvfrom(descriptor, into, into.capacity(), MSG_TRUNCATED, sender.clear(), addressBytes);
        if (received < 0) {
            KernelException failure = kernel.failure("read from " + name);
            if (failure.isBecause(Errno.EAGAIN) || failure.isBecause(Errno.EINTR)) {
                return false;
            }
            throw failure;
        }
        if (received > into.capacity()) {
            throw new KernelException("read from " + name, received + " bytes, more than was ever expected");
        }
        into.limit((int) received);
        return true;
    }

    private void check(int result, String operation) throws KernelException {
        if (result < 0) {
            throw kernel.failure(operation + name);
        }
    }

    @Override
    public synchronized void close() {
        if (descriptor != CLOSED) {
            kernel.calls().close(descriptor);
            descriptor = CLOSED;
        }
    }
}
