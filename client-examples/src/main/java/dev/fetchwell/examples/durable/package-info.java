/** The parts of DurableQueue: jobs in a table, and the process that does them. */
@NullMarked
package dev.fetchwell.examples.durable;

import org.jspecify.annotations.NullMarked;
