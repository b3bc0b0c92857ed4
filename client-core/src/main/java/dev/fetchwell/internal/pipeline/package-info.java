/**
 * What the stages of a call share; each concern has a package of its own below this one. Their
 * order is in {@code internal.call.Pipeline}. Not API.
 */
@NullMarked
package dev.fetchwell.internal.pipeline;

import org.jspecify.annotations.NullMarked;
