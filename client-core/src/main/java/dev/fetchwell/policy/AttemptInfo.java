package dev.fetchwell.policy;

import java.time.Duration;

/**
 * What a {@link RequestFilter} is told of the attempt that it prepares.
 *
 * @param number of the attempt, from 1
 * @param remaining the time until the call's deadline
 * @param tag the low-cardinality name given to the call, or an empty string
 */
public record AttemptInfo(int number, Duration remaining, String tag) {}
