package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.core.Admission.Entry;
import org.junit.jupiter.api.Test;

final class AdmissionTest {
    private static void enter(Admission admission, int times) {
        for (int i = 0; i < times; i++) {
            admission.entered();
        }
    }

    @Test
    void isFullOnlyBeyondTheLimit() {
        Admission admission = new Admission(2, 100, 100);
        enter(admission, 2);
        assertThat(admission.isFull()).isFalse();
    }

    @Test
    void isFullBeyondTheLimit() {
        Admission admission = new Admission(2, 100, 100);
        enter(admission, 3);
        assertThat(admission.isFull()).isTrue();
    }

    @Test
    void aHundredTooManyAreStillHeardOut() {
        Admission admission = new Admission(1, 1_000, 100);
        enter(admission, 100);
        assertThat(admission.entered()).isEqualTo(Entry.WELCOME);
    }

    @Test
    void moreThanAHundredTooManyAreNot() {
        Admission admission = new Admission(1, 1_000, 100);
        enter(admission, 101);
        assertThat(admission.entered()).isEqualTo(Entry.TOO_MANY_SESSIONS);
    }

    @Test
    void startupsAreLimited() {
        Admission admission = new Admission(100, 1, 100);
        enter(admission, 1);
        assertThat(admission.entered()).isEqualTo(Entry.TOO_MANY_STARTUPS);
    }

    @Test
    void refusedStartupIsNotCounted() {
        Admission admission = new Admission(100, 1, 100);
        enter(admission, 2);
        assertThat(admission.startups()).isEqualTo(1);
    }

    @Test
    void endedStartupMakesRoom() {
        Admission admission = new Admission(100, 1, 100);
        enter(admission, 1);
        admission.startupEnded();
        assertThat(admission.entered()).isEqualTo(Entry.WELCOME);
    }

    @Test
    void parkedAreLimited() {
        Admission admission = new Admission(100, 100, 1);
        assertThat(admission.mayPark()).isTrue();
        assertThat(admission.mayPark()).isFalse();
    }

    @Test
    void refusedParkingIsNotCounted() {
        Admission admission = new Admission(100, 100, 0);
        admission.mayPark();
        assertThat(admission.parked()).isZero();
    }
}
