package io.pgproxy;

/**
 * Where the program begins. Without a log and whatever else takes time to load, since one command is waited for by
 * everybody who wants the virtual address.
 */
final class Main {
    private Main() {}

    /** The program. */
    public static void main(String[] arguments) {
        System.exit(new Commands(System.out, System.err).execute(arguments).number());
    }
}
