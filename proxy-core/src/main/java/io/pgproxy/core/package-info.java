@NullMarked
package io.pgproxy.core;

import org.jspecify.annotations.NullMarked;
