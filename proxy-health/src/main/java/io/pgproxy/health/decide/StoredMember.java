package io.pgproxy.health.decide;

import java.util.OptionalLong;

/**
 * What a member of the cluster has written of itself, some seconds ago at most while it is well: of its positions, which
 * change all the time, nothing. Immutable; the words are safe to print.
 *
 * @param role the member's own word, {@code promoted} too: it leads and is not writable yet
 */
public record StoredMember(String role, String state, OptionalLong timeline, MemberPlace place) {}
