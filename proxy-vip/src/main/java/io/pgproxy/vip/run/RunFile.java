package io.pgproxy.vip.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * The only one on this host who may have to do with the virtual addresses, for as long as this is open: a run of the
 * program all its life, or the step after it. The kernel gives the lock back when the last thread of a process has left
 * it, so whoever gets it knows that the run before can touch nothing any more; a process that was told to die and hangs
 * in the kernel still has it.
 *
 * <p>Two files: the lock is on one that stays, what is written is replaced whole. Nobody else in the process may open
 * the lock's file, since POSIX gives a lock back with any descriptor of its file. Confined to one thread at a time.
 */
public final class RunFile implements AutoCloseable {
    private static final String LOCK = "vip.lock";
    private static final String NAME = "vip.run";
    private static final FileAttribute<Set<PosixFilePermission>> OWNERS_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path folder;
    private final FileChannel lock;

    private RunFile(Path folder, FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /** Whether there ever was a run with virtual addresses. */
    static boolean isIn(Path folder) {
        return Files.exists(folder.resolve(NAME), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * From now on nobody else on this host has it.
     *
     * @throws IOException with a text for the operator, if somebody else has it or the folder can't be used
     */
    public static RunFile take(Path folder) throws IOException {
        Path file = folder.resolve(LOCK);
        FileChannel channel = open(file);
        try {
            if (isLocked(channel)) {
                return new RunFile(folder, channel);
            }
        } catch (IOException e) {
            channel.close();
            throw new IOException("can't lock " + file + ": " + e, e);
        }
        channel.close();
        throw new IOException("another pgproxy with a virtual address runs on this host: it holds " + file);
    }

    private static FileChannel open(Path file) throws IOException {
        try {
            return FileChannel.open(
                    file,
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                    OWNERS_ONLY);
        } catch (IOException e) {
            throw new IOException("can't open " + file + ", which proves who has the virtual address: " + e, e);
        }
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // this very process has it
        }
    }

    /** What was written last, by this one or one before; empty if nothing ever was. */
    public Optional<Run> last() throws IOException {
        Path file = folder.resolve(NAME);
        try {
            return isIn(folder) ? Optional.of(Run.read(Files.readString(file))) : Optional.empty();
        } catch (IOException e) {
            throw new IOException("can't read " + file + ": " + e.getMessage(), e);
        }
    }

    /** Takes the place of what was written before, at once and whole. */
    public void write(Run run) throws IOException {
        Path file = folder.resolve(NAME);
        Path unready = folder.resolve(NAME + ".new");
        try {
            Files.deleteIfExists(unready);
            try (WritableByteChannel out = Files.newByteChannel(
                    unready, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNERS_ONLY)) {
                ByteBuffer text = UTF_8.encode(run.text());
                while (text.hasRemaining()) {
                    out.write(text);
                }
            }
            Files.move(unready, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new IOException("can't write " + file + ": " + e, e);
        }
    }

    /** The run that was written last has let go of everything. */
    public void endedCleanly() throws IOException {
        Optional<Run> run = last();
        if (run.isPresent()) {
            write(run.get().ended(Run.End.CLEAN));
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
