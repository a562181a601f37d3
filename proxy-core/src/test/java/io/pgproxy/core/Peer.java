package io.pgproxy.core;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One end of a connection in a test, client or backend: blocking, and failing loudly when nothing comes. */
final class Peer implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;

    final Socket socket;

    Peer(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
    }

    static Peer connect(String host, int port) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(host, port), PATIENCE_MILLIS);
        return new Peer(socket);
    }

    Peer send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    Peer send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Exactly that many bytes. */
    byte[] read(int length) throws IOException {
        byte[] bytes = socket.getInputStream().readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the connection ended after " + bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }

    String readText(int length) throws IOException {
        return new String(read(length), StandardCharsets.UTF_8);
    }

    /** Everything until the other side finishes. */
    byte[] readAll() throws IOException {
        return socket.getInputStream().readAllBytes();
    }

    /** How the other side ended: {@code end of stream}, {@code reset}, or what it said instead of ending. */
    String readEnd() {
        try {
            int next = socket.getInputStream().read();
            return next < 0 ? "end of stream" : "byte " + next;
        } catch (java.net.SocketTimeoutException nothing) {
            return "nothing";
        } catch (IOException broken) {
            return "reset";
        }
    }

    /** Says that no more will be sent; reading goes on. */
    Peer finish() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Breaks the connection with a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
