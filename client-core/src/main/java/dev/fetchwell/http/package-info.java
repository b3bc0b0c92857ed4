/** Immutable values of a call: request, response, type token. Nothing here touches the network. */
@NullMarked
package dev.fetchwell.http;

import org.jspecify.annotations.NullMarked;
