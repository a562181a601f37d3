package io.pgproxy.vip;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.vip.machine.Event;
import org.junit.jupiter.api.Test;

class MailboxTest {
    private static final Event CONFLICT = new Event.ConflictSeen("02:00:00:00:00:0c", false);

    private final Mailbox mailbox = new Mailbox();

    private void fill() {
        for (int i = 0; i < Mailbox.MAX_EVENTS; i++) {
            mailbox.putIfThereIsRoom(new Event.Woken());
        }
    }

    @Test
    void handsOutAConflictBeforeAllElse() throws Exception {
        mailbox.put(new Event.KeyMoved());
        mailbox.put(CONFLICT);

        assertThat(mailbox.nextConflict()).contains(CONFLICT);
        assertThat(mailbox.nextConflict()).isEmpty();
        assertThat(mailbox.next(0)).contains(new Event.KeyMoved());
        assertThat(mailbox.next(0)).isEmpty();
    }

    @Test
    void knowsThatAConflictFoundNoRoom() {
        fill();
        assertThat(mailbox.hasLostConflict()).isFalse();

        mailbox.put(CONFLICT);
        mailbox.put(new Event.KeyMoved());

        assertThat(mailbox.hasLostConflict()).isTrue();
        assertThat(mailbox.hasLostConflict()).isFalse();
    }

    @Test
    void losesNothingElseThatWay() {
        fill();
        mailbox.put(new Event.KeyMoved());

        assertThat(mailbox.hasLostConflict()).isFalse();
    }

    @Test
    void keepsAnOrderToStopThatThereIsNoRoomFor() {
        fill();
        mailbox.stop(new Event.Stop(7));

        assertThat(mailbox.orderToStop()).contains(new Event.Stop(7));
        assertThat(mailbox.orderToStop()).isEmpty();
    }
}
