package dev.fetchwell.http;

/**
 * A value together with the response that it was decoded from, for those who need its headers.
 *
 * @param value the value
 * @param response the response
 * @param <T> the value's type
 */
public record Decoded<T>(T value, FetchResponse response) {}
