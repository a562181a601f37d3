package io.pgproxy;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.atomic.AtomicInteger;

/** A backend that lets everybody in, says that it is ready, and sends back what it gets. */
final class FakePostgres implements AutoCloseable {
    /** AuthenticationOk, then ReadyForQuery in no transaction. */
    static final byte[] READY = {'R', 0, 0, 0, 8, 0, 0, 0, 0, 'Z', 0, 0, 0, 5, 'I'};

    /** StartupMessage 3.0 with user=a. */
    static final byte[] STARTUP = {0, 0, 0, 16, 0, 3, 0, 0, 'u', 's', 'e', 'r', 0, 'a', 0, 0};

    private final AtomicInteger connections = new AtomicInteger();
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

    FakePostgres() throws IOException {
        thread(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** How many have come so far. */
    int connections() {
        return connections.get();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private void accept() {
        try {
            while (true) {
                Socket session = server.accept();
                connections.incrementAndGet();
                thread(() -> serve(session));
            }
        } catch (SocketException e) {
            // The test is over.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void serve(Socket socket) {
        try (Socket session = socket) {
            DataInputStream in = new DataInputStream(session.getInputStream());
            in.readFully(new byte[in.readInt() - Integer.BYTES]);
            session.getOutputStream().write(READY);
            in.transferTo(session.getOutputStream());
        } catch (IOException e) {
            // The client has gone, or the proxy has; the test knows which.
        }
    }

    private static void thread(Runnable work) {
        Thread thread = new Thread(work, "fake PostgreSQL");
        thread.setDaemon(true);
        thread.start();
    }
}
