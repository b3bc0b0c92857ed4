/**
 * The server that the examples talk to: JSON resources, and every kind of trouble that a client
 * meets, on loopback.
 *
 * <p>{@link dev.fetchwell.examples.demo.DemoServer} is the entry point; a {@link
 * dev.fetchwell.examples.demo.Route} is one more thing that it can answer.
 */
@NullMarked
package dev.fetchwell.examples.demo;

import org.jspecify.annotations.NullMarked;
