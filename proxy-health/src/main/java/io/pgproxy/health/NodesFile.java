package io.pgproxy.health;

import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.NodeConfig.Scheme;
import io.pgproxy.health.decide.NodesText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state file: the nodes that etcd told last, for a start without etcd. At every instant it is there as a whole, the
 * old one or the new, also if the machine fails. Only its owner may read it: nobody else needs to, and it shows where the
 * databases are; who could write it could send a start without etcd elsewhere. Writing is done on a thread of its own,
 * since a disk may take its time. Safe from any thread.
 */
final class NodesFile implements AutoCloseable {
    /** A disk that is full may have room again, and a folder may be made. */
    private static final long RETRY_SECONDS = 60;

    private static final long CLOSE_SECONDS = 1;

    private static final Logger LOG = LoggerFactory.getLogger(NodesFile.class);

    private final Path file;
    private final String cluster;
    private final Scheme least;
    private final ScheduledExecutorService writer;
    /** What is to be in the file, and what is known to be. */
    private volatile String wanted = "";

    private volatile String written = "";
    /** Confined to the writer. */
    private boolean tryIsToCome;

    /** Why the file could not be written; empty if it could. */
    private volatile String trouble = "";

    /**
     * Looks at nothing yet.
     *
     * @param cluster what all keys of the cluster begin with
     * @param least how nodes are asked at the least
     */
    NodesFile(Path file, String cluster, Scheme least) {
        this.file = file;
        this.cluster = cluster;
        this.least = least;
        this.writer = Executors.newSingleThreadScheduledExecutor(work -> HealthAssembly.daemon(work, "nodes file"));
    }

    /** The nodes; none if there is no such file, or none that can be used, which is told. */
    List<NodeConfig> read() {
        if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try {
            String text = OwnFile.read(file, NodesText.MAX_CHARS);
            List<NodeConfig> nodes = NodesText.read(text, cluster, least);
            written = text;
            LOG.info(
                    "nodes as etcd told them last, from {} of {}: {}",
                    file,
                    Files.getLastModifiedTime(file),
                    nodes.stream().map(NodeConfig::name).toList());
            return nodes;
        } catch (FileSystemException e) {
            return notUsed(e.toString()); // its message alone is the path
        } catch (IOException | NodesText.Unusable e) {
            return notUsed(String.valueOf(e.getMessage()));
        }
    }

    private List<NodeConfig> notUsed(String why) {
        LOG.warn("the state file {} is not used: {}", file, why);
        return List.of();
    }

    /** These are the nodes; they are in the file soon. */
    void keep(List<NodeConfig> nodes) {
        wanted = NodesText.of(cluster, nodes);
        try {
            writer.execute(this::write);
        } catch (RejectedExecutionException e) {
            LOG.debug("health is closed", e);
        }
    }

    /** What an operator should know of it; empty if all is well. */
    String trouble() {
        return trouble;
    }

    private void write() {
        String text = wanted;
        if (text.isEmpty() || text.equals(written)) {
            return;
        }
        try {
            replace(text);
            written = text;
            if (!trouble.isEmpty()) {
                LOG.info("the state file {} is written again", file);
            }
            trouble = "";
        } catch (IOException | UnsupportedOperationException e) {
            complain("the state file " + file + " cannot be written, so a start without etcd would not find the nodes: "
                    + e);
            tryAgain();
        }
    }

    /** One try is to come, however often the nodes have changed meanwhile. */
    private void tryAgain() {
        if (!tryIsToCome) {
            tryIsToCome = true;
            writer.schedule(
                    () -> {
                        tryIsToCome = false;
                        write();
                    },
                    RETRY_SECONDS,
                    TimeUnit.SECONDS);
        }
    }

    private void complain(String text) {
        if (!text.equals(trouble)) {
            LOG.warn("{}", text);
        }
        trouble = text;
    }

    /** A rename within one folder is one step; before it the file's content, and after it the name, are on the disk. */
    private void replace(String text) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException("it has no folder");
        }
        if (Files.notExists(folder)) {
            Files.createDirectory(folder);
        }
        Path next = folder.resolve(file.getFileName() + ".new");
        Files.deleteIfExists(next); // of a write that was cut off
        try {
            fill(next, text);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(next);
        }
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    private static void fill(Path next, String text) throws IOException {
        Set<StandardOpenOption> how = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        try (FileChannel channel = FileChannel.open(
                next, how, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    /** What is to be written is written first, if that does not take long. */
    @Override
    public void close() {
        try {
            writer.submit(this::write).get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
            LOG.debug("the state file {} stays as it is", file, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        writer.shutdownNow();
    }
}
