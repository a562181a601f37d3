/**
 * End-to-end tests: the real jar in front of real etcd, Patroni and PostgreSQL, each host a container of the lab's
 * image. Faults are real ones, what counts is read from the databases and the clients, and nothing is gated on
 * milliseconds. They run with {@code lab/test} or, once {@code lab/build-image} has made the image, with
 * {@code mvn verify -Pit}. Only NewestPostgresIT has processes of this machine, on its loopback.
 */
@NullMarked
package io.pgproxy.it;

import org.jspecify.annotations.NullMarked;
