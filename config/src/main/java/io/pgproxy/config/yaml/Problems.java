package io.pgproxy.config.yaml;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong, so that the operator mends it all in one go. Confined to one load. */
final class Problems {
    /** Nobody reads more, and a file of 1 MiB can hold a hundred thousand mistakes. */
    static final int MAX = 100;

    private final List<Problem> found = new ArrayList<>();
    private int beyondMax;

    void add(int line, String path, String message) {
        if (found.size() < MAX) {
            found.add(new Problem(line, path, message));
        } else {
            beyondMax++;
        }
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** All of them by line; those of one line in the order in which they were found. */
    List<Problem> byLine() {
        List<Problem> sorted = new ArrayList<>(found);
        sorted.sort(Comparator.comparingInt(Problem::line));
        if (beyondMax > 0) {
            sorted.add(new Problem(0, "", "and " + beyondMax + " more problems, not shown"));
        }
        return sorted;
    }
}
