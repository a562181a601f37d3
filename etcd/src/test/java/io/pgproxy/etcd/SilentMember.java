package io.pgproxy.etcd;

import io.pgproxy.config.EtcdEndpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Accepts everybody, says what it has to say, and nothing more. */
public final class SilentMember implements AutoCloseable {
    private final ServerSocketChannel listening = ServerSocketChannel.open();
    private final List<SocketChannel> accepted = new ArrayList<>();

    public SilentMember(String words) throws IOException {
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread thread = new Thread(() -> accept(words), "silent member");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept(String words) {
        try {
            while (true) {
                SocketChannel connection = listening.accept();
                connection.write(ByteBuffer.wrap(words.getBytes(StandardCharsets.UTF_8)));
                connection.configureBlocking(false);
                synchronized (accepted) {
                    accepted.add(connection);
                }
            }
        } catch (IOException e) {
            // closed
        }
    }

    public EtcdEndpoint endpoint() {
        return new EtcdEndpoint(false, "127.0.0.1", listening.socket().getLocalPort());
    }

    public int accepted() {
        synchronized (accepted) {
            return accepted.size();
        }
    }

    /** Connections that the other side has not closed. */
    public int open() {
        synchronized (accepted) {
            return (int) accepted.stream().filter(SilentMember::isOpen).count();
        }
    }

    private static boolean isOpen(SocketChannel connection) {
        ByteBuffer bytes = ByteBuffer.allocate(8192);
        try {
            int length = connection.read(bytes);
            while (length > 0) {
                bytes.clear();
                length = connection.read(bytes);
            }
            return length == 0;
        } catch (IOException e) {
            return false; // reset
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        synchronized (accepted) {
            for (SocketChannel connection : accepted) {
                connection.close();
            }
        }
    }
}
