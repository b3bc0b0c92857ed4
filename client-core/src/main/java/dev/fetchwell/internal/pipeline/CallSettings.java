package dev.fetchwell.internal.pipeline;

import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.policy.Timeouts;

/**
 * What one call goes by: the client's settings with the call's own on top. Immutable.
 *
 * @param timeouts its time limits
 * @param retry what is tried again
 * @param maxResponseBytes the largest body kept in memory
 * @param streaming whether a good body is handed over open
 * @param keepsErrorBody whether the whole body of a last response with an error status is wanted
 * @param followsRedirects whether a redirect is followed or is the answer
 * @param tag its name for metrics, or an empty string
 */
public record CallSettings(
    Timeouts timeouts,
    RetryPolicy retry,
    long maxResponseBytes,
    boolean streaming,
    boolean keepsErrorBody,
    boolean followsRedirects,
    String tag) {}
