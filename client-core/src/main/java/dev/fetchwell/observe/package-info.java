/** What a client tells of its calls, and what it counts. */
@NullMarked
package dev.fetchwell.observe;

import org.jspecify.annotations.NullMarked;
