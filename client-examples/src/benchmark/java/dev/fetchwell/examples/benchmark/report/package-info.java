/** What the measurements are shown as: tables, a CSV file and a plot. */
@NullMarked
package dev.fetchwell.examples.benchmark.report;

import org.jspecify.annotations.NullMarked;
