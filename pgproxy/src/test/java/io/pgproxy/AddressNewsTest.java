package io.pgproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.vip.machine.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who is told what is seen of the virtual addresses. */
class AddressNewsTest {
    private static final String STRANGER = "02:00:5e:10:00:01";

    private final AddressNews news = new AddressNews();
    private final List<Event> told = new ArrayList<>();

    @Test
    void whatIsSeenBeforeAnybodyListensIsNoMistake() {
        news.lost();
        news.conflict(STRANGER);
        assertThat(told).isEmpty();
    }

    @Test
    void passesOnThatAnAddressIsGone() {
        news.tell(told::add, Set::of);
        news.lost();
        assertThat(told).containsExactly(new Event.AddressLost());
    }

    @Test
    void whoIsNoMemberIsAStranger() {
        news.tell(told::add, Set::of);
        news.conflict(STRANGER);
        assertThat(told).containsExactly(new Event.ConflictSeen(STRANGER, false));
    }

    @Test
    void remembersWhetherTheNetworkCanBeReached() {
        assertThat(news.networkIsReachable()).isTrue();
        news.network(false);
        assertThat(news.networkIsReachable()).isFalse();
        news.network(true);
        assertThat(news.networkIsReachable()).isTrue();
    }
}
