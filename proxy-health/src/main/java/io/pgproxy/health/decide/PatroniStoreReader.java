package io.pgproxy.health.decide;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import io.pgproxy.core.PrintableText;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Keys of etcd to what Patroni means by them. Whoever may write to etcd may write anything: a value that is not Patroni's
 * is told, and what was there before stands. Stateless.
 */
public final class PatroniStoreReader {
    /** How the keys are called, without what all keys of the cluster begin with. */
    public static final String LEADER = "leader";

    public static final String FAILOVER = "failover";
    public static final String SYNC = "sync";
    /** What a member's key begins with. */
    public static final String MEMBERS = "members/";

    /** Four times as many as nodes can be configured. */
    public static final int MAX_MEMBERS = 256;

    /** A member writes less than one kilobyte, with all of its tags. */
    private static final int MAX_VALUE_CHARS = 64 * 1024;

    private static final int MAX_NAME_CHARS = 200;
    /** Of the year 9999. */
    private static final long LAST_SECOND = 253_402_300_799L;

    private static final ObjectReader JSON = StrangersJson.reader(MAX_VALUE_CHARS);

    private PatroniStoreReader() {}

    /**
     * What came of reading.
     *
     * @param unreadable one sentence for each key that is not Patroni's, safe to print
     */
    public record Reading(PatroniStore store, List<String> unreadable) {
        public Reading {
            unreadable = List.copyOf(unreadable);
        }
    }

    private static final class Unreadable extends Exception {
        Unreadable(String why) {
            super(why, null, false, false); // it goes a few lines up and becomes a sentence; nobody wants its stack
        }
    }

    /** All keys that there are: what is not among them is gone. */
    public static Reading readAll(PatroniStore before, List<StoredKey> all) {
        Set<String> names = names(all);
        PatroniStore kept = before;
        for (String member : before.members().keySet()) {
            kept = names.contains(MEMBERS + member) ? kept : kept.withoutMember(member);
        }
        return readCut(kept, all);
    }

    /** The same where there are more members than these: one that is not among them may be there. */
    public static Reading readCut(PatroniStore before, List<StoredKey> most) {
        Set<String> names = names(most);
        PatroniStore kept = before;
        for (String name : List.of(LEADER, FAILOVER, SYNC)) {
            kept = names.contains(name) ? kept : without(kept, name);
        }
        return read(kept, most);
    }

    private static Set<String> names(List<StoredKey> keys) {
        return keys.stream().map(StoredKey::name).collect(Collectors.toSet());
    }

    /** Some keys that have changed, in the order in which they did. */
    public static Reading read(PatroniStore before, List<StoredKey> changes) {
        PatroniStore store = before;
        List<String> unreadable = new ArrayList<>();
        for (StoredKey key : changes) {
            try {
                store = key.value().isPresent()
                        ? with(store, key.name(), key.value().get())
                        : without(store, key.name());
            } catch (Unreadable e) {
                unreadable.add(
                        "what stands in " + PrintableText.of(key.name()) + " is not Patroni's: " + e.getMessage());
            }
        }
        return new Reading(store, unreadable);
    }

    private static PatroniStore without(PatroniStore store, String name) {
        return switch (name) {
            case LEADER -> store.withLeader(Optional.empty());
            case FAILOVER -> store.withFailover(Optional.empty());
            case SYNC -> store.withSynchronous(Set.of());
            default -> name.startsWith(MEMBERS) ? store.withoutMember(name.substring(MEMBERS.length())) : store;
        };
    }

    /** Other keys than these are none of ours. */
    private static PatroniStore with(PatroniStore store, String name, String value) throws Unreadable {
        return switch (name) {
            case LEADER -> store.withLeader(Optional.of(memberName(value)));
            case FAILOVER -> store.withFailover(failover(object(value)));
            case SYNC -> store.withSynchronous(synchronous(object(value)));
            default -> name.startsWith(MEMBERS) ? withMember(store, name.substring(MEMBERS.length()), value) : store;
        };
    }

    private static PatroniStore withMember(PatroniStore store, String name, String value) throws Unreadable {
        if (store.members().size() >= MAX_MEMBERS && !store.members().containsKey(name)) {
            throw new Unreadable("there are more than " + MAX_MEMBERS + " members");
        }
        JsonNode json = object(value);
        return store.withMember(
                memberName(name),
                new StoredMember(
                        StrangersJson.word(json.path("role").asText("")),
                        StrangersJson.word(json.path("state").asText("")),
                        StrangersJson.positive(json.path("timeline")),
                        MemberPlace.of(
                                name,
                                json.path("conn_url").asText(""),
                                json.path("api_url").asText(""))));
    }

    /** One that could not be shown as it is could be taken for another. */
    private static String memberName(String text) throws Unreadable {
        if (text.isEmpty()
                || text.length() > MAX_NAME_CHARS
                || !PrintableText.of(text).equals(text)) {
            throw new Unreadable("it names a member as nobody is named");
        }
        return text;
    }

    /** Patroni writes {@code {}} when it is done. */
    private static Optional<StoredFailover> failover(JsonNode json) throws Unreadable {
        Optional<String> leader = optionalName(json.path("leader"));
        Optional<String> candidate = optionalName(json.path("member"));
        OptionalLong scheduled = scheduled(json.path("scheduled_at"));
        return leader.isEmpty() && candidate.isEmpty() && scheduled.isEmpty()
                ? Optional.empty()
                : Optional.of(new StoredFailover(leader, candidate, scheduled));
    }

    private static Optional<String> optionalName(JsonNode value) throws Unreadable {
        return value.isTextual() && !value.textValue().isEmpty()
                ? Optional.of(memberName(value.textValue()))
                : Optional.empty();
    }

    private static OptionalLong scheduled(JsonNode value) throws Unreadable {
        if (value.isMissingNode() || value.isNull()) {
            return OptionalLong.empty();
        }
        long seconds = time(value.asText("")).map(OffsetDateTime::toEpochSecond).orElse(-1L);
        if (seconds < 0 || seconds > LAST_SECOND) {
            throw new Unreadable("its scheduled_at is no point in time");
        }
        return OptionalLong.of(seconds * 1000);
    }

    private static Optional<OffsetDateTime> time(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /** Several names are one text with commas. */
    private static Set<String> synchronous(JsonNode json) throws Unreadable {
        Set<String> names = new LinkedHashSet<>();
        for (String name : json.path("sync_standby").asText("").split(",", MAX_MEMBERS)) {
            if (!name.isBlank()) {
                names.add(memberName(name.strip()));
            }
        }
        return names;
    }

    private static JsonNode object(String value) throws Unreadable {
        if (value.length() > MAX_VALUE_CHARS) {
            throw new Unreadable("it has more than " + MAX_VALUE_CHARS + " characters");
        }
        Optional<JsonNode> json = json(value).filter(JsonNode::isObject);
        if (json.isEmpty()) {
            throw new Unreadable("it is no JSON object");
        }
        return json.get();
    }

    private static Optional<JsonNode> json(String text) {
        try {
            return Optional.ofNullable(JSON.readTree(text));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
