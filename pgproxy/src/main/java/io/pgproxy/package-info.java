@NullMarked
package io.pgproxy;

import org.jspecify.annotations.NullMarked;
