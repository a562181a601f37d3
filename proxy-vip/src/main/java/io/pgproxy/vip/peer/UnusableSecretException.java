package io.pgproxy.vip.peer;

import java.nio.file.Path;

/** The file with the members' secret can't be used; the message is for the operator and shows no secret. */
public final class UnusableSecretException extends Exception {
    UnusableSecretException(Path file, String why) {
        super("the secret file " + file + " " + why);
    }
}
