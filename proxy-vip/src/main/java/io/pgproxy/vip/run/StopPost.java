package io.pgproxy.vip.run;

import io.pgproxy.config.IpText;
import io.pgproxy.vip.kernel.AddressTable;
import io.pgproxy.vip.kernel.Kernel;
import io.pgproxy.vip.kernel.KernelException;
import io.pgproxy.vip.kernel.wire.AddressEntry;
import io.pgproxy.vip.peer.DeathNotice;
import io.pgproxy.vip.peer.PeerLink;
import io.pgproxy.vip.peer.SharedSecret;
import io.pgproxy.vip.peer.UnusableSecretException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The step after the program's end (rule 12): if a run died, its addresses are taken off this host, and when the
 * kernel's own list confirms that, the peers are told, so that one of them can take over at once. While it works no new
 * run can begin here. Confined to one thread.
 */
public final class StopPost {
    /** The kernel answers within the call. */
    private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int ATTEMPTS = 5;
    private static final long BETWEEN_ATTEMPTS_MILLIS = 50;

    /** Nobody acknowledges, since a datagram is seldom lost and may be said again: at 0, 0.05, 0.15, 0.35 and 0.75 s. */
    private static final int NOTICES = 5;

    private static final long AFTER_FIRST_NOTICE_MILLIS = 50;

    private final Path folder;
    private final Consumer<String> tell;

    /** @param tell is given what was done, a line each */
    public StopPost(Path folder, Consumer<String> tell) {
        this.folder = folder;
        this.tell = tell;
    }

    /**
     * Does what is to be done, if anything is; returns whether something was.
     *
     * @throws IOException with a text for the operator, if not all was done; the end of the run's lease is waited for then
     */
    public boolean perform() throws IOException, InterruptedException {
        if (!RunFile.isIn(folder)) {
            return false;
        }
        try (RunFile file = RunFile.take(folder)) {
            Optional<Run> run = file.last();
            if (run.isEmpty() || run.get().end() != Run.End.NONE) {
                return false;
            }
            tidyUp(run.get());
            file.write(run.get().ended(Run.End.TIDIED));
            return true;
        }
    }

    private void tidyUp(Run run) throws IOException, InterruptedException {
        FutureTask<Optional<DeathNotice>> notice = new FutureTask<>(() -> notice(run));
        new Thread(notice, "notice").start(); // both take long to load, and there are two processors
        takeOff(run);
        try (DeathNotice ready = notice.get().orElse(null)) {
            if (ready != null) {
                publish(ready, run);
            }
        } catch (ExecutionException e) {
            throw new IOException("the peers can't be told that " + run.me() + " is dead: " + e.getCause(), e);
        }
    }

    private static Optional<DeathNotice> notice(Run run) throws IOException, UnusableSecretException {
        if (run.peers().isEmpty() || run.secretFile().isEmpty()) {
            return Optional.empty();
        }
        SharedSecret secret = SharedSecret.read(run.secretFile().get());
        return Optional.of(
                DeathNotice.prepare(run.me(), run.listen(), run.peers(), new PeerLink.Keys(run.group(), secret)));
    }

    private void takeOff(Run run) throws IOException, InterruptedException {
        String addresses = run.addresses().stream().map(IpText::of).collect(Collectors.joining(", "));
        try (AddressTable table = new AddressTable(Kernel.load(), ANSWER_NANOS)) {
            List<AddressEntry> left = table.dump(run.addresses());
            for (int attempt = 1; !left.isEmpty(); attempt++) {
                left = takeOff(table, left, run);
                if (!left.isEmpty()) {
                    if (attempt == ATTEMPTS) {
                        throw new IOException(left + " can't be taken off");
                    }
                    Thread.sleep(BETWEEN_ATTEMPTS_MILLIS);
                }
            }
        }
        tell.accept(run.me() + " died; " + addresses + " is not on this host any more");
    }

    private static List<AddressEntry> takeOff(AddressTable table, List<AddressEntry> entries, Run run)
            throws KernelException {
        for (AddressEntry entry : entries) {
            table.delete(entry);
        }
        return table.dump(run.addresses());
    }

    private void publish(DeathNotice notice, Run run) throws InterruptedException {
        List<String> unsent = notice.send();
        tell.accept("told " + run.peers().keySet() + (unsent.isEmpty() ? "" : ", but for " + unsent));
        for (int said = 1; said < NOTICES; said++) {
            Thread.sleep(AFTER_FIRST_NOTICE_MILLIS << (said - 1));
            notice.send();
        }
    }
}
