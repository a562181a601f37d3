package io.pgproxy.vip.machine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Whether etcd works, as seen by the reads of this instance (rule 4). Any answer of etcd's own state is a success, that
 * there is no key too; any error is none, one of authentication too.
 */
class Sight {
    private enum Outcome {
        PENDING,
        SUCCESS,
        FAILURE
    }

    private static final class Read {
        final long id;
        final long begunNanos;
        Outcome outcome = Outcome.PENDING;

        Read(long id, long begunNanos) {
            this.id = id;
            this.begunNanos = begunNanos;
        }
    }

    private final long freshNanos;
    /** In the order in which they began. */
    private final Deque<Read> reads = new ArrayDeque<>();

    Sight(Timings timings) {
        freshNanos = timings.freshNanos();
    }

    void begun(long id, long nowNanos) {
        reads.addLast(new Read(id, nowNanos));
        while (reads.getFirst().begunNanos < nowNanos - Timings.SIGHT_NANOS) {
            reads.removeFirst();
        }
    }

    void ended(long id, boolean success) {
        for (Read read : reads) {
            if (read.id == id) {
                read.outcome = success ? Outcome.SUCCESS : Outcome.FAILURE;
            }
        }
    }

    /** Whether a read that began a while ago has not succeeded, and none that began after it has. */
    boolean showsNoEtcd(long nowNanos) {
        for (Iterator<Read> newestFirst = reads.descendingIterator(); newestFirst.hasNext(); ) {
            Read read = newestFirst.next();
            if (read.outcome == Outcome.SUCCESS) {
                return false;
            }
            if (read.begunNanos <= nowNanos - freshNanos) {
                return read.begunNanos >= nowNanos - Timings.SIGHT_NANOS;
            }
        }
        return false;
    }

    /** Whether a read that began at that time or later has succeeded. */
    boolean showsEtcdSince(long nanos) {
        return reads.stream().anyMatch(read -> read.begunNanos >= nanos && read.outcome == Outcome.SUCCESS);
    }
}
