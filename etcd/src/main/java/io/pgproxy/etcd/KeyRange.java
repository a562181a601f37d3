package io.pgproxy.etcd;

import com.google.protobuf.ByteString;

/**
 * Keys of etcd that are read or watched together. Immutable.
 *
 * @param key the first of them
 * @param end the first that is not one of them any more; empty where {@code key} is the only one
 */
public record KeyRange(ByteString key, ByteString end) {
    /** One key. */
    public static KeyRange of(ByteString key) {
        return new KeyRange(key, ByteString.EMPTY);
    }

    /**
     * Every key that begins so.
     *
     * @param prefix at least one character
     */
    public static KeyRange below(String prefix) {
        byte[] end = ByteString.copyFromUtf8(prefix).toByteArray();
        end[end.length - 1]++; // no text in UTF-8 ends with the byte that would overflow
        return new KeyRange(ByteString.copyFromUtf8(prefix), ByteString.copyFrom(end));
    }
}
