package io.pgproxy.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Set;

/**
 * The Unix socket: whoever may open the file may order what it offers. Confined to the main thread.
 *
 * <p>It is made within a folder that nobody else may enter and leaves it when its mode is right, so that at no time
 * somebody may open it who may not; the same step takes the place of what a killed program left behind.
 */
final class AdminSocket implements AutoCloseable {
    private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rw-rw----");
    private static final FileAttribute<Set<PosixFilePermission>> OWNERS_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path path;
    private final Channel channel;

    private AdminSocket(Path path, Channel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Answers from now on.
     *
     * @throws IOException if the file can't be made, or another program answers there; says which and why, and then
     *     nothing is left of the attempt
     */
    static AdminSocket bind(Path path, ServerBootstrap bootstrap) throws IOException {
        if (isAnswered(path)) {
            throw new IOException(path + ": another program answers there");
        }
        try {
            Path hidden = hiddenFolder(path.resolveSibling(""));
            try {
                return new AdminSocket(path, bind(hidden.resolve("s"), path, bootstrap));
            } finally {
                Files.delete(hidden);
            }
        } catch (IOException e) {
            throw new IOException(path + ": " + e, e);
        }
    }

    /** Its name is short, since Java takes no path of a socket with more than 106 bytes. */
    private static Path hiddenFolder(Path folder) throws IOException {
        String name = String.format("%04x", new SecureRandom().nextInt(1 << 16));
        return Files.createDirectory(folder.resolve(name), OWNERS_ONLY);
    }

    private static Channel bind(Path hidden, Path path, ServerBootstrap bootstrap) throws IOException {
        ChannelFuture bound = bootstrap.bind(UnixDomainSocketAddress.of(hidden)).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(bound.cause().getMessage(), bound.cause());
        }
        try {
            Files.setPosixFilePermissions(hidden, MODE);
            Files.move(hidden, path, StandardCopyOption.ATOMIC_MOVE);
            return bound.channel();
        } catch (IOException e) {
            bound.channel().close().awaitUninterruptibly();
            Files.deleteIfExists(hidden);
            throw e;
        }
    }

    /** @throws IOException if that can't be told: whatever is there then may be another program's */
    private static boolean isAnswered(Path path) throws IOException {
        try (SocketChannel answered = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            return answered.isConnected();
        } catch (ConnectException e) {
            return false; // nobody listens at it any more
        } catch (IOException e) {
            if (Files.notExists(path)) {
                return false;
            }
            throw new IOException(path + ": cannot tell whether another program answers there: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close().awaitUninterruptibly();
        Files.deleteIfExists(path);
    }
}
