package io.pgproxy.etcd;

/** What etcd has is not what one of us wrote there; the message says what is wrong with it. */
public final class UnreadableValue extends Exception {
    public UnreadableValue(String why) {
        super(why, null, false, false); // it goes a few lines up and becomes an answer; nobody wants its stack
    }
}
