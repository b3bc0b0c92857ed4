package dev.fetchwell.examples.demo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts requests per path, and how many ran at once below each path prefix. Thread-safe. */
final class Statistics {

  private final Map<String, Counter> counters = new HashMap<>();

  synchronized void begin(String path) {
    counter(path).requests++;
    for (String prefix = path; ; prefix = parent(prefix)) {
      Counter counter = counter(prefix);
      counter.requestsBelow++;
      counter.running++;
      counter.maxRunning = Math.max(counter.maxRunning, counter.running);
      if (prefix.equals("/")) {
        return;
      }
    }
  }

  synchronized void end(String path, boolean abandoned) {
    if (abandoned) {
      counter(path).abandoned++;
    }
    for (String prefix = path; ; prefix = parent(prefix)) {
      counter(prefix).running--;
      if (prefix.equals("/")) {
        return;
      }
    }
  }

  synchronized void closed(String path, int code) {
    counter(path).closeCodes.add(code);
  }

  synchronized List<Integer> closeCodes(String path) {
    return List.copyOf(counter(path).closeCodes);
  }

  synchronized int requests(String path) {
    return counter(path).requests;
  }

  synchronized int requestsBelow(String prefix) {
    return counter(prefix).requestsBelow;
  }

  synchronized int abandoned(String path) {
    return counter(path).abandoned;
  }

  synchronized int maxConcurrency(String prefix) {
    return counter(prefix).maxRunning;
  }

  /** Requests that are running now stay counted as running. */
  synchronized void reset() {
    for (Counter counter : counters.values()) {
      counter.requests = 0;
      counter.requestsBelow = 0;
      counter.abandoned = 0;
      counter.closeCodes.clear();
      counter.maxRunning = counter.running;
    }
  }

  private Counter counter(String path) {
    return counters.computeIfAbsent(path, p -> new Counter());
  }

  private static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash <= 0 ? "/" : path.substring(0, slash);
  }

  private static final class Counter {
    private int requests;
    private int requestsBelow;
    private int abandoned;
    private int running;
    private int maxRunning;
    private final List<Integer> closeCodes = new ArrayList<>();
  }
}
