package io.pgproxy.vip.machine;

import java.util.SortedSet;

/**
 * The record in etcd, which has no lease and so outlives its writer: who held the address last, and how it ended.
 *
 * @param members who might hold it by the holder's configuration; only they may claim after an unclean end
 * @param released whether the holder took the address away itself before it gave the key back
 */
public record Holding(Instance holder, SortedSet<Member> members, boolean released) {}
