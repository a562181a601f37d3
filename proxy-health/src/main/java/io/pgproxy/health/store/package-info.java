/**
 * Hears what Patroni keeps in etcd. {@link io.pgproxy.health.store.PatroniStoreWatch} is the door; what the keys mean is
 * read in {@code decide}, and what follows from it is decided on the control thread. Everything here is confined to the
 * thread {@code patroni keys}, the event loop of a client of etcd that is health's own.
 */
@NullMarked
package io.pgproxy.health.store;

import org.jspecify.annotations.NullMarked;
