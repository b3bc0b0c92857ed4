package dev.fetchwell.observe;

import dev.fetchwell.error.FetchError;
import org.jspecify.annotations.Nullable;

/**
 * An attempt ended. One that was given up, with its call or because another one beside it has
 * answered, has status 0 and no error.
 *
 * @param call which call
 * @param attempt its number, from 1
 * @param status the status that came, or 0 if none did
 * @param error why it failed, or null
 */
public record AttemptEnded(CallInfo call, int attempt, int status, @Nullable FetchError error) {}
