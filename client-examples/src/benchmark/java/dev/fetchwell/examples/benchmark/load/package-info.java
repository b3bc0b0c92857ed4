/** What a call costs over a network: a server and the clients, each in a process of its own. */
@NullMarked
package dev.fetchwell.examples.benchmark.load;

import org.jspecify.annotations.NullMarked;
