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
    private static final int WHOLE_REQUEST = Integer.MAX_VALUE;

    /** What to do with a connection whose request has been read; it is closed afterwards. */
    interface Behaviour {
        void with(Socket client) throws IOException, InterruptedException;
    }

    private final ServerSocket server;
    private final Thread thread;
    private final AtomicInteger connections = new AtomicInteger();
    private final int bytesToRead;
    private volatile String request = "";

    RawServer(Behaviour behaviour) {
        this(behaviour, WHOLE_REQUEST);
    }

    private RawServer(Behaviour behaviour, int bytesToRead) {
        this.bytesToRead = bytesToRead;
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

    /** For clients whose first words are no HTTP: it acts on the first byte of them. */
    static RawServer onFirstByte(Behaviour behaviour) {
        return new RawServer(behaviour, 1);
    }

    static void write(Socket client, String text) throws IOException {
        OutputStream out = client.getOutputStream();
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    /** Reads on until the client has ended the connection. */
    static String readToEnd(Socket client) {
        StringBuilder rest = new StringBuilder();
        try {
            for (int next = client.getInputStream().read();
                    next >= 0;
                    next = client.getInputStream().read()) {
                rest.append((char) next);
            }
        } catch (IOException e) {
            // a reset is an end, too
        }
        return rest.toString();
    }

    int port() {
        return server.getLocalPort();
    }

    int connections() {
        return connections.get();
    }

    /** The last one, to the byte. */
    String request() {
        return request;
    }

    private void serve(Behaviour behaviour) {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                connections.incrementAndGet();
                request = readRequest(client.getInputStream());
                behaviour.with(client);
            } catch (IOException e) {
                // The client has had enough: that is what most of these tests are about.
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private String readRequest(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        int newlines = 0;
        while (newlines < 2 && text.length() < bytesToRead) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            text.append((char) next);
            newlines = next == '\n' ? newlines + 1 : next == '\r' ? newlines : 0;
        }
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        thread.interrupt();
        server.close();
    }
}
