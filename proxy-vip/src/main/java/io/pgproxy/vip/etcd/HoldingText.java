package io.pgproxy.vip.etcd;

import com.google.protobuf.ByteString;
import io.pgproxy.etcd.UnreadableValue;
import io.pgproxy.vip.machine.Holding;
import io.pgproxy.vip.machine.Instance;
import io.pgproxy.vip.machine.Member;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/** What stands in the record: who held the address last, who may, and how it ended. Stateless. */
final class HoldingText {
    private static final int MAX_MEMBERS = 16;

    private HoldingText() {}

    static ByteString of(Holding holding) {
        StringBuilder text = Lines.begin();
        HolderText.append(text, holding.holder());
        text.append("released ").append(holding.released() ? "yes" : "no").append('\n');
        for (Member member : holding.members()) {
            text.append("member ").append(HolderText.written(member)).append('\n');
        }
        return ByteString.copyFromUtf8(text.toString());
    }

    static Holding read(ByteString value) throws UnreadableValue {
        Lines lines = new Lines(value);
        Instance holder = HolderText.read(lines);
        boolean released = released(lines.next("released"));
        SortedSet<Member> members = new TreeSet<>();
        while (lines.isNext("member")) {
            if (!members.add(HolderText.member(lines.next("member"))) || members.size() > MAX_MEMBERS) {
                throw new UnreadableValue("it names a member twice, or more than " + MAX_MEMBERS);
            }
        }
        lines.end();
        if (members.isEmpty()) {
            throw new UnreadableValue("it names no member");
        }
        return new Holding(holder, Collections.unmodifiableSortedSet(members), released);
    }

    private static boolean released(String word) throws UnreadableValue {
        return switch (word) {
            case "yes" -> true;
            case "no" -> false;
            default -> throw new UnreadableValue("its 'released' is neither yes nor no");
        };
    }
}
