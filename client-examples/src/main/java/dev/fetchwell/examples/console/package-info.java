/** What the examples have in common: the command line and a progress bar. */
@NullMarked
package dev.fetchwell.examples.console;

import org.jspecify.annotations.NullMarked;
