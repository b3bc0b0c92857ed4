package dev.fetchwell.observe;

/**
 * The adaptive limit of a host has changed, because of this call.
 *
 * @param call which call
 * @param host the host, with the port where it is not the scheme's own
 * @param from how many calls ran at once to it at most
 * @param to how many do now
 */
public record LimitChanged(CallInfo call, String host, int from, int to) {}
