package io.pgproxy.vip.etcd;

import com.google.protobuf.ByteString;
import io.pgproxy.etcd.UnreadableValue;
import io.pgproxy.vip.machine.Instance;
import io.pgproxy.vip.machine.Member;
import java.util.regex.Pattern;

/** What stands in the election key: who put it there. Stateless. */
final class HolderText {
    /** A host name of 253 characters, brackets and a port. */
    private static final Pattern MEMBER = Pattern.compile("[!-~]{1,261}");

    private static final Pattern BOOT = Pattern.compile("[0-9a-f]{16}");

    private HolderText() {}

    static ByteString of(Instance holder) {
        StringBuilder text = Lines.begin();
        append(text, holder);
        return ByteString.copyFromUtf8(text.toString());
    }

    static Instance read(ByteString value) throws UnreadableValue {
        Lines lines = new Lines(value);
        Instance holder = read(lines);
        lines.end();
        return holder;
    }

    static void append(StringBuilder text, Instance holder) {
        text.append("holder ").append(written(holder.member())).append('\n');
        text.append("boot ").append(String.format("%016x", holder.boot())).append('\n');
    }

    static Instance read(Lines lines) throws UnreadableValue {
        Member member = member(lines.next("holder"));
        String boot = lines.next("boot");
        if (!BOOT.matcher(boot).matches()) {
            throw new UnreadableValue("its boot is not 16 hexadecimal digits");
        }
        return new Instance(member, Long.parseUnsignedLong(boot, 16));
    }

    static Member member(String name) throws UnreadableValue {
        if (!MEMBER.matcher(name).matches()) {
            throw new UnreadableValue("it names a member as nobody is named");
        }
        return new Member(name);
    }

    /** @throws IllegalArgumentException for a name that nobody could read back */
    static String written(Member member) {
        if (!MEMBER.matcher(member.name()).matches()) {
            throw new IllegalArgumentException("'" + member.name() + "' cannot be the name of a member");
        }
        return member.name();
    }
}
