package io.pgproxy.core;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A deadline of a session or of many; a new one takes the old one's place. Confined to its loop. */
final class Deadline {
    private final EventLoop eventLoop;
    private @Nullable ScheduledFuture<?> timer;

    Deadline(EventLoop eventLoop) {
        this.eventLoop = eventLoop;
    }

    void in(long nanos, Runnable action) {
        disarm();
        timer = eventLoop.schedule(action, Math.max(0, nanos), TimeUnit.NANOSECONDS);
    }

    void disarm() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
