package io.pgproxy.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Shows every throwable that anybody logs to somebody, also at a level that is not written and also when there is no
 * memory left to write it. Safe from any thread.
 */
final class ThrowableWatch extends TurboFilter {
    private final Consumer<Throwable> watcher;

    /** @param watcher must not wait, nor need memory */
    ThrowableWatch(Consumer<Throwable> watcher) {
        this.watcher = watcher;
    }

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] arguments,
            @Nullable Throwable thrown) {
        if (thrown != null) {
            watcher.accept(thrown);
        } else if (arguments != null
                && arguments.length > 0
                && arguments[arguments.length - 1] instanceof Throwable last) {
            watcher.accept(last);
        }
        return FilterReply.NEUTRAL;
    }
}
