/** How often attempts are sent: the client's own limits, and limiters of its caller's. */
@NullMarked
package dev.fetchwell.internal.pipeline.rate;

import org.jspecify.annotations.NullMarked;
