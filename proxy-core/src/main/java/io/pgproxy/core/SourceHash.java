package io.pgproxy.core;

import java.net.InetAddress;
import java.util.List;

/**
 * The same source goes to the same node: rendezvous hashing, in which every node has a score for every source and the
 * highest wins. When a node leaves, only its own sources move; when it is back, they return. Two proxies with the same
 * nodes agree. Stateless.
 *
 * <p>A source is what the limits take for one, see {@link Source}. With u between 0 and 1, {@code -weight / ln(u)} as
 * the score gives each node a share of the sources as large as its weight (Schindelhauer, Schomaker: Weighted
 * distributed hash tables, 2005).
 */
final class SourceHash implements ChoiceRule {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    @Override
    public Contender choose(List<Contender> contenders, InetAddress source) {
        long sourceHash = hash(Source.of(source));
        Contender best = contenders.get(0);
        double highest = Double.NEGATIVE_INFINITY;
        for (Contender contender : contenders) {
            double score = -contender.weight() / Math.log(unit(mix(sourceHash ^ mix(hash(contender.node())))));
            if (score > highest) {
                highest = score;
                best = contender;
            }
        }
        return best;
    }

    private static long hash(Source source) {
        int bytes = source.ipv6() ? Long.BYTES : Integer.BYTES;
        long hash = FNV_OFFSET;
        for (int shift = (bytes - 1) * Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            hash = (hash ^ (source.bits() >>> shift & 0xff)) * FNV_PRIME;
        }
        return mix(hash);
    }

    private static long hash(String node) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < node.length(); i++) {
            hash = (hash ^ node.charAt(i)) * FNV_PRIME;
        }
        return hash;
    }

    /** Spreads every bit over all of them (the last step of SplitMix64), which FNV alone does not for short texts. */
    private static long mix(long bits) {
        long mixed = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }

    /** Between 0 and 1, and neither of them: with the half below, 52 bits are as many as a double can tell apart. */
    static double unit(long bits) {
        return ((bits >>> 12) + 0.5) * 0x1.0p-52;
    }
}
