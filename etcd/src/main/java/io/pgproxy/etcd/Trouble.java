package io.pgproxy.etcd;

import io.grpc.Status;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Why a member of etcd did not answer what it was asked. Immutable.
 *
 * @param text for an operator
 */
public record Trouble(Kind kind, String text) {
    /** What can be done about it. */
    public enum Kind {
        /** Nothing was heard. */
        SILENCE,
        /** The member could not, and another may. */
        ELSEWHERE,
        /** The token is not valid, or not any more. */
        TOKEN,
        /** A login where none is wanted. */
        NO_USERS,
        /** There is no such lease. */
        NO_LEASE,
        /** Every member would say the same. */
        FINAL
    }

    private static final int MAX_CHARACTERS = 200;

    /** What gRPC says where the connection could not be made; the cause says why. */
    private static final Pattern ONLY_A_KIND = Pattern.compile("$|[a-z0-9]+ exception");

    static Trouble of(Throwable thrown) {
        return of(Status.fromThrowable(thrown));
    }

    /**
     * etcd's errors are told apart by their words (api/v3rpc/rpctypes/error.go): its versions differ in the codes that go
     * with them, and some errors leave it without one.
     */
    static Trouble of(Status status) {
        String words = words(status);
        return new Trouble(kind(status.getCode(), words), words + hint(words));
    }

    private static Kind kind(Status.Code code, String words) {
        if (words.contains("invalid auth token")
                || words.contains("revision of auth store is old")
                || words.contains("user name is empty")) {
            return Kind.TOKEN;
        }
        if (words.contains("authentication is not enabled")) {
            return Kind.NO_USERS;
        }
        if (words.contains("requested lease not found")) {
            return Kind.NO_LEASE;
        }
        return switch (code) {
            case DEADLINE_EXCEEDED -> Kind.SILENCE;
            case UNAUTHENTICATED -> Kind.TOKEN;
            case PERMISSION_DENIED, INVALID_ARGUMENT, OUT_OF_RANGE -> Kind.FINAL;
            case RESOURCE_EXHAUSTED -> words.contains("too many requests") ? Kind.ELSEWHERE : Kind.FINAL;
            case OK,
                    CANCELLED,
                    UNKNOWN,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    FAILED_PRECONDITION,
                    ABORTED,
                    UNIMPLEMENTED,
                    INTERNAL,
                    UNAVAILABLE,
                    DATA_LOSS -> Kind.ELSEWHERE;
        };
    }

    /** What etcd's own words don't say. */
    private static String hint(String words) {
        if (words.contains("permission denied")) {
            return " (the user needs to read Patroni's keys, and to read and write those below /pgproxy/ where there is a"
                    + " virtual address)";
        }
        if (words.contains("database space exceeded")) {
            return " (etcd is full: compact it, defragment it, and disarm its alarm)";
        }
        if (words.contains("user name is empty")) {
            return " (etcd has users: see etcd.user)";
        }
        return "";
    }

    private static String words(Status status) {
        if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
            return "no answer";
        }
        Throwable cause = status.getCause();
        while (cause != null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String said = Objects.requireNonNullElse(status.getDescription(), "");
        String why = cause == null ? "" : Objects.requireNonNullElse(cause.getMessage(), cause.toString());
        String words = why.isEmpty() || !ONLY_A_KIND.matcher(said).lookingAt() ? said : why;
        return plain(words.isEmpty() ? status.getCode().toString() : words);
    }

    /** Others' words, fit for one line. */
    public static String plain(String words) {
        String line =
                words.lines().findFirst().orElse("").replaceAll("[^ -~]", "?").strip();
        return line.length() > MAX_CHARACTERS ? line.substring(0, MAX_CHARACTERS) + "..." : line;
    }
}
