package io.pgproxy.vip.machine;

import java.util.SortedSet;

/**
 * What the machine's states share. Each part keeps one of the rules; a test puts another in the place of one to show
 * that the simulation notices its absence.
 */
class Parts {
    final Timings timings;
    final Peers peers;
    final Calls calls = new Calls();
    final Revocations revocations = new Revocations();
    final Sight sight;
    final Bonds bonds;
    final Promises promises;
    final Promiser promiser;
    final Authority authority;
    final Lifetime lifetime;
    final Probing probing;

    /** Counts up with every claim and with whatever ends one, so that answers to an older one are known as such. */
    long attempt;

    Parts(Instance me, SortedSet<Member> others, Timings timings) {
        this.timings = timings;
        peers = newPeers(me, others);
        sight = new Sight(timings);
        bonds = newBonds();
        promises = newPromises();
        promiser = newPromiser();
        authority = newAuthority();
        lifetime = newLifetime();
        probing = newProbing();
    }

    Peers newPeers(Instance me, SortedSet<Member> others) {
        return new Peers(me, others);
    }

    Bonds newBonds() {
        return new Bonds(timings);
    }

    Promises newPromises() {
        return new Promises(peers.others, timings);
    }

    Promiser newPromiser() {
        return new Promiser(peers, sight, bonds);
    }

    Authority newAuthority() {
        return new Authority();
    }

    Lifetime newLifetime() {
        return new Lifetime(timings);
    }

    Probing newProbing() {
        return new Probing(timings);
    }

    /** Until when the address may be here. */
    long deadlineNanos() {
        return Math.max(authority.untilNanos(), promises.untilNanos());
    }

    /** Whether a proof that was sent then is young enough to put the address on. */
    boolean isFresh(long provenNanos, long nowNanos) {
        return provenNanos != Authority.NEVER && provenNanos >= nowNanos - timings.proofNanos();
    }

    /** Nothing of a claim or of an authority counts any more, answers under way included; its lease is given back. */
    void forgetAuthority() {
        attempt++;
        revocations.add(authority.lease());
        authority.lost();
        promises.forget();
    }

    Holding holding(boolean released) {
        return new Holding(peers.me, peers.members, released);
    }
}
