/**
 * The way to etcd, for whoever wants something of it.
 *
 * <p>{@link io.pgproxy.etcd.EtcdClient} is the door. Whoever asks makes a {@link io.pgproxy.etcd.Question} in etcd's own
 * words, and a {@code Search} puts it to one member after the other until one of them answers; {@code Endpoint} is one
 * member with its connection, {@code Clusters} knows which of them are of one cluster, and {@code Credentials} has the
 * token. A {@link io.pgproxy.etcd.Watch} hears what changes. The messages are jetcd's; why not its client as well is in
 * docs/adr/0013, and why this is a module is in docs/adr/0019.
 *
 * <p>Everything of one client is confined to its one event loop, but for {@code SecretFiles}, which reads files on a
 * thread of its own.
 */
@NullMarked
package io.pgproxy.etcd;

import org.jspecify.annotations.NullMarked;
