/** Immutable policies: what to retry, after which wait, and how often. */
@NullMarked
package dev.fetchwell.policy;

import org.jspecify.annotations.NullMarked;
