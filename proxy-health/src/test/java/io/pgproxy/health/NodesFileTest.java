package io.pgproxy.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.NodeConfig.Scheme;
import io.pgproxy.health.decide.NodesText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodesFileTest {
    private static final String CLUSTER = "/service/main/";
    private static final List<NodeConfig> NODES =
            List.of(new NodeConfig("pg102", "192.168.50.21", 5432, 8008, Scheme.HTTP, 100));

    private final LogLines lines = LogLines.of(NodesFile.class);

    @TempDir
    Path folder;

    private Path path;

    @BeforeEach
    void names() {
        path = folder.resolve("state").resolve("nodes.json");
    }

    @AfterEach
    void stops() {
        lines.close();
    }

    private NodesFile file() {
        return new NodesFile(path, CLUSTER, Scheme.HTTP);
    }

    private void write(Path file, String text) throws IOException {
        Files.createDirectories(folder.resolve("state"));
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }

    private void isNotUsed(String why) {
        assertThat(file().read()).isEmpty();
        assertThat(lines.texts()).containsExactly("WARN the state file " + path + " is not used: " + why);
    }

    private void keep(List<NodeConfig> nodes) {
        try (NodesFile file = file()) {
            file.keep(nodes);
        }
    }

    @Test
    void theNextStartFindsWhatWasKept() {
        keep(NODES);

        assertThat(file().read()).isEqualTo(NODES);
    }

    @Test
    void theNewOneReplacesTheOldOneAndNothingElseIsLeft() {
        keep(List.of(new NodeConfig("old", "192.168.50.29", 5432, 8008, Scheme.HTTP, 100)));
        keep(NODES);

        assertThat(file().read()).isEqualTo(NODES);
        assertThat(folder.resolve("state").toFile().list()).containsExactly("nodes.json");
    }

    @Test
    void whatAWriteThatWasCutOffHasLeftIsNoObstacle() throws IOException {
        Files.createDirectories(folder.resolve("state"));
        Files.writeString(folder.resolve("state").resolve("nodes.json.new"), "{\"clus");

        keep(NODES);

        assertThat(lines.texts()).isEmpty();
        assertThat(file().read()).isEqualTo(NODES);
    }

    @Test
    void onlyItsOwnerReadsIt() throws IOException {
        keep(NODES);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
    }

    @Test
    void whatIsThereAlreadyIsNotWrittenAgain() throws IOException {
        keep(NODES);
        FileTime before = FileTime.fromMillis(0);
        Files.setLastModifiedTime(path, before);
        try (NodesFile file = file()) {
            file.read();
            file.keep(NODES);
        }

        assertThat(Files.getLastModifiedTime(path)).isEqualTo(before);
    }

    @Test
    void noFileIsNoNodesAndNoWord() {
        assertThat(file().read()).isEmpty();
        assertThat(lines.texts()).isEmpty();
    }

    @Test
    void aFileThatCannotBeReadIsToldAndNotUsed() throws IOException {
        write(path, "rubbish");

        isNotUsed("it is no JSON object");
    }

    @Test
    void aFileThatWasCutOffIsNotUsed() throws IOException {
        keep(NODES);
        String whole = Files.readString(path);
        write(path, whole.substring(0, whole.length() / 2));

        isNotUsed("it is no JSON object");
    }

    @Test
    void aFileWithoutEndIsNotUsed() throws IOException {
        keep(NODES);
        write(path, Files.readString(path) + " ".repeat(NodesText.MAX_CHARS));

        isNotUsed("it is longer than " + NodesText.MAX_CHARS + " bytes");
    }

    @Test
    void aFileThatAnybodyMayWriteIsNotUsed() throws IOException {
        keep(NODES);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));

        isNotUsed("it has the mode rw-rw-rw-, and who is not its owner could have changed it");
    }

    @Test
    void aFileOfSomebodyElseIsNotUsed() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root gives files away");
        keep(NODES);
        Files.setAttribute(path, "unix:uid", 65_534);

        isNotUsed("it belongs to the user with the id 65534");
    }

    @Test
    void aLinkIsNotFollowed() throws IOException {
        keep(NODES);
        Path elsewhere = folder.resolve("elsewhere.json");
        Files.move(path, elsewhere);
        Files.createSymbolicLink(path, elsewhere);

        isNotUsed("it is no file");
    }

    @Test
    void aLinkIsReplacedAndWhatItLeadsToIsNotTouched() throws IOException {
        Path elsewhere = folder.resolve("elsewhere.json");
        write(elsewhere, "precious");
        Files.createSymbolicLink(path, elsewhere);
        keep(NODES);

        assertThat(elsewhere).hasContent("precious");
        assertThat(file().read()).isEqualTo(NODES);
    }

    @Test
    void aFolderInItsPlaceIsToldAndNotUsed() throws IOException {
        Files.createDirectories(path);

        assertThat(file().read()).isEmpty();
        assertThat(lines.texts()).singleElement().asString().endsWith("is not used: it is no file");
    }

    @Test
    void whereItCannotBeWrittenItIsToldOnce() throws IOException {
        Files.writeString(folder.resolve("state"), "a file where the folder should be");
        String trouble;
        try (NodesFile file = file()) {
            file.keep(NODES);
            file.keep(List.of());
            Eventually.that("it is known", () -> !file.trouble().isEmpty());
            trouble = file.trouble();
        }

        assertThat(trouble).startsWith("the state file " + path + " cannot be written, so a start without etcd would");
        assertThat(lines.texts()).containsExactly("WARN " + trouble);
    }
}
