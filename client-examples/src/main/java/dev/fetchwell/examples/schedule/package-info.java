/** The parts of Scheduler: recurring work, kept in PostgreSQL or in memory. */
@NullMarked
package dev.fetchwell.examples.schedule;

import org.jspecify.annotations.NullMarked;
