package io.pgproxy.health.ask;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** A server on loopback that does with each connection whatever the test says, one after the other. */
final class RawServer implements AutoCloseable {
    /** What to do with a connection whose request has been read; it is closed afterwards. */
    interface Behaviour {
        void with(Socket client) throws IOException, InterruptedException;
    }

    private final ServerSocket server;
    private final Thread thread;
    private final AtomicInteger connections = new AtomicInteger();

    RawServer(Behaviour behaviour) {
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new AssertionError("cannot listen on loopback", e);
        }
        thread = new Thread(() -> serve(behaviour), "raw server");
        thread.setDaemon(true);
        thread.start();
    }

    /** Sends that text, whatever was asked. */
    static RawServer saying(String text) {
        return new RawServer(client -> write(client, text));
    }

    static void write(Socket client, String text) throws IOException {
        OutputStream out = client.getOutputStream();
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    int port() {
        return server.getLocalPort();
    }

    int connections() {
        return connections.get();
    }

    private void serve(Behaviour behaviour) {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                connections.incrementAndGet();
                readRequest(client.getInputStream());
                behaviour.with(client);
            } catch (IOException e) {
                // The client has had enough: that is what most of these tests are about.
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static void readRequest(InputStream in) throws IOException {
        int newlines = 0;
        while (newlines < 2) {
            int next = in.read();
            if (next < 0) {
                return;
            }
            newlines = next == '\n' ? newlines + 1 : next == '\r' ? newlines : 0;
        }
    }

    @Override
    public void close() throws IOException {
        thread.interrupt();
        server.close();
    }
}
