/**
 * One call from request to future: the engine, the pipeline's order, what a client and a request
 * are made of. Not API.
 */
@NullMarked
package dev.fetchwell.internal.call;

import org.jspecify.annotations.NullMarked;
