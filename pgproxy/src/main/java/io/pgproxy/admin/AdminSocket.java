package io.pgproxy.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The Unix socket: whoever may open the file may order what it offers. Confined to the main thread.
 *
 * <p>It is made under another name and gets its own when its mode is right, so that at no time somebody may open it who
 * may not; the same step takes the place of what a killed program left behind.
 */
final class AdminSocket implements AutoCloseable {
    private static final String MODE = "rw-rw----";

    private final Path path;
    private final Channel channel;

    private AdminSocket(Path path, Channel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Answers from now on.
     *
     * @throws IOException if the file can't be made, or another program answers there; says which and why
     */
    static AdminSocket bind(Path path, ServerBootstrap bootstrap) throws IOException {
        if (isAnswered(path)) {
            throw new IOException(path + ": another program answers there");
        }
        Path unready = path.resolveSibling(path.getFileName() + ".new");
        try {
            Files.deleteIfExists(unready);
            ChannelFuture bound =
                    bootstrap.bind(UnixDomainSocketAddress.of(unready)).awaitUninterruptibly();
            if (!bound.isSuccess()) {
                throw new IOException(bound.cause().getMessage(), bound.cause());
            }
            Files.setPosixFilePermissions(unready, PosixFilePermissions.fromString(MODE));
            Files.move(unready, path, StandardCopyOption.ATOMIC_MOVE);
            return new AdminSocket(path, bound.channel());
        } catch (IOException e) {
            throw new IOException(path + ": " + e.getMessage(), e);
        }
    }

    private static boolean isAnswered(Path path) {
        try (SocketChannel answered = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            return answered.isConnected();
        } catch (IOException e) {
            return false; // there is none, or nobody listens at it any more
        }
    }

    @Override
    public void close() throws IOException {
        channel.close().awaitUninterruptibly();
        Files.deleteIfExists(path);
    }
}
