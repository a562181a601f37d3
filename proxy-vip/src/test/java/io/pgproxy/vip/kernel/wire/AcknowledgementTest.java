package io.pgproxy.vip.kernel.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** By struct nlmsgerr in linux/netlink.h. */
class AcknowledgementTest {
    private static final String REQUEST = "28000000 1500 0500 04030201 00000000";

    /** NLMSGERR_ATTR_MSG, "no". */
    private static final String WORDS = "0700 0100 6e6f00 00";

    /** What Linux 6.18 says to the second of two deletions. */
    @Test
    void readsARefusalOfTheKernels() {
        assertThat(Acknowledgement.read(NetlinkMessages.only(
                        "40000000 0200 0003 04000000 076a0000",
                        "9dffffff 28000000 1500 0500 04000000 00000000",
                        "1c00 0100 697076343a2041646472657373206e6f7420666f756e6400")))
                .contains(new Acknowledgement(99, "ipv4: Address not found"));
    }

    @Test
    void noErrorIsDone() {
        assertThat(Acknowledgement.read(
                        NetlinkMessages.only("24000000 0200 0001 04030201 00100000", "00000000", REQUEST)))
                .contains(new Acknowledgement(0, ""));
    }

    @Test
    void readsTheErrorOfARequestThatIsNotSentBack() {
        assertThat(Acknowledgement.read(
                        NetlinkMessages.only("24000000 0200 0001 04030201 00100000", "9dffffff", REQUEST)))
                .contains(new Acknowledgement(99, ""));
    }

    @Test
    void readsTheKernelsWords() {
        assertThat(Acknowledgement.read(
                        NetlinkMessages.only("2c000000 0200 0003 04030201 00100000", "9dffffff", REQUEST, WORDS)))
                .contains(new Acknowledgement(99, "no"));
    }

    @Test
    void readsTheKernelsWordsBehindAWholeRequest() {
        assertThat(Acknowledgement.read(NetlinkMessages.only(
                        "44000000 0200 0002 04030201 00100000",
                        "9dffffff",
                        REQUEST,
                        "02200000 07000000 08000200 c0a8320a 08000100 c0a8320a",
                        WORDS)))
                .contains(new Acknowledgement(99, "no"));
    }

    @Test
    void readsTheEndOfAList() {
        assertThat(Acknowledgement.read(NetlinkMessages.only("14000000 0300 0200 04030201 00100000", "00000000")))
                .contains(new Acknowledgement(0, ""));
    }

    @Test
    void readsTheEndOfAListThatFailed() {
        assertThat(Acknowledgement.read(
                        NetlinkMessages.only("1c000000 0300 0202 04030201 00100000", "eaffffff", WORDS)))
                .contains(new Acknowledgement(22, "no"));
    }

    @Test
    void anErrorWithoutItsRequestHasNoWords() {
        assertThat(Acknowledgement.read(
                        NetlinkMessages.only("18000000 0200 0003 04030201 00100000", "9dffffff 28000000")))
                .contains(new Acknowledgement(99, ""));
    }

    @Test
    void anErrorWithoutANumberIsNone() {
        assertThat(Acknowledgement.read(NetlinkMessages.only("12000000 0200 0000 04030201 00100000", "0000")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "of a request of no length,  0200 0002, 00000000, 0700",
        "of a request too long,      0200 0002, 00ff0000, 0700",
        "of a request below nothing, 0200 0002, f0ffffff, 0700",
        "with words past their end,  0200 0003, 28000000, 0900",
    })
    void anErrorIsReadWithoutItsWords(String what, String flags, String requestBytes, String wordsBytes) {
        String request = requestBytes + "15000500 04030201 00000000";
        String words = wordsBytes + "0100 6e6f0000";

        assertThat(Acknowledgement.read(
                        NetlinkMessages.only("2c000000", flags, "04030201 00100000", "9dffffff", request, words)))
                .as(what)
                .contains(new Acknowledgement(99, ""));
    }
}
