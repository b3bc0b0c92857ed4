/** One stage per concern, wired in order by the client's builder. Not API. */
@NullMarked
package dev.fetchwell.internal.pipeline;

import org.jspecify.annotations.NullMarked;
