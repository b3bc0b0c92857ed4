package dev.fetchwell.examples.benchmark.client;

/** What every call decodes. */
public record User(long id, String name, String email) {}
