package io.pgproxy.core;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A server on a loopback port that accepts at once and lets the test be PostgreSQL. */
final class FakeBackend implements AutoCloseable {
    private final ServerSocket server;
    private final BlockingQueue<Peer> accepted = new LinkedBlockingQueue<>();
    private final List<Peer> taken = new ArrayList<>();

    FakeBackend() throws IOException {
        this(0);
    }

    /** With that receive buffer for every connection, 0 for the kernel's own. */
    FakeBackend(int receiveBufferBytes) throws IOException {
        server = new ServerSocket();
        if (receiveBufferBytes > 0) {
            server.setReceiveBufferSize(receiveBufferBytes);
        }
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread acceptor = new Thread(this::accept, "fake-backend");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                accepted.add(new Peer(socket));
            }
        } catch (IOException closed) {
            // the end of the test
        }
    }

    InetSocketAddress address() {
        return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
    }

    /** The next connection. */
    Peer next() throws InterruptedException {
        Peer peer = accepted.poll(10, TimeUnit.SECONDS);
        if (peer == null) {
            throw new AssertionError("nobody connected to the backend within 10 s");
        }
        taken.add(peer);
        return peer;
    }

    /** Connections that came and were not taken yet. */
    int waiting() {
        return accepted.size();
    }

    @Override
    public void close() throws IOException {
        server.close();
        accepted.drainTo(taken);
        for (Peer peer : taken) {
            peer.close();
        }
    }
}
