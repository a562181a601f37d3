package io.pgproxy.vip.etcd;

import com.google.protobuf.ByteString;

/**
 * Where in etcd those who share an address meet. Immutable.
 *
 * @param election who has the address now; bound to the holder's lease
 * @param record who had it last, without a lease
 */
record ElectionKeys(ByteString election, ByteString record) {
    /** @param group the name that all who share the address know it by */
    static ElectionKeys of(String group) {
        String folder = "/pgproxy/" + group + "/";
        return new ElectionKeys(
                ByteString.copyFromUtf8(folder + "election"), ByteString.copyFromUtf8(folder + "record"));
    }
}
