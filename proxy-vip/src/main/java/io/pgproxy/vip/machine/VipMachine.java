package io.pgproxy.vip.machine;

import io.pgproxy.vip.machine.Action.Level;
import io.pgproxy.vip.machine.Calls.Purpose;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * Decides who has the virtual address: told what happened and the time, it answers with what is to be done. Two sources
 * give the right to have it: etcd (the key bound to our lease, proven by a keep-alive and a read after it) and, while
 * etcd does not answer, the promises of all others not to claim. The kernel is always told to drop the address before
 * that right ends, whether or not this program is still alive then.
 *
 * <p>Here each event finds its reader, and afterwards the state its work. {@link Standby}, {@link Arrival} and
 * {@link Keeping} do that work; CLAIM only waits, for {@link Candidacy}. {@link Course} has the ways back.
 *
 * <p>An {@link Action.Touch} or {@link Action.Delete} is always the last action of a decision, and its outcome must be
 * the next event. Confined to the thread that calls it; pure otherwise.
 */
public class VipMachine {
    private final Parts parts;
    private final Looking looking;
    private final Presence presence;
    private final Course course;
    private final PrimarySight sight;
    private final Willingness willingness;
    private final Conversation conversation;
    private final Upkeep upkeep;
    private final Conditions conditions;
    private final Departure departure;
    private final Deference deference;
    private final Ambition ambition;
    private final Standby standby;
    private final Arrival arrival;
    private final Keeping keeping;
    private final Answers answers;
    private final PeerNews peerNews;
    private final Conflicts conflicts;

    /** @param others the other members as configured; none if this instance is alone */
    public VipMachine(Instance me, SortedSet<Member> others, Timings timings, Preferences preferences) {
        this(new Parts(me, others, timings), preferences);
    }

    VipMachine(Parts parts, Preferences preferences) {
        this.parts = parts;
        looking = new Looking(parts);
        presence = new Presence(parts.lifetime);
        Claiming claiming = new Claiming(parts);
        course = new Course(parts, presence, claiming, looking);
        conditions = new Conditions(parts.peers);
        sight = new PrimarySight(preferences, conditions);
        Precedence precedence = new Precedence(preferences, sight, conditions);
        willingness = new Willingness(presence, looking, parts.bonds, precedence);
        ambition = new Ambition(preferences, course, willingness, looking, sight, conditions);
        conversation = new Conversation(parts);
        Renewal renewal = new Renewal(parts);
        upkeep = new Upkeep(parts, renewal);
        departure = new Departure(parts, course, presence, looking, conversation, willingness);
        deference = new Deference(
                preferences, sight, conditions, precedence, renewal, departure, parts.peers.others.isEmpty());
        standby = new Standby(parts, presence, looking);
        arrival = new Arrival(parts, course, presence, claiming, renewal, upkeep);
        LostKey lostKey = new LostKey(parts, course, claiming, looking);
        keeping = new Keeping(parts, course, renewal, upkeep, lostKey, departure);
        Candidacy candidacy = new Candidacy(parts, course, willingness, claiming, renewal, looking);
        OrphanKeys orphanKeys = new OrphanKeys(parts, looking);
        Proofs proofs = new Proofs(parts, course, looking, renewal, candidacy, lostKey, orphanKeys);
        answers = new Answers(parts, looking, renewal, candidacy, proofs);
        peerNews = new PeerNews(parts, course, presence, looking, conversation, conditions, orphanKeys);
        conflicts = new Conflicts(parts, course);
    }

    /**
     * Takes one event.
     *
     * @param nowNanos of CLOCK_MONOTONIC, read just before; never less than at the event before
     */
    public Decision on(Event event, long nowNanos) {
        Turn turn = new Turn(nowNanos);
        handle(turn, event);
        if (!turn.awaitsOutcome()) {
            answers.giveUp(turn);
        }
        if (!turn.awaitsOutcome()) {
            settle(turn);
        }
        turn.wakeAt(parts.calls.nextDeadline());
        return turn.decision();
    }

    private void handle(Turn turn, Event event) {
        if (event instanceof Event.Started) {
            course.begin(turn.now);
            sight.begin(turn.now);
            conversation.begin(turn);
        } else if (event instanceof Event.Answered answered) {
            answers.answered(turn, answered.id(), answered.answer());
        } else if (event instanceof Event.Heard heard) {
            peerNews.heard(turn, heard.message(), heard.addressPresent());
        } else if (event instanceof Event.KeyMoved) {
            looking.hinted();
        } else if (event instanceof Event.Touched touched) {
            touched(turn, touched.done());
        } else if (event instanceof Event.Deleted deleted) {
            departure.takenOff(turn, deleted.confirmed());
        } else if (event instanceof Event.AddressLost) {
            addressLost(turn);
        } else if (event instanceof Event.ConflictSeen conflict) {
            conflicts.seen(turn, conflict);
        } else if (event instanceof Event.NotAsked && course.is(State.PROBE)) {
            parts.probing.notAsked(turn.now);
        } else if (event instanceof Event.Eligible fitness) {
            fitness(turn, fitness);
        } else if (event instanceof Event.PrimarySeen primary) {
            sight.told(primary.seen(), turn.now);
        } else if (event instanceof Event.Move move) {
            move(turn, move.drainNanos());
        } else if (event instanceof Event.Stop stop) {
            willingness.ends();
            departure.letGo(turn, "the program ends", stop.drainNanos());
        } else if (event instanceof Event.SessionsEnded ended) {
            departure.sessionsEnded(ended.number());
        } else if (event instanceof Event.StoodStill) {
            course.stoodStill(turn);
        }
    }

    private void touched(Turn turn, boolean done) {
        if (!upkeep.touched(turn, done)) {
            willingness.yields(turn.now);
            course.drop(turn, "the kernel does not take the address");
        }
    }

    private void addressLost(Turn turn) {
        if (course.is(State.HOLD)) {
            turn.note(Level.WARN, "the address is gone from this host, and nobody here took it away: putting it back");
            parts.lifetime.gone();
        }
    }

    private void fitness(Turn turn, Event.Eligible fitness) {
        willingness.fitness(fitness, turn.now);
        if (fitness.eligible()) {
            deference.fit();
        } else if (course.is(State.HOLD)) {
            deference.unfit(turn, fitness.reason());
        } else {
            departure.letGo(turn, fitness.reason(), 0);
        }
    }

    private void move(Turn turn, long drainNanos) {
        if (course.is(State.HOLD)) {
            deference.asked(turn, drainNanos);
        } else {
            departure.handOver(turn, "asked to hand over", drainNanos);
        }
    }

    /** What is due, whatever happened last. */
    private void settle(Turn turn) {
        conversation.run(turn, () -> ambition.condition(turn));
        giveLeasesBack(turn);
        switch (course.state()) {
            case STANDBY -> standby.run(turn);
            case CLAIM -> {} // an answer or its deadline comes next
            case PROBE -> arrival.run(turn);
            case HOLD -> {
                deference.run(turn);
                keeping.run(turn);
            }
        }
    }

    /** Not while the address stands here without right: others take the end of the lease for the end of that too. */
    private void giveLeasesBack(Turn turn) {
        if (!course.is(State.STANDBY) || !presence.isPossible()) {
            long patience = parts.timings.callNanos();
            parts.revocations
                    .due(turn.now, patience)
                    .forEach(lease ->
                            parts.calls.ask(turn, new EtcdCall.Revoke(lease), Purpose.REVOKE, 0, lease, patience));
            turn.wakeAt(parts.revocations.nextNanos());
        }
    }

    /** Where things stand. */
    public VipStatus status(long nowNanos) {
        Map<Member, Boolean> silent = new TreeMap<>();
        parts.peers.others.forEach(other -> silent.put(other, parts.peers.isSilent(other, nowNanos)));
        boolean idle = course.is(State.STANDBY)
                && !presence.isPossible()
                && parts.revocations.isEmpty()
                && !parts.calls.isOpen(Purpose.RELEASE, 0);
        return new VipStatus(
                course.state(),
                course.sinceNanos(),
                willingness.isEligible(),
                looking.isFresh(nowNanos),
                looking.holder(),
                looking.othersRecorded(),
                parts.deadlineNanos(),
                parts.authority.untilNanos(),
                parts.promises.untilNanos(),
                parts.lifetime.untilNanos(),
                parts.authority.creditedNanos(),
                parts.bonds.untilNanos(),
                silent,
                conditions.ready(nowNanos),
                course.isLeaving(),
                idle,
                conflicts.count(),
                course.is(State.STANDBY) ? willingness.trouble(nowNanos) : willingness.unfitness());
    }
}
