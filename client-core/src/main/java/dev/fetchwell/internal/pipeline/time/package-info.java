/** The time of calls, of attempts, and of silence in a body. */
@NullMarked
package dev.fetchwell.internal.pipeline.time;

import org.jspecify.annotations.NullMarked;
