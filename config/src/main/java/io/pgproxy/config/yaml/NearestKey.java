package io.pgproxy.config.yaml;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Guesses which key was meant. */
final class NearestKey {
    /** Longer than any key with a few letters too many; the comparison costs length times length. */
    private static final int MAX_LENGTH = 40;

    private NearestKey() {}

    /** The known key that takes the fewest edits, if a third of its letters or fewer have to change. */
    static Optional<String> to(String unknown, Collection<String> known) {
        if (unknown.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        String typed = unknown.toLowerCase(Locale.ROOT).replace('_', '-');
        String nearest = "";
        int fewest = Integer.MAX_VALUE;
        for (String key : known) {
            int edits = edits(typed, key);
            if (edits < fewest && edits <= Math.max(1, key.length() / 3)) {
                nearest = key;
                fewest = edits;
            }
        }
        return nearest.isEmpty() ? Optional.empty() : Optional.of(nearest);
    }

    /** Letters inserted, removed, replaced or swapped with their neighbour (the optimal string alignment distance). */
    static int edits(String from, String to) {
        int[][] edits = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                edits[i][j] = i == 0 || j == 0 ? i + j : step(edits, from, i, to, j);
            }
        }
        return edits[from.length()][to.length()];
    }

    private static int step(int[][] edits, String from, int i, String to, int j) {
        boolean same = from.charAt(i - 1) == to.charAt(j - 1);
        int best = edits[i - 1][j - 1] + (same ? 0 : 1);
        best = Math.min(best, Math.min(edits[i - 1][j], edits[i][j - 1]) + 1);
        boolean swapped =
                i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1);
        return swapped ? Math.min(best, edits[i - 2][j - 2] + 1) : best;
    }
}
