/** Immutable policies: what to retry and when, how long to wait, how much to run at once. */
@NullMarked
package dev.fetchwell.policy;

import org.jspecify.annotations.NullMarked;
