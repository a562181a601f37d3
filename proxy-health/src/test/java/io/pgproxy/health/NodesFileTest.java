package io.pgproxy.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.NodeConfig.Scheme;
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
        Files.createDirectories(folder.resolve("state"));
        Files.writeString(path, "rubbish");

        assertThat(file().read()).isEmpty();
        assertThat(lines.texts()).containsExactly("WARN the state file " + path + " is not used: it is no JSON object");
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
