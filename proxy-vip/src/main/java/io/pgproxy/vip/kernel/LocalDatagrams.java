package io.pgproxy.vip.kernel;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Datagrams to one Unix socket of this host, which Java itself cannot send. Never waits: what the other does not take at
 * once is not sent. One descriptor. Safe from any thread.
 */
public final class LocalDatagrams implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;

    /** {@code sun_path} in {@code struct sockaddr_un}, behind the family. */
    private static final int PATH_AT = 2;

    private static final int MAX_PATH_BYTES = 107;

    private final KernelSocket socket;
    private final String name;
    private final ByteBuffer address;

    /** @param path of the socket; one that begins with {@code @} is a name of the abstract kind (unix(7)) */
    public LocalDatagrams(Kernel kernel, String path) throws KernelException {
        name = path;
        address = address(path);
        socket = new KernelSocket(kernel, "a socket to " + path, AF_UNIX, SOCK_DGRAM, 0);
    }

    private static ByteBuffer address(String path) throws KernelException {
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        boolean isAbstract = path.startsWith("@");
        if (!(isAbstract || path.startsWith("/")) || bytes.length > MAX_PATH_BYTES) {
            throw new KernelException("send to " + path, "that is no path of a Unix socket");
        }
        if (isAbstract) {
            bytes[0] = 0; // and its end is where the address ends, not a zero
        }
        ByteBuffer address = Kernel.buffer(PATH_AT + bytes.length + (isAbstract ? 0 : 1));
        address.putShort((short) AF_UNIX).put(bytes).rewind();
        return address;
    }

    public void send(String text) throws KernelException {
        socket.send("send to " + name, Kernel.buffer(text.getBytes(StandardCharsets.UTF_8)), address);
    }

    @Override
    public void close() {
        socket.close();
    }
}
