package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class AdmissionTest {
    private final Settings settings = new Settings();

    private Admission enter(int descriptors, int connections) {
        Admission admission = Admission.of(settings.sessions(), 10, descriptors);
        for (int i = 0; i < connections; i++) {
            admission.entered();
        }
        return admission;
    }

    @Test
    void asManyConnectionsAsDescriptorsAreNotTooMany() {
        assertThat(enter(2, 2).isOutOfDescriptors()).isFalse();
    }

    @Test
    void oneMoreIs() {
        assertThat(enter(2, 3).isOutOfDescriptors()).isTrue();
    }

    @Test
    void aHundredTooManyComeOutOfTheReserve() {
        assertThat(enter(2, 102).isOutOfReserve()).isFalse();
    }

    @Test
    void moreThanAHundredTooManyDoNot() {
        assertThat(enter(2, 103).isOutOfReserve()).isTrue();
    }

    @Test
    void connectionThatLeftGivesItsDescriptorBack() {
        Admission admission = enter(2, 3);
        admission.left();
        assertThat(admission.isOutOfDescriptors()).isFalse();
    }
}
