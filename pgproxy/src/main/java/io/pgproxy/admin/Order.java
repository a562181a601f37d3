package io.pgproxy.admin;

import java.util.concurrent.CompletionStage;

/** Something that only those may have who came over the Unix socket. Called on the admin thread; never waits. */
@FunctionalInterface
public interface Order {
    /** What it is about, which decides how it is asked and answered over HTTP. */
    enum Kind {
        /** Changes the running program: by POST, answered with a line for people. */
        CHANGE,
        /** Changes nothing, but tells what not everybody may know: by GET, answered with JSON. */
        QUESTION
    }

    /** Most orders change something. */
    default Kind kind() {
        return Kind.CHANGE;
    }

    /**
     * Has it begun.
     *
     * @return completes within a few seconds, on any thread, with what happens now or what was asked for; fails with a
     *     {@link RefusedException} if it shows late that it can't be done
     * @throws RefusedException if it makes no sense, now or ever
     */
    CompletionStage<String> carryOut(Parameters parameters) throws RefusedException;

    /** The message says why, for people. */
    final class RefusedException extends Exception {
        private final String reason;
        private final boolean misunderstood;

        /** It makes no sense now. */
        public RefusedException(String reason) {
            this(reason, false);
        }

        private RefusedException(String reason, boolean misunderstood) {
            this.reason = reason;
            this.misunderstood = misunderstood;
        }

        /** Nobody could carry it out, since its words are wrong. */
        public static RefusedException misunderstood(String reason) {
            return new RefusedException(reason, true);
        }

        @Override
        public String getMessage() {
            return reason;
        }

        /** Whether it will never make sense. */
        boolean isMisunderstood() {
            return misunderstood;
        }
    }
}
