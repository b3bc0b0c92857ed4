/** Calls as Reactor's and RxJava's types, and back. */
@NullMarked
package dev.fetchwell.examples.reactive;

import org.jspecify.annotations.NullMarked;
