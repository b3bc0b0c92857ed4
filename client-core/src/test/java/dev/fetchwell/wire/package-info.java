/** What the client does over real sockets on loopback, with bad input and bad luck above all. */
@NullMarked
package dev.fetchwell.wire;

import org.jspecify.annotations.NullMarked;
