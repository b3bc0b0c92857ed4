package dev.fetchwell.observe;

/**
 * An attempt begins.
 *
 * @param call which call
 * @param attempt its number, from 1
 */
public record AttemptStarted(CallInfo call, int attempt) {}
