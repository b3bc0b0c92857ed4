/** What a call costs without a network, measured by JMH. */
@NullMarked
package dev.fetchwell.examples.benchmark.facade;

import org.jspecify.annotations.NullMarked;
