/**
 * Asks etcd what the machine wants to know, and nothing of it decides who has the address.
 *
 * <p>{@link io.pgproxy.vip.etcd.EtcdLeaseClient} is the door. A call becomes one of the {@code Questions} in etcd's own
 * words; {@code HolderText} and {@code HoldingText} are what stands in the keys, and {@code KeyWatch} hears when the key
 * moves. The way there is {@link io.pgproxy.etcd}.
 *
 * <p>Everything here is confined to the client's event loop, the thread {@code etcd}.
 */
@NullMarked
package io.pgproxy.vip.etcd;

import org.jspecify.annotations.NullMarked;
