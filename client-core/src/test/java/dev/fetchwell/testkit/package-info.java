/** Time and threads that a test turns by hand, and calls that it makes up. */
@NullMarked
package dev.fetchwell.testkit;

import org.jspecify.annotations.NullMarked;
