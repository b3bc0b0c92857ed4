/** Tests of streams. */
@NullMarked
package dev.fetchwell.stream;

import org.jspecify.annotations.NullMarked;
