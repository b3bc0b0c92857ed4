/** Time and threads that a test turns by hand. */
@NullMarked
package dev.fetchwell.testkit;

import org.jspecify.annotations.NullMarked;
