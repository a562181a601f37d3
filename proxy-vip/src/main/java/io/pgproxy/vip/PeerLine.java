package io.pgproxy.vip;

import io.pgproxy.vip.machine.PeerMessage;

/** The way to the other members. */
public interface PeerLine {
    /** Says it without waiting, and without knowing whether it arrives. */
    void send(PeerMessage message);
}
