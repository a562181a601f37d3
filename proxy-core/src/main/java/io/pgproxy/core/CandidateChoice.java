package io.pgproxy.core;

import io.pgproxy.core.FirstPacket.Kind;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which candidate a session tries next: one that it may try and that has room, by its listener's balance, unless an
 * encrypted connection is drawn to where its client's query runs. Confined to the session's event loop.
 */
final class CandidateChoice {
    private final Listener listener;
    private final RelayLoop loop;
    private final Predicate<Candidate> mayTry;

    /** @param mayTry false for those that have not worked out for this session, for now */
    CandidateChoice(Listener listener, RelayLoop loop, Predicate<Candidate> mayTry) {
        this.listener = listener;
        this.loop = loop;
        this.mayTry = mayTry;
    }

    /**
     * The best one with a place, which is taken then; another loop may take the last one between look and grasp.
     *
     * @param request what the client has asked for
     */
    Optional<Candidate> take(List<Candidate> candidates, Client client, Kind request) {
        Set<InetSocketAddress> drawing = drawing(candidates, client, request);
        Optional<Candidate> choice;
        do {
            choice = drawn(candidates, drawing, client).or(() -> balance(candidates, this::isOpen, client));
        } while (choice.isPresent() && !listener.nodes().take(choice.get()));
        choice.map(Candidate::address).filter(drawing::contains).ifPresent(address -> listener.sealed()
                .drawn(client.source(), address, loop.now()));
        return choice;
    }

    /**
     * What an encrypted connection brings cannot be read. If a session of the same client has waited for an answer for
     * a while, it may be a cancel for that, and as a new session it is as well off there. Where there is one place to
     * go to anyway, nobody is drawn.
     */
    private Set<InetSocketAddress> drawing(List<Candidate> candidates, Client client, Kind request) {
        boolean unreadable = request.asksForEncryption() || request == Kind.DIRECT_TLS;
        return unreadable && loop.limits().cancelRouting() && isThereAChoice(candidates)
                ? listener.sealed().drawing(client.source(), loop.now())
                : Set.of();
    }

    private boolean isThereAChoice(List<Candidate> candidates) {
        OptionalInt tier = lowestTier(candidates);
        return candidates.stream()
                        .filter(candidate -> isOpen(candidate) && candidate.tier() == tier.orElse(0))
                        .count()
                > 1;
    }

    private OptionalInt lowestTier(List<Candidate> candidates) {
        return candidates.stream()
                .filter(this::isOpen)
                .mapToInt(Candidate::tier)
                .min();
    }

    /** The last resort stays the last resort. */
    private Optional<Candidate> drawn(List<Candidate> candidates, Set<InetSocketAddress> drawing, Client client) {
        if (drawing.isEmpty()) {
            return Optional.empty();
        }
        int tier = lowestTier(candidates).orElse(0);
        return balance(
                candidates,
                candidate -> isOpen(candidate) && candidate.tier() == tier && drawing.contains(candidate.address()),
                client);
    }

    private Optional<Candidate> balance(List<Candidate> candidates, Predicate<Candidate> open, Client client) {
        return loop.balancer(listener).choose(candidates, open, client.ip(), loop.now());
    }

    private boolean isOpen(Candidate candidate) {
        return mayTry.test(candidate) && listener.nodes().hasRoom(candidate);
    }
}
