package io.pgproxy.config.yaml;

import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** What the YAML parser stumbled over, in words for who wrote the file. */
final class SyntaxProblem {
    private SyntaxProblem() {}

    static void report(RuntimeException refusal, Problems problems) {
        if (refusal instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
            problems.add(marked.getProblemMark().getLine() + 1, "", "not YAML: " + words(marked));
        } else {
            problems.add(0, "", "not YAML: " + Quoted.sentence(String.valueOf(refusal.getMessage())));
        }
    }

    private static String words(MarkedYAMLException e) {
        String problem = Quoted.sentence(String.valueOf(e.getProblem()));
        String context = String.valueOf(e.getContext());
        if (problem.contains("(TAB)")) {
            return "a tab stands where only spaces are allowed";
        }
        if (context.contains("alias")) {
            return "an unquoted * begins an alias; put an address in quotes, such as \"*:5432\"";
        }
        if (context.contains("flow node") && problem.contains("':'")) {
            return "an unquoted [ begins a list; put an address in quotes, such as \"[::1]:5432\", also in a list: [\"::1\"]";
        }
        // "Do not use % for indentation" is what SnakeYAML adds to every stray character; it only misleads.
        return problem.replaceAll("\\. \\(Do not .*", "; put it in quotes if it is text") + begun(e);
    }

    /** An unclosed quote or bracket is noticed at the end of the file, but mended where it was opened. */
    private static String begun(MarkedYAMLException e) {
        Mark begin = e.getContextMark();
        if (begin == null || begin.getLine() == e.getProblemMark().getLine()) {
            return "";
        }
        return "; what it belongs to begins in line " + (begin.getLine() + 1);
    }
}
