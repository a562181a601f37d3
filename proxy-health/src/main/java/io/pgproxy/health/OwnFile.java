package io.pgproxy.health;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.Set;

/** Reads a file that this program has written before, and that nobody else can have written since. Stateless. */
final class OwnFile {
    /** The four user ids, of which the second is the one that files are made with; proc(5). */
    private static final Path PROCESS = Path.of("/proc/self/status");

    private static final String IDS = "Uid:";
    private static final int EFFECTIVE = 2;
    private static final int ROOT = 0;

    private static final Set<PosixFilePermission> NOBODY_ELSES =
            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    private OwnFile() {}

    /**
     * All of it.
     *
     * @throws IOException with half a sentence for the operator, if it is a link or another thing than a file, somebody
     *     else's, one that somebody else may write, or longer than that
     */
    static String read(Path file, int maxBytes) throws IOException {
        PosixFileAttributes attributes =
                Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isRegularFile()) {
            throw new IOException("it is no file");
        }
        if (!Collections.disjoint(attributes.permissions(), NOBODY_ELSES)) {
            throw new IOException("it has the mode " + PosixFilePermissions.toString(attributes.permissions())
                    + ", and who is not its owner could have changed it");
        }
        int owner = (int) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        if (owner != ROOT && owner != ourselves()) {
            throw new IOException("it belongs to the user with the id " + owner);
        }
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = in.readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) {
                throw new IOException("it is longer than " + maxBytes + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private static int ourselves() throws IOException {
        for (String line : Files.readAllLines(PROCESS, StandardCharsets.ISO_8859_1)) {
            if (line.startsWith(IDS)) {
                return Integer.parseUnsignedInt(line.split("\\s+", -1)[EFFECTIVE]);
            }
        }
        throw new IOException(PROCESS + " does not say as whom this program runs");
    }
}
