package io.pgproxy.admin;

/** Something that changes the running program, ordered over the Unix socket. On the admin thread; never waits. */
@FunctionalInterface
public interface Order {
    /**
     * Has it begun.
     *
     * @return what happens now, a line for people
     * @throws RefusedException if it makes no sense now
     */
    String carryOut() throws RefusedException;

    /** The message says why, for people. */
    final class RefusedException extends Exception {
        private final String reason;

        public RefusedException(String reason) {
            super(reason);
            this.reason = reason;
        }

        @Override
        public String getMessage() {
            return reason;
        }
    }
}
