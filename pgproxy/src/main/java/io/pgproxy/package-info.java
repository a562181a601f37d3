/**
 * The program: {@link io.pgproxy.Main} is its entry, {@link io.pgproxy.PgProxy} builds every part and introduces them
 * to each other, the rest of the package is the command line and the way up and down. The only place that knows all the
 * others.
 */
@NullMarked
package io.pgproxy;

import org.jspecify.annotations.NullMarked;
