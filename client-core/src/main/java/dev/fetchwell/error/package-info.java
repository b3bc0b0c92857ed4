/**
 * The sealed tree of {@link dev.fetchwell.error.FetchError}: everything a call can end with but a
 * value.
 */
@NullMarked
package dev.fetchwell.error;

import org.jspecify.annotations.NullMarked;
