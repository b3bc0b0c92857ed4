package dev.fetchwell.examples.benchmark.facade;

/**
 * One way of calling in one round.
 *
 * @param reading {@code bytes} or {@code json}
 * @param way who calls
 * @param round counted from 1
 * @param micros of a call, from end to end
 * @param cpuMicros of the process, per call
 * @param bytes that were allocated per call
 */
public record FacadeSample(
    String reading, Way way, int round, double micros, double cpuMicros, double bytes) {

  /** Who calls; the names are those of the benchmark's methods. */
  public enum Way {
    Ours("Fetchwell"),
    Execute("raw OkHttp, execute on a thread of the same kind"),
    Enqueue("raw OkHttp, enqueue on its Dispatcher"),
    Failsafe("Failsafe over OkHttp"),
    Resilience4j("resilience4j by hand over OkHttp");

    private final String title;

    Way(String title) {
      this.title = title;
    }

    /** As in tables. */
    public String title() {
      return title;
    }
  }

  static FacadeSample of(String method, int round, double micros, double cpuMicros, double bytes) {
    String reading = method.startsWith("json") ? "json" : "bytes";
    Way way = Way.valueOf(method.substring(reading.length()));
    return new FacadeSample(reading, way, round, micros, cpuMicros, bytes);
  }
}
