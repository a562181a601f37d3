package io.pgproxy.vip.etcd;

import static io.pgproxy.etcd.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.etcd.EtcdMember;
import io.pgproxy.vip.machine.EtcdAnswer.Failed;
import io.pgproxy.vip.machine.EtcdAnswer.Seen;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A slip in the configuration: the second member is one of another cluster of etcd. */
@Timeout(60)
class OtherClusterTest {
    @TempDir
    Path folder;

    @TempDir
    Path otherFolder;

    @Test
    void anotherClusterIsNotAskedWhenOursIsSilent() throws Exception {
        try (EtcdMember ours = EtcdMember.alone(folder);
                EtcdMember other = EtcdMember.alone(otherFolder);
                Asking holder = Asking.at(ours.endpoint());
                Asking both = Asking.at(ours.endpoint(), other.endpoint())) {
            holder.ask(holder.claim(holder.grant(60), 0));
            eventually("our own cluster has answered", () -> seesTheKey(both));

            ours.freeze();

            assertThat(both.reads(5)).hasOnlyElementsOfType(Failed.class);
            ours.thaw();
            assertThat(both.seen()).isInstanceOf(Seen.class);
        }
    }

    private static boolean seesTheKey(Asking asking) {
        try {
            return asking.seen().key().isPresent();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
