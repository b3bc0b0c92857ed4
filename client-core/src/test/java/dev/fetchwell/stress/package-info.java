/** What only shows under load. Bounded: all of it takes less than two minutes. */
@NullMarked
package dev.fetchwell.stress;

import org.jspecify.annotations.NullMarked;
