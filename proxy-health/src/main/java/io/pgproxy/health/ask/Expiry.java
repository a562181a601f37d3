package io.pgproxy.health.ask;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/**
 * A certificate's end, for people. Immutable.
 *
 * @param what the certificate, or the file that it is in
 * @param at its end
 * @param warnFrom the time from which on somebody should do something about it
 * @param warnOf the end that is warned of from then on; of several certificates it need not be the first
 */
record Expiry(String what, Instant at, Instant warnFrom, Instant warnOf) {
    /** Time enough to find out who renews them. */
    static final Duration WARN_BEFORE = Duration.ofDays(14);

    /** Whoever issues certificates for a day renews them within it: they may not be near their end all their life. */
    private static final int WARN_IN_THE_LAST = 3;

    static Expiry of(String what, X509Certificate certificate) {
        Instant end = certificate.getNotAfter().toInstant();
        Duration life = Duration.between(certificate.getNotBefore().toInstant(), end);
        Duration part = life.dividedBy(WARN_IN_THE_LAST);
        return new Expiry(what, end, end.minus(part.compareTo(WARN_BEFORE) < 0 ? part : WARN_BEFORE), end);
    }

    /**
     * Of a chain: it is worth no more than the certificate that ends first. Another one of it may have to be warned of
     * earlier, since a leaf that is renewed every day must not hide the end of the authority that issues it.
     */
    static Expiry ofFirst(String what, List<X509Certificate> chain) {
        return chain.stream()
                .map(certificate -> of(what, certificate))
                .reduce(Expiry::and)
                .orElseThrow();
    }

    private Expiry and(Expiry other) {
        Expiry warned = warnFrom.isBefore(other.warnFrom) ? this : other;
        return new Expiry(what, at.isBefore(other.at) ? at : other.at, warned.warnFrom, warned.warnOf);
    }

    /** Of a bundle of authorities: it does for as long as one of them does, and who knows which one is needed. */
    static Expiry ofLast(String what, List<X509Certificate> bundle) {
        return bundle.stream()
                .map(certificate -> of(what, certificate))
                .max(Comparator.comparing(Expiry::at))
                .orElseThrow();
    }

    boolean isNear(Instant now) {
        return !now.isBefore(warnFrom);
    }

    String text(Instant now) {
        return now.isBefore(at)
                ? what + " expires in " + Duration.between(now, warnOf).toDays() + " days, on " + warnOf
                : what + " has expired on " + at;
    }
}
