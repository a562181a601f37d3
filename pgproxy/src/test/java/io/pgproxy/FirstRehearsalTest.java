package io.pgproxy;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FirstRehearsalTest {
    private static FirstRehearsal thatThrows(RuntimeException mistake) {
        return new FirstRehearsal(() -> {
            throw mistake;
        });
    }

    private static FirstRehearsal thatThrows(Error error) {
        return new FirstRehearsal(() -> {
            throw error;
        });
    }

    @Test
    void aMistakeStopsNoStart() {
        assertThatCode(thatThrows(new IllegalStateException("none"))::hold).doesNotThrowAnyException();
    }

    @Test
    void aClassThatIsNotThereStopsNoStart() {
        assertThatCode(thatThrows(new NoClassDefFoundError("none"))::hold).doesNotThrowAnyException();
    }

    @Test
    void wantOfMemoryIsPassedOn() {
        assertThatThrownBy(thatThrows(new OutOfMemoryError("none"))::hold).isInstanceOf(OutOfMemoryError.class);
    }
}
