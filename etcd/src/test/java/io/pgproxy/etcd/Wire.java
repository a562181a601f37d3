package io.pgproxy.etcd;

import io.pgproxy.config.EtcdEndpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/** Connections to a member that can die as those to a host do whose power was cut: without a word. */
public final class Wire implements AutoCloseable {
    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final EtcdEndpoint member;
    private final List<AtomicBoolean> alive = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    public Wire(EtcdEndpoint member) throws IOException {
        this.member = member;
        daemon(this::accept);
    }

    public EtcdEndpoint endpoint() {
        return new EtcdEndpoint(false, "127.0.0.1", listening.getLocalPort());
    }

    /** What is connected now passes nothing on any more, and stays open; new connections work. */
    public void cut() {
        alive.forEach(connection -> connection.set(false));
    }

    private void accept() {
        try {
            while (true) {
                Socket near = listening.accept();
                Socket far = new Socket(member.host(), member.port());
                sockets.addAll(List.of(near, far));
                AtomicBoolean connection = new AtomicBoolean(true);
                alive.add(connection);
                daemon(() -> pass(near, far, connection));
                daemon(() -> pass(far, near, connection));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private static void pass(Socket from, Socket to, AtomicBoolean alive) {
        byte[] bytes = new byte[8192];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
                if (alive.get()) {
                    out.write(bytes, 0, length);
                }
            }
        } catch (IOException e) {
            // closed
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "wire");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
