package io.pgproxy.vip.peer;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.pgproxy.vip.machine.Condition;
import io.pgproxy.vip.machine.Instance;
import io.pgproxy.vip.machine.Member;
import io.pgproxy.vip.machine.PeerMessage;
import java.nio.file.Path;

/** Who talks in the tests, and with which secrets. */
final class Members {
    static final String SECRET = "0123456789abcdef";
    static final Instance A = new Instance(new Member("10.0.0.1:7001"), 0x0102030405060708L);
    static final Instance B = new Instance(new Member("10.0.0.2:7001"), 0xfffefdfcfbfaf9f8L);
    static final PeerMessage HELLO = hello(A, B, 7);

    private Members() {}

    static PeerMessage hello(Instance from, Instance to, long seq) {
        return new PeerMessage.Hello(from, to, seq, new Condition(true, true, false, 100));
    }

    static PeerCodec codec(String group, String... secrets) {
        return new PeerCodec(group, secret(secrets));
    }

    static SharedSecret secret(String... lines) {
        try {
            return SharedSecret.parse(
                    Path.of("secret"), String.join("\n", lines).getBytes(US_ASCII));
        } catch (UnusableSecretException e) {
            throw new AssertionError(e);
        }
    }
}
