package io.pgproxy.health.decide;

import io.pgproxy.config.HealthConfig;
import java.net.InetAddress;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What one node's own answers say about it, other nodes left aside. Immutable.
 *
 * <p>{@code fall} counts silence only; every verdict acts on its first answer. Silence after a yes changes nothing
 * until the yes is older than {@code stale-after}; silence after anything else can't make it better.
 *
 * @param role kept through silence and "not now", until the node itself says that it has lost it
 * @param reason why it is in this state, half a sentence, safe to print
 */
public record NodeHealth(String name, NodeState state, NodeRole role, String reason, Count count, Memory memory) {
    private static final int SILENCES_TOLD = 64;

    /**
     * Answers in a row.
     *
     * @param yeses in the present role
     * @param silences since the last answer
     */
    record Count(int yeses, int silences) {}

    /**
     * What stays known while the node is silent.
     *
     * @param answer its last one
     * @param answeredNanos when that came
     * @param yesNanos when its last yes came
     * @param timeline that it last named in its role; a shrunken body names none and does not unsay it
     * @param synchronous whether commits wait for it, by its last word on that
     * @param identity of the cluster that it last said it belongs to
     * @param address which gave that yes, and so the only one that sessions may be sent to
     * @param steppedDown whether it was the primary until it came to lead a standby cluster, and has not been down
     *     since
     */
    record Memory(
            Optional<PatroniAnswer> answer,
            OptionalLong answeredNanos,
            OptionalLong yesNanos,
            OptionalLong timeline,
            boolean synchronous,
            Identity identity,
            Optional<InetAddress> address,
            boolean steppedDown) {
        static final Memory NONE = new Memory(
                Optional.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                false,
                Identity.NONE,
                Optional.empty(),
                false);

        Memory answered(ProbeResult result) {
            PatroniAnswer said = result.outcome().answer().orElseThrow();
            return new Memory(
                    Optional.of(said),
                    OptionalLong.of(result.answeredNanos()),
                    yesNanos,
                    said.timeline().isPresent() ? said.timeline() : timeline,
                    said.flags().synchronousAfter(synchronous),
                    said.origin().cluster().orElse(identity),
                    address,
                    steppedDown);
        }

        Memory saidYes(ProbeResult result) {
            Memory now = answered(result);
            return new Memory(
                    now.answer,
                    now.answeredNanos,
                    now.answeredNanos,
                    now.timeline,
                    now.synchronous,
                    now.identity,
                    result.address(),
                    now.steppedDown);
        }

        Memory elsewhere() {
            return new Memory(
                    answer, answeredNanos, yesNanos, timeline, synchronous, identity, Optional.empty(), steppedDown);
        }

        Memory inAnotherRole(boolean steppedDown) {
            return new Memory(
                    answer, answeredNanos, yesNanos, OptionalLong.empty(), synchronous, identity, address, steppedDown);
        }
    }

    static NodeHealth unknown(String name) {
        return new NodeHealth(name, NodeState.UNKNOWN, NodeRole.NONE, "not checked yet", new Count(0, 0), Memory.NONE);
    }

    /** The same, asked elsewhere from now on: what it has said stands, and nobody is sent to where it said so. */
    NodeHealth withoutAddress() {
        return new NodeHealth(name, state, role, reason, count, memory.elsewhere());
    }

    NodeHealth after(ProbeResult result, HealthConfig config) {
        return switch (Finding.of(result.outcome())) {
            case PRIMARY -> yes(NodeRole.PRIMARY, result, config);
            case STANDBY_LEADER -> yes(NodeRole.STANDBY_LEADER, result, config);
            case REPLICA -> leads() ? no(result) : yes(NodeRole.REPLICA, result, config);
            case NOT_NOW -> notNow(result);
            case NOT_RUNNING -> isStill(result) ? notNow(result) : no(result);
            case NO_ROLE -> no(result);
            case SILENCE -> silence(result, config);
            case OUR_FAULT -> this;
        };
    }

    /** The same, as time alone has it: a yes grows old, whoever is to blame that no newer one came. */
    NodeHealth at(long nowNanos, HealthConfig config) {
        if (!state.trusted() || yesCounts(nowNanos, config)) {
            return this;
        }
        String what = state == NodeState.UP && missedLast() ? "does not answer" : reason;
        String why = what + ", last yes over " + DurationText.of(config.staleAfter()) + " ago";
        return new NodeHealth(name, NodeState.STALE, role, why, count, memory);
    }

    /** Whether the role is a leader's. */
    boolean leads() {
        return switch (role) {
            case PRIMARY, STANDBY_LEADER -> true;
            case NONE, REPLICA -> false;
        };
    }

    /** Whether the last check brought no verdict. */
    public boolean missedLast() {
        return count.silences() > 0;
    }

    /** The answer that its present state rests on. */
    public Optional<PatroniAnswer> answer() {
        return memory.answer();
    }

    /** When its last answer came. */
    public OptionalLong answeredNanos() {
        return memory.answeredNanos();
    }

    /** The address that its last yes came from. */
    public Optional<InetAddress> address() {
        return memory.address();
    }

    /** The timeline that it last named in its role. */
    public OptionalLong timeline() {
        return memory.timeline();
    }

    /** Whether commits wait for it, as far as it has said. */
    boolean isSynchronous() {
        return memory.synchronous();
    }

    /** Whether a member's name means this node: as it is configured, or as its own Patroni calls it. */
    boolean isCalled(String member) {
        return name.equals(member)
                || answer().flatMap(said -> said.origin().member()).equals(Optional.of(member));
    }

    /** Whether it was the primary until it came to lead a standby cluster, and has not been down since. */
    boolean hasSteppedDown() {
        return memory.steppedDown();
    }

    /** Whether it has one of Patroni's tags, with that value. */
    boolean hasTag(String name, String value) {
        return answer().map(said -> said.tags().has(name, value)).orElse(false);
    }

    /** Whether it has so many tags that some were left out. */
    boolean hasCutTags() {
        return answer().map(said -> said.tags().cut()).orElse(false);
    }

    /** Whether it is on its way up by its yeses alone, of which {@code rise} asks for more. */
    boolean isRising() {
        return state == NodeState.WAITING && count.yeses() > 0;
    }

    /** The identity in its last answer, as far as that was given. */
    Identity shows() {
        return answer().map(answer -> answer.origin().cluster()).orElse(Identity.NONE);
    }

    private NodeHealth yes(NodeRole found, ProbeResult result, HealthConfig config) {
        int yeses = found == role ? Math.min(count.yeses() + 1, config.rise()) : 1;
        NodeState next = yeses >= config.rise() ? NodeState.UP : rising(found);
        boolean stepsDown = role == NodeRole.PRIMARY && found == NodeRole.STANDBY_LEADER;
        Memory before = found == role ? memory : memory.inAnotherRole(stepsDown);
        return new NodeHealth(name, next, found, words(result, found), new Count(yeses, 0), before.saidYes(result));
    }

    /** Not enough yeses yet to go up; but who was only silent in this role is no worse for having said yes. */
    private NodeState rising(NodeRole found) {
        return found == role && state.trusted() ? state : NodeState.WAITING;
    }

    private NodeHealth notNow(ProbeResult result) {
        return new NodeHealth(
                name, NodeState.WAITING, role, words(result, role), new Count(0, 0), memory.answered(result));
    }

    private NodeHealth no(ProbeResult result) {
        Memory before = role == NodeRole.NONE ? memory : memory.inAnotherRole(false);
        return new NodeHealth(
                name,
                NodeState.DOWN,
                NodeRole.NONE,
                words(result, NodeRole.NONE),
                new Count(0, 0),
                before.answered(result));
    }

    private NodeHealth silence(ProbeResult result, HealthConfig config) {
        int silences = count.silences() + 1;
        NodeState next = silences >= config.fall() ? silent(state) : state;
        boolean wordless = state == NodeState.UNKNOWN || state == NodeState.STALE;
        boolean worthTelling = next != state || (wordless && isToldAnew(silences, config));
        String text = worthTelling ? "does not answer (" + result.outcome().detail() + ")" : reason;
        return new NodeHealth(name, next, role, text, new Count(0, silences), memory)
                .at(result.answeredNanos(), config);
    }

    /**
     * A name's addresses fail in turn and each in its own words. The words are in the table: the first ones stand, and
     * are replaced now and then.
     */
    private static boolean isToldAnew(int silences, HealthConfig config) {
        return silences <= config.fall() || silences % SILENCES_TOLD == 0;
    }

    private static NodeState silent(NodeState state) {
        return switch (state) {
            case UP, SILENT -> NodeState.SILENT;
            case WAITING, DOWN, STALE -> NodeState.STALE;
            case UNKNOWN, REFUSED -> state;
        };
    }

    private boolean yesCounts(long nowNanos, HealthConfig config) {
        return memory.yesNanos().isPresent()
                && nowNanos - memory.yesNanos().getAsLong()
                        < config.staleAfter().toNanos();
    }

    private boolean isStill(ProbeResult result) {
        PatroniRole said = result.outcome().answer().orElseThrow().role();
        return switch (role) {
            case REPLICA -> said == PatroniRole.REPLICA;
            case STANDBY_LEADER -> said == PatroniRole.STANDBY_LEADER;
            case NONE, PRIMARY -> false;
        };
    }

    private String words(ProbeResult result, NodeRole next) {
        String words = result.outcome().detail();
        return role == next || role == NodeRole.NONE ? words : words + " (was " + role.text() + ")";
    }
}
