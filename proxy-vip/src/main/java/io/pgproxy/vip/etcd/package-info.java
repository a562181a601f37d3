/**
 * Asks etcd what the machine wants to know, and nothing of it decides who has the address.
 *
 * <p>{@link io.pgproxy.vip.etcd.EtcdLeaseClient} is the door. A call becomes a {@code Question} in etcd's own words, and
 * a {@code Search} asks one member after the other until one of them answers; {@code Endpoint} is one member with its
 * connection, and {@code Clusters} knows which of them are of one cluster. {@code HolderText} and {@code HoldingText} are what stands in the keys. {@code KeyWatch} hears when the key
 * moves. The messages are jetcd's; why not its client as well is in docs/adr/0013.
 *
 * <p>Everything here is confined to one event loop, the thread {@code etcd}, but for {@code SecretFiles}, which reads
 * files on a thread of its own.
 */
@NullMarked
package io.pgproxy.vip.etcd;

import org.jspecify.annotations.NullMarked;
