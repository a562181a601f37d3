/**
 * Asks Patroni, decides, publishes the routing table.
 *
 * <p>{@link io.pgproxy.health.HealthService} is the way in. {@code decide} is the pure kernel: values in, values out,
 * the time among them. {@code ask} speaks to Patroni and to the resolver, {@code store} hears what Patroni keeps in
 * etcd. This package holds the one thread that owns the kernel's state and is the only publisher of the table.
 */
@NullMarked
package io.pgproxy.health;

import org.jspecify.annotations.NullMarked;
