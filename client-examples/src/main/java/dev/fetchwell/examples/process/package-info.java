/** Processes that an example starts, to show what happens when one of them dies. */
@NullMarked
package dev.fetchwell.examples.process;

import org.jspecify.annotations.NullMarked;
