package io.pgproxy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The socket's file: who may open it when, and what is left of one that could not be made. */
@Timeout(30)
class AdminSocketTest {
    /** The longest that the configuration takes. */
    private static final int MAX_PATH_CHARS = 100;

    @TempDir
    private Path folder;

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final CompletableFuture<Channel> opened = new CompletableFuture<>();
    private final CompletableFuture<String> modeOfItsFirstFolder = new CompletableFuture<>();

    @AfterEach
    void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void nobodyElseMayComeNearItBeforeItsModeIsRight() throws Exception {
        AdminSocket.bind(folder.resolve("admin.sock"), bootstrap());
        assertThat(modeOfItsFirstFolder.get(10, TimeUnit.SECONDS)).isEqualTo("rwx------");
    }

    @Test
    void isAllThatIsLeftOfItsMaking() throws Exception {
        AdminSocket.bind(folder.resolve("admin.sock"), bootstrap());
        assertThat(names()).containsExactly("admin.sock");
    }

    @Test
    void answersByTheLongestPathThatMayBeConfigured() throws Exception {
        String rest = "x".repeat(MAX_PATH_CHARS - folder.toString().length() - "//s".length());
        Path longest = Files.createDirectory(folder.resolve(rest)).resolve("s");
        AdminSocket.bind(longest, bootstrap());

        assertThat(longest.toString()).hasSize(MAX_PATH_CHARS);
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(longest))) {
            assertThat(client.isConnected()).isTrue();
        }
    }

    @Test
    void takesNoOrdersWhereItFailed() throws Exception {
        Path taken = folder.resolve("admin.sock");
        Files.createDirectories(taken.resolve("it is a folder"));

        assertThatThrownBy(() -> AdminSocket.bind(taken, bootstrap()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(taken.toString());
        assertThat(opened.get(10, TimeUnit.SECONDS).isOpen()).isFalse();
        assertThat(names()).containsExactly("admin.sock");
    }

    /** A link to itself: nobody can tell what is there, as where the right to ask is missing. */
    @Test
    void leavesAloneWhatItCannotAsk() throws Exception {
        Path path = folder.resolve("admin.sock");
        Files.createSymbolicLink(path, path);

        assertThatThrownBy(() -> AdminSocket.bind(path, bootstrap()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot tell whether another program answers there");
        assertThat(path).isSymbolicLink();
    }

    @Test
    void tellsThatItsFolderIsMissing() {
        assertThatThrownBy(() -> AdminSocket.bind(folder.resolve("none/admin.sock"), bootstrap()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("NoSuchFile");
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString()).toList();
        }
    }

    private ServerBootstrap bootstrap() {
        return new ServerBootstrap()
                .group(loop)
                .channel(NioServerDomainSocketChannel.class)
                .handler(new ChannelOutboundHandlerAdapter() {
                    @Override
                    public void bind(ChannelHandlerContext ctx, SocketAddress address, ChannelPromise promise)
                            throws IOException {
                        opened.complete(ctx.channel());
                        Path folder =
                                ((UnixDomainSocketAddress) address).getPath().resolveSibling("");
                        modeOfItsFirstFolder.complete(
                                PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
                        ctx.bind(address, promise);
                    }
                })
                .childHandler(new ChannelInboundHandlerAdapter());
    }
}
