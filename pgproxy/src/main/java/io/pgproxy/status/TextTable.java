package io.pgproxy.status;

import io.pgproxy.core.PrintableText;
import java.util.ArrayList;
import java.util.List;

/**
 * Columns padded to their widest cell. Confined to one thread.
 *
 * <p>Cells hold what servers said, which could command a terminal, so only what is visible gets through as it is.
 */
final class TextTable {
    /** The longest is a reason that quotes each of 64 nodes. */
    static final int MAX_CHARS = 16_000;

    private static final String GAP = "  ";

    private final List<String> header;
    private final List<List<String>> rows = new ArrayList<>();

    /** @param header the columns' names; one that ends with {@code >} is aligned to the right */
    TextTable(String... header) {
        this.header = List.of(header);
    }

    void row(String... cells) {
        if (cells.length != header.size()) {
            throw new IllegalArgumentException(cells.length + " cells in " + header.size() + " columns");
        }
        rows.add(List.of(cells).stream().map(TextTable::printable).toList());
    }

    /** The header, then the rows, each line ended, without spaces at its end. */
    void appendTo(StringBuilder out) {
        int[] widths = widths();
        line(header.stream().map(TextTable::title).toList(), widths, out);
        for (List<String> row : rows) {
            line(row, widths, out);
        }
    }

    static String printable(String text) {
        return PrintableText.of(text, MAX_CHARS);
    }

    private void line(List<String> cells, int[] widths, StringBuilder out) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < cells.size(); column++) {
            String cell = cells.get(column);
            String padding = " ".repeat(widths[column] - cell.length());
            line.append(column == 0 ? "" : GAP);
            line.append(isRight(column) ? padding + cell : cell + padding);
        }
        out.append(line.toString().stripTrailing()).append('\n');
    }

    private int[] widths() {
        int[] widths = header.stream().mapToInt(name -> title(name).length()).toArray();
        for (List<String> row : rows) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        return widths;
    }

    private boolean isRight(int column) {
        return header.get(column).endsWith(">");
    }

    private static String title(String name) {
        return name.endsWith(">") ? name.substring(0, name.length() - 1) : name;
    }
}
