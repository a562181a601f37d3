package io.pgproxy.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.pgproxy.config.yaml.LoadResult.Refused;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Whatever becomes of the file, the answer is a configuration or a list of problems that can be printed. */
class MutationTest {
    private static final int MUTANTS_PER_SEED = 200;

    /** Most mutations of the reference itself would only change comments. */
    private static final String WITHOUT_COMMENTS = ReferenceFile.text().replaceAll("(?m)(^| +)#.*$", "");

    /** What YAML, and whoever writes it, trips over. */
    private static final List<String> SPLINTERS = List.of(
            "\t",
            "\n",
            " ",
            ":",
            "- ",
            "? ",
            "[",
            "]",
            "{",
            "}",
            "*",
            "&a ",
            "*a",
            "!!int ",
            "!",
            "|\n",
            ">-\n",
            "\"",
            "'",
            "\\",
            "#",
            "%",
            "@",
            "`",
            "---\n",
            "...\n",
            "<<: ",
            "~",
            "null",
            "0",
            "9999999999999999999",
            "-1",
            "\uFEFF",
            "\u0000",
            "\u0085",
            "\u2028",
            "\uD83D\uDE00",
            "\uD83D",
            "\"\\Uffffffff\"",
            "\"\\0\"",
            "%YAML 1.3\n",
            "nodes:");

    @RepeatedTest(10)
    void neverThrows(RepetitionInfo repetition) {
        SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
        for (int i = 0; i < MUTANTS_PER_SEED; i++) {
            String mutant = mutant(random);
            assertThatCode(() -> ConfigLoader.parse(mutant, Path.of("/etc/pgproxy")))
                    .as("%s", mutant)
                    .doesNotThrowAnyException();
        }
    }

    @RepeatedTest(10)
    void alwaysSaysWhatIsWrongInOnePrintableLine(RepetitionInfo repetition) {
        SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
        for (int i = 0; i < MUTANTS_PER_SEED; i++) {
            String mutant = mutant(random);
            if (ConfigLoader.parse(mutant, Path.of("/etc/pgproxy")) instanceof Refused refused) {
                assertThat(refused.problems()).as("%s", mutant).isNotEmpty().allSatisfy(problem -> {
                    assertThat(problem.toString()).doesNotContainPattern("\\p{Cntrl}|Exception|org\\.yaml");
                    assertThat(problem.message()).isNotBlank();
                    assertThat(problem.line()).isBetween(0, mutant.split("\\R", -1).length);
                });
            }
        }
    }

    private static String mutant(SplittableRandom random) {
        StringBuilder text = new StringBuilder(random.nextInt(4) == 0 ? ReferenceFile.text() : WITHOUT_COMMENTS);
        for (int cuts = random.nextInt(1, 6); cuts > 0; cuts--) {
            int from = random.nextInt(text.length());
            int to = Math.min(text.length(), from + random.nextInt(random.nextBoolean() ? 3 : 60));
            switch (random.nextInt(3)) {
                case 0 -> text.delete(from, to);
                case 1 -> text.insert(from, SPLINTERS.get(random.nextInt(SPLINTERS.size())));
                default -> text.insert(random.nextInt(text.length()), text.substring(from, to));
            }
        }
        return text.toString();
    }
}
