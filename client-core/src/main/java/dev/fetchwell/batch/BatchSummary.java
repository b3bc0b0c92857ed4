package dev.fetchwell.batch;

import java.time.Duration;

/**
 * How a batch went.
 *
 * @param total items that were handled
 * @param succeeded items that succeeded
 * @param failed items that failed
 * @param elapsed from the batch's start to its end
 */
public record BatchSummary(long total, long succeeded, long failed, Duration elapsed) {}
