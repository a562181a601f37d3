package io.pgproxy.vip.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a holder does when somebody else says to have the address. */
class DefenceTest {
    private static final Event CONFLICT = new Event.ConflictSeen("02:00:00:00:00:01", true);

    @Test
    void itAnnouncesTheAddress() {
        assertThat(Stage.withPeer().holding().forget().tell(CONFLICT).all(Action.Announce.class))
                .hasSize(1);
    }

    @Test
    void twoDoNotAnnounceAgainstEachOtherForEver() {
        Stage stage = Stage.withPeer().holding().forget();
        for (int count = 0; count < 100; count++) {
            stage.tell(CONFLICT);
        }
        assertThat(stage.all(Action.Announce.class)).hasSize(1);
    }

    @Test
    void itAnnouncesNothingThatIsNotThere() {
        Stage stage = Stage.withPeer()
                .holding()
                .passMillis(200)
                .tell(new Event.AddressLost())
                .forget();
        assertThat(stage.tell(CONFLICT).has(Action.Announce.class)).isFalse();
    }
}
