/** Hearing and counting what a client does. */
@NullMarked
package dev.fetchwell.observe;

import org.jspecify.annotations.NullMarked;
