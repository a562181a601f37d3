package io.pgproxy.vip.peer;

import java.util.Map;

/**
 * What a link has done since it was opened. Immutable.
 *
 * @param heard messages that were handed on
 * @param rejected datagrams that were not, by the reason; every reason is there
 * @param sent datagrams that the kernel took
 * @param unsent what it did not take, or what had nowhere to go
 */
public record LinkCounts(long heard, Map<Rejection, Long> rejected, long sent, long unsent) {
    public LinkCounts {
        rejected = Map.copyOf(rejected);
    }
}
