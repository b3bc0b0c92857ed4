/** Time, permits and threads. Not API. */
@NullMarked
package dev.fetchwell.internal.concurrent;

import org.jspecify.annotations.NullMarked;
