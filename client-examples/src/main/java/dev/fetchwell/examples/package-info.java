/**
 * Programs that show what the client does; start with {@link dev.fetchwell.examples.Quickstart}.
 */
@NullMarked
package dev.fetchwell.examples;

import org.jspecify.annotations.NullMarked;
