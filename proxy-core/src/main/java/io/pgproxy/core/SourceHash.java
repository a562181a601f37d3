package io.pgproxy.core;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;

/**
 * The same source goes to the same node: rendezvous hashing, in which every node has a score for every source and the
 * highest wins. When a node leaves, only its own sources move; when it is back, they return. Two proxies with the same
 * nodes agree. Stateless.
 *
 * <p>A source is an IPv4 address or an IPv6 /64, within which one client may change its address as it likes. With u
 * between 0 and 1, {@code -weight / ln(u)} as the score gives each node a share of the sources as large as its weight
 * (Schindelhauer, Schomaker: Weighted distributed hash tables, 2005).
 */
final class SourceHash implements ChoiceRule {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;
    private static final int PREFIX_BYTES = 8;

    @Override
    public Contender choose(List<Contender> contenders, InetAddress source) {
        long sourceHash = hash(source);
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

    private static long hash(InetAddress source) {
        byte[] bytes = source.getAddress();
        int length = source instanceof Inet6Address ? PREFIX_BYTES : bytes.length;
        long hash = FNV_OFFSET;
        for (int i = 0; i < length; i++) {
            hash = (hash ^ (bytes[i] & 0xff)) * FNV_PRIME;
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

    /** Between 0 and 1, and neither of them. */
    private static double unit(long bits) {
        return ((bits >>> 11) + 0.5) * 0x1.0p-53;
    }
}
