/**
 * Servers that misbehave on purpose, on loopback, for the tests of what the wire can do to a
 * client.
 */
@NullMarked
package dev.fetchwell.testserver;

import org.jspecify.annotations.NullMarked;
