package io.pgproxy.vip.peer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedSecretTest {
    private static final String SECRET = "0123456789abcdef";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {SECRET, SECRET + "\n", SECRET + "\r\n"})
    void isTheSameHoweverItsLineEnds(String content) throws Exception {
        assertThat(keys(content)).isEqualTo(keys(SECRET));
    }

    @Test
    void hasAKeyForEachLineInTheirOrder() throws Exception {
        String other = "another secret text";

        assertThat(keys(SECRET + "\n" + other + "\n"))
                .containsExactly(keys(SECRET).get(0), keys(other).get(0));
    }

    @Test
    void hasAnotherKeyForEachUse() throws Exception {
        SharedSecret secret = SharedSecret.read(file(SECRET, "rw-------"));

        assertThat(secret.keys("one use")).doesNotContainAnyElementsOf(secret.keys("another use"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "r--------", "rw-r-----", "r--r-----", "rwxr-x---"})
    void mayBeReadByItsOwnerAndGroup(String mode) throws Exception {
        assertThat(SharedSecret.read(file(SECRET, mode)).keys("use")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r--r--", "rw----r--", "rw-rw----", "rw--w----", "rw-----w-", "rwx-----x"})
    void mayNotBeReadOrChangedByAnybodyElse(String mode) throws IOException {
        Path file = file(SECRET, mode);

        assertThatThrownBy(() -> SharedSecret.read(file))
                .isInstanceOf(UnusableSecretException.class)
                .hasMessage("the secret file " + file + " has the mode " + mode
                        + ", and who is not its owner could read or change it; chmod 640 it, or 600");
    }

    @Test
    void hasAtLeast16Characters() {
        assertThat(refusal("0123456789abcde\n"))
                .endsWith(
                        "has 15 characters in line 1; a secret has at least 16, such as openssl rand -base64 32 makes");
        assertThat(refusal("")).contains("has 0 characters in line 1");
        assertThat(refusal(SECRET + "\n\n")).contains("has 0 characters in line 2");
    }

    @Test
    void hasUpTo1024BytesAndFourLines() throws Exception {
        assertThat(keys("x".repeat(1_024))).hasSize(1);
        assertThat(keys((SECRET + "\n").repeat(4))).hasSize(4);
        assertThat(refusal("x".repeat(1_025))).endsWith("is longer than 1024 bytes");
        assertThat(refusal((SECRET + "\n").repeat(5))).endsWith("has more than 4 lines");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0123456789abcdef\t",
                "0123456789abcdef\u00e9",
                "0123456789abcdef\0",
                "0123456789abcdef ",
                " 0123456789abcdef"
            })
    void hasNothingThatCannotBeSeen(String content) {
        assertThat(refusal(content))
                .contains(
                        "has something else than visible ASCII characters in line 1, or a space at its end or beginning");
    }

    @Test
    void isNeverShown() throws Exception {
        SharedSecret secret = SharedSecret.read(file(SECRET, "rw-------"));

        assertThat(secret).hasToString("a shared secret of 1 lines");
        assertThat(refusal("0123456789 and \u00e9\n")).doesNotContain("0123456789");
    }

    @Test
    void isAFile() {
        assertThatThrownBy(() -> SharedSecret.read(folder))
                .isInstanceOf(UnusableSecretException.class)
                .hasMessageEndingWith("is not a file");
        assertThatThrownBy(() -> SharedSecret.read(folder.resolve("none")))
                .isInstanceOf(UnusableSecretException.class)
                .hasMessageContaining("can't be read: ");
    }

    private List<SecretKey> keys(String content) throws Exception {
        return SharedSecret.read(file(content, "rw-------")).keys("use");
    }

    private String refusal(String content) {
        try {
            Path file = file(content, "rw-------");
            SharedSecret secret = SharedSecret.read(file);
            throw new AssertionError("accepted: " + secret);
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (UnusableSecretException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private Path file(String content, String mode) throws IOException {
        Path file = Files.write(Files.createTempFile(folder, "secret", ""), content.getBytes(ISO_8859_1));
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }
}
