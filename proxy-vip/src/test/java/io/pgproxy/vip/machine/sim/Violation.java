package io.pgproxy.vip.machine.sim;

/** Something happened that must not; ends the run. */
final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1;

    Violation(String what) {
        super(what);
    }
}
