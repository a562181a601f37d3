@NullMarked
package io.pgproxy.health;

import org.jspecify.annotations.NullMarked;
