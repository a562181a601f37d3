package io.pgproxy.vip.run;

import java.io.IOException;
import java.nio.file.Path;

/** A run in a process of its own: takes the lock, says so, and lives until its input ends. */
final class RunFileChild {
    private RunFileChild() {}

    public static void main(String[] arguments) throws IOException {
        try (RunFile file = RunFile.take(Path.of(arguments[0]))) {
            System.out.println("taken, last run: " + file.last());
            while (System.in.read() >= 0) {
                // Whoever reads decides when it ends.
            }
        }
    }
}
