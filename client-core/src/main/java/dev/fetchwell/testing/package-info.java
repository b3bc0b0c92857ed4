/** For tests of code that calls: a server without a network, on time that the test moves. */
@NullMarked
package dev.fetchwell.testing;

import org.jspecify.annotations.NullMarked;
