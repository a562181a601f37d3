package io.pgproxy.vip.peer;

import io.pgproxy.vip.machine.Instance;
import io.pgproxy.vip.machine.PeerMessage;
import java.util.Optional;

/** The kinds of messages by their numbers, which never change their meaning, and what each has beside the others. */
enum Kind {
    HELLO(1),
    REQUEST(2),
    PROMISE(3),
    REFUSAL(4),
    RELEASED(5),
    STARTED(6),
    NO_RELIANCE(7),
    GONE(8),
    KEY_GIVEN_UP(9);

    private final byte number;

    Kind(int number) {
        this.number = (byte) number;
    }

    byte number() {
        return number;
    }

    /** Whether it carries the number of the message that it answers, and none of its own. */
    boolean isAnswer() {
        return switch (this) {
            case PROMISE, REFUSAL, NO_RELIANCE -> true;
            case HELLO, REQUEST, RELEASED, STARTED, GONE, KEY_GIVEN_UP -> false;
        };
    }

    static Optional<Kind> of(byte number) {
        for (Kind kind : values()) {
            if (kind.number == number) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    static Kind of(PeerMessage message) {
        if (message instanceof PeerMessage.Hello) {
            return HELLO;
        } else if (message instanceof PeerMessage.Request) {
            return REQUEST;
        } else if (message instanceof PeerMessage.Promise) {
            return PROMISE;
        } else if (message instanceof PeerMessage.Refusal) {
            return REFUSAL;
        } else if (message instanceof PeerMessage.Released) {
            return RELEASED;
        } else if (message instanceof PeerMessage.Started) {
            return STARTED;
        } else if (message instanceof PeerMessage.NoReliance) {
            return NO_RELIANCE;
        } else if (message instanceof PeerMessage.Gone) {
            return GONE;
        } else if (message instanceof PeerMessage.KeyGivenUp) {
            return KEY_GIVEN_UP;
        }
        throw new IllegalArgumentException("no kind for " + message);
    }

    /** Writes what only this kind has. */
    static void writeFields(PeerMessage message, FieldWriter fields) {
        if (message instanceof PeerMessage.Hello hello) {
            fields.condition(hello.condition());
        } else if (message instanceof PeerMessage.Request request) {
            fields.number(request.membersHash());
        } else if (message instanceof PeerMessage.Refusal refusal) {
            fields.sentence(refusal.reason());
        } else if (message instanceof PeerMessage.KeyGivenUp givenUp) {
            fields.number(givenUp.createRevision());
        }
    }

    /** Reads what only this kind has. */
    PeerMessage read(Instance from, Instance to, long seq, FieldReader fields) {
        return switch (this) {
            case HELLO -> new PeerMessage.Hello(from, to, seq, fields.condition());
            case REQUEST -> new PeerMessage.Request(from, to, seq, fields.number());
            case PROMISE -> new PeerMessage.Promise(from, to, seq);
            case REFUSAL -> new PeerMessage.Refusal(from, to, seq, fields.sentence());
            case RELEASED -> new PeerMessage.Released(from, to, seq);
            case STARTED -> new PeerMessage.Started(from, to, seq);
            case NO_RELIANCE -> new PeerMessage.NoReliance(from, to, seq);
            case GONE -> new PeerMessage.Gone(from, to, seq);
            case KEY_GIVEN_UP -> new PeerMessage.KeyGivenUp(from, to, seq, fields.number());
        };
    }
}
