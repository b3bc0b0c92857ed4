/** Time, permits and threads. Not API. */
@NullMarked
package dev.fetchwell.internal.async;

import org.jspecify.annotations.NullMarked;
