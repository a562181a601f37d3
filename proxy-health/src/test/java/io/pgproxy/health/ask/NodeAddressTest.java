package io.pgproxy.health.ask;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.health.decide.ProbeOutcome.Kind;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Names come and go, with one address or several; lookups are run by hand. */
class NodeAddressTest {
    private static final int FALL = 3;

    private final Deque<Runnable> lookups = new ArrayDeque<>();
    private final List<String> log = new ArrayList<>();
    private List<String> answer = List.of("10.0.0.1");
    private final NodeAddress address = of("pg102.test");

    private NodeAddress of(String host) {
        return new NodeAddress(
                host,
                FALL,
                this::lookup,
                lookups::add,
                Runnable::run,
                notice -> log.add(notice.level() + " " + notice.text()));
    }

    private List<InetAddress> lookup(String host) throws UnknownHostException {
        if (answer.isEmpty()) {
            throw new UnknownHostException(host);
        }
        List<InetAddress> found = new ArrayList<>();
        for (String literal : answer) {
            found.add(InetAddress.getByName(literal));
        }
        return found;
    }

    private void lookUpAt(long seconds, boolean hurry) {
        address.refresh(hurry, TimeUnit.SECONDS.toNanos(seconds));
        lookups.forEach(Runnable::run);
        lookups.clear();
    }

    private String current() {
        return address.current().map(InetAddress::getHostAddress).orElse("none");
    }

    /** Ends a check at the present address, and says which that was. */
    private String check(Kind kind) {
        String asked = current();
        address.checked(address.current().orElseThrow(), kind);
        return asked;
    }

    private void check(Kind kind, int times) {
        for (int i = 0; i < times; i++) {
            check(kind);
        }
    }

    /** Has answered at 10.0.0.1, and then at 10.0.0.2 only. */
    private void moveToTheSecond() {
        resolvesTo("10.0.0.1", "10.0.0.2");
        check(Kind.ANSWERED);
        check(Kind.NO_CONNECTION, FALL);
        check(Kind.ANSWERED);
    }

    private String working() {
        return address.working().map(InetAddress::getHostAddress).orElse("none");
    }

    private void resolvesTo(String... literals) {
        answer = List.of(literals);
        lookUpAt(0, false);
    }

    @Test
    void aLiteralNeedsNoLookup() {
        NodeAddress literal = of("fd00::1");
        literal.refresh(true, 0);
        assertThat(literal.isSettled()).isTrue();
        assertThat(literal.current()).isPresent();
        assertThat(lookups).isEmpty();
    }

    @Test
    void nothingIsSettledBeforeTheFirstLookupHasEnded() {
        address.refresh(false, 0);
        assertThat(address.isSettled()).isFalse();
    }

    @Test
    void aNameThatDoesNotResolveIsSettledWithoutAnAddress() {
        answer = List.of();
        lookUpAt(0, false);
        assertThat(address.isSettled()).isTrue();
        assertThat(current()).isEqualTo("none");
    }

    @Test
    void aNameIsResolvedAnewAfterAWhile() {
        lookUpAt(0, false);
        answer = List.of("10.0.0.2");
        lookUpAt(9, false);
        assertThat(current()).isEqualTo("10.0.0.1");
        lookUpAt(10, false);
        assertThat(current()).isEqualTo("10.0.0.2");
    }

    @Test
    void aNodeThatDoesNotAnswerIsResolvedAnewSooner() {
        lookUpAt(0, false);
        answer = List.of("10.0.0.2");
        lookUpAt(1, true);
        assertThat(current()).isEqualTo("10.0.0.2");
    }

    @Test
    void theLastGoodAnswerIsKeptAndItIsSaidOnce() {
        lookUpAt(0, false);
        answer = List.of();
        lookUpAt(10, false);
        lookUpAt(20, false);
        assertThat(current()).isEqualTo("10.0.0.1");
        answer = List.of("10.0.0.1");
        lookUpAt(30, false);
        assertThat(log)
                .containsExactly("WARN cannot resolve pg102.test, keeping 10.0.0.1", "INFO pg102.test resolves again");
    }

    @Test
    void onlyOneLookupIsUnderWay() {
        address.refresh(true, 0);
        address.refresh(true, TimeUnit.SECONDS.toNanos(60));
        assertThat(lookups).hasSize(1);
    }

    @Test
    void aResolverThatHangsIsToldOnceAndTheLastAddressStays() {
        lookUpAt(0, false);
        for (int second = 10; second < 100; second += 10) {
            address.refresh(false, TimeUnit.SECONDS.toNanos(second));
        }
        assertThat(current()).isEqualTo("10.0.0.1");
        assertThat(log).containsExactly("WARN the resolver is silent about pg102.test, keeping 10.0.0.1");
        lookUpAt(100, false);
        assertThat(log).endsWith("INFO pg102.test resolves again");
    }

    @Test
    void anotherAddressIsToldOnce() {
        lookUpAt(0, false);
        answer = List.of("10.0.0.2");
        lookUpAt(10, false);
        lookUpAt(20, false);
        assertThat(log).containsExactly("INFO pg102.test is 10.0.0.2 now, no longer 10.0.0.1");
    }

    @Test
    void aResolverThatRotatesMovesNobody() {
        resolvesTo("10.0.0.1", "10.0.0.2", "fd00::3");
        answer = List.of("fd00::3", "10.0.0.2", "10.0.0.1");
        lookUpAt(10, false);
        assertThat(current()).isEqualTo("10.0.0.1");
        assertThat(log).isEmpty();
    }

    @Test
    void theNextCheckGoesToTheNextAddress() {
        resolvesTo("10.0.0.1", "10.0.0.2", "10.0.0.3");
        assertThat(List.of(check(Kind.NO_CONNECTION), check(Kind.TIMED_OUT), check(Kind.GARBAGE), current()))
                .containsExactly("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.1");
    }

    @Test
    void anAnswerKeepsTheAddress() {
        resolvesTo("10.0.0.1", "10.0.0.2");
        check(Kind.NO_CONNECTION);
        check(Kind.ANSWERED);
        check(Kind.ANSWERED);
        assertThat(current()).isEqualTo("10.0.0.2");
    }

    @Test
    void ourOwnFaultMovesNobody() {
        resolvesTo("10.0.0.1", "10.0.0.2");
        check(Kind.OUR_FAULT);
        assertThat(current()).isEqualTo("10.0.0.1");
    }

    @Test
    void theOneThatAnsweredLastIsTriedAgainWithEverySecondCheck() {
        resolvesTo("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4");
        check(Kind.ANSWERED);
        check(Kind.TIMED_OUT, FALL - 1);
        Set<String> others = new HashSet<>();
        for (int i = 0; i < 6; i++) {
            assertThat(check(Kind.TIMED_OUT)).isEqualTo("10.0.0.1");
            others.add(check(Kind.TIMED_OUT));
        }
        assertThat(others).containsExactlyInAnyOrder("10.0.0.2", "10.0.0.3", "10.0.0.4");
    }

    @Test
    void fewerMissesThanMakeANodeSilentMoveNobody() {
        resolvesTo("10.0.0.1", "10.0.0.2");
        check(Kind.ANSWERED);
        for (int i = 0; i < 10; i++) {
            for (int misses = 1; misses < FALL; misses++) {
                assertThat(check(Kind.TIMED_OUT)).isEqualTo("10.0.0.1");
            }
            assertThat(check(Kind.ANSWERED)).isEqualTo("10.0.0.1");
        }
        assertThat(working()).isEqualTo("10.0.0.1");
    }

    @Test
    void theFirstOneIsAskedAgainWhileAnotherAnswersAndIsTakenBack() {
        moveToTheSecond();
        check(Kind.ANSWERED, AddressChoice.AWAY_AFTER_MISSES - 1);
        assertThat(check(Kind.ANSWERED)).isEqualTo("10.0.0.1");
        assertThat(working()).isEqualTo("10.0.0.1");
        assertThat(log).endsWith("INFO pg102.test answers as 10.0.0.1 now, and not as 10.0.0.2");
    }

    @Test
    void aFirstOneThatIsStillDeadCostsOneCheckNowAndThen() {
        moveToTheSecond();
        int atTheFirst = 0;
        for (int i = 0; i < 10 * AddressChoice.AWAY_AFTER_MISSES; i++) {
            boolean first = current().equals("10.0.0.1");
            check(first ? Kind.TIMED_OUT : Kind.ANSWERED);
            atTheFirst += first ? 1 : 0;
        }
        assertThat(atTheFirst).isBetween(9, 10);
        assertThat(working()).isEqualTo("10.0.0.2");
    }

    @Test
    void aSessionThatCouldNotConnectHasAnotherOneAsked() {
        resolvesTo("10.0.0.1", "10.0.0.2");
        check(Kind.ANSWERED);
        address.complained(0);
        assertThat(check(Kind.ANSWERED)).isEqualTo("10.0.0.2");
        assertThat(working()).isEqualTo("10.0.0.2");
        check(Kind.ANSWERED, AddressChoice.AWAY_AFTER_COMPLAINT - 2);
        assertThat(current()).isEqualTo("10.0.0.2");
        check(Kind.ANSWERED);
        assertThat(current()).isEqualTo("10.0.0.1");
    }

    @Test
    void anAnswerThatWasUnderWayDoesNotOutweighTheComplaint() throws UnknownHostException {
        resolvesTo("10.0.0.1", "10.0.0.2");
        check(Kind.ANSWERED);
        address.complained(0);
        address.checked(InetAddress.getByName("10.0.0.1"), Kind.ANSWERED);
        assertThat(current()).isEqualTo("10.0.0.2");
    }

    @Test
    void aComplaintMovesNobodyWhereNobodyElseAnswers() {
        resolvesTo("10.0.0.1", "10.0.0.2");
        check(Kind.ANSWERED);
        address.complained(0);
        check(Kind.NO_CONNECTION);
        assertThat(List.of(current(), working())).containsExactly("10.0.0.1", "10.0.0.1");
    }

    @Test
    void lateComplaintsOfTheAddressBeforeAreNotHeldAgainstTheNewOne() {
        resolvesTo("10.0.0.1", "10.0.0.2");
        check(Kind.ANSWERED);
        address.complained(0);
        check(Kind.ANSWERED);
        address.complained(NodeAddress.COMPLAINTS_REST.toNanos() - 1);
        assertThat(current()).isEqualTo("10.0.0.2");
        address.complained(NodeAddress.COMPLAINTS_REST.toNanos());
        assertThat(current()).isEqualTo("10.0.0.1");
    }

    @Test
    void aComplaintAboutTheOnlyAddressIsIdle() {
        resolvesTo("10.0.0.1");
        check(Kind.ANSWERED);
        address.complained(0);
        assertThat(current()).isEqualTo("10.0.0.1");
    }

    @Test
    void anAddressThatIsAnothersIsNoHomeToComeBackTo() throws UnknownHostException {
        resolvesTo("10.0.0.1", "10.0.0.2");
        check(Kind.ANSWERED);
        address.disown(InetAddress.getByName("10.0.0.1"));
        check(Kind.GARBAGE);
        assertThat(List.of(current(), working())).containsExactly("10.0.0.2", "none");
        check(Kind.ANSWERED, 2 * AddressChoice.AWAY_AFTER_MISSES);
        assertThat(current()).isEqualTo("10.0.0.2");
    }

    @Test
    void anAddressThatIsAnothersCostsTheOneInUseNothing() throws UnknownHostException {
        moveToTheSecond();
        address.disown(InetAddress.getByName("10.0.0.1"));
        check(Kind.ANSWERED, AddressChoice.AWAY_AFTER_MISSES);
        assertThat(List.of(current(), working())).containsExactly("10.0.0.2", "10.0.0.2");
    }

    @Test
    void whereTheLastCheckWasAnsweredIsKnownApart() {
        resolvesTo("10.0.0.1");
        check(Kind.ANSWERED);
        assertThat(address.answering()).isEqualTo(address.working()).isPresent();
        check(Kind.TIMED_OUT);
        assertThat(address.answering()).isEmpty();
        assertThat(address.working()).isPresent();
    }

    @Test
    void whereItAnswersInsteadIsToldOnce() {
        moveToTheSecond();
        check(Kind.ANSWERED);
        assertThat(log).containsExactly("INFO pg102.test answers as 10.0.0.2 now, and not as 10.0.0.1");
    }

    @Test
    void anAddressThatTheNameHasLostIsLeft() {
        resolvesTo("10.0.0.1", "10.0.0.2");
        check(Kind.ANSWERED);
        answer = List.of("10.0.0.2");
        lookUpAt(10, false);
        assertThat(current()).isEqualTo("10.0.0.2");
    }

    @Test
    void aLateAnswerFromALostAddressDoesNotBringItBack() throws UnknownHostException {
        resolvesTo("10.0.0.1");
        answer = List.of("10.0.0.2");
        lookUpAt(10, false);
        address.checked(InetAddress.getByName("10.0.0.1"), Kind.ANSWERED);
        assertThat(current()).isEqualTo("10.0.0.2");
    }

    @Test
    void onlySoManyAddressesAreUsed() {
        resolvesTo(IntStream.range(0, 500)
                .mapToObj(i -> "10.1." + i / 250 + "." + i % 250)
                .toArray(String[]::new));
        Set<String> asked = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            asked.add(check(Kind.TIMED_OUT));
        }
        assertThat(asked).hasSize(AddressChoice.MAX_ADDRESSES);
    }
}
