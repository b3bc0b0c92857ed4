/** Turning values into JSON and back; Jackson 3 by default. */
@NullMarked
package dev.fetchwell.json;

import org.jspecify.annotations.NullMarked;
