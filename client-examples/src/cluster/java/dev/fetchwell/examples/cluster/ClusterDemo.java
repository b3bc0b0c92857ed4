package dev.fetchwell.examples.cluster;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.examples.quickstart.Report;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What the demo fetches from its {@link DemoHosts}, and what must then be true of the rows.
 *
 * @param hosts their base URLs
 * @param size how many URLs
 */
record ClusterDemo(List<String> hosts, int size) {

  private static final String NO_URL = "not a URL";

  /** How a URL of each kind ends: the type of its error, or nothing. */
  private static final Map<String, String> ERRORS =
      Map.of(
          "good",
          "",
          "flaky",
          "",
          "gone",
          "ClientStatusError",
          "reset",
          "ConnectionError",
          "stalled",
          "FetchTimeoutError",
          NO_URL,
          "InvalidRequestError");

  List<String> urls() {
    return IntStream.range(0, size).mapToObj(this::url).toList();
  }

  private String url(int number) {
    String host = hosts.get(number % hosts.size());
    String kind = kind(number);
    return switch (kind) {
      case NO_URL -> NO_URL + ": " + number;
      case "reset", "stalled" -> host + "/trouble/" + kind + "/" + number;
      default -> host + "/work/" + kind + "/" + number;
    };
  }

  private static String kind(int number) {
    if (number % 1_000 == 500) {
      return "stalled";
    }
    return switch (number % 100) {
      case 7, 57 -> "flaky";
      case 17, 67 -> "gone";
      case 27 -> "reset";
      case 37 -> NO_URL;
      default -> "good";
    };
  }

  /** Whether each is in the result once, and ended as it must. */
  void claimOutcomes(Report report, List<FetchRow> rows) {
    Set<String> fetched = rows.stream().map(FetchRow::url).collect(Collectors.toSet());
    report.claim(
        size + " URLs, " + rows.size() + " rows: each URL exactly once",
        rows.size() == size && fetched.equals(new HashSet<>(urls())));
    Map<String, Long> expected =
        IntStream.range(0, size)
            .mapToObj(number -> ERRORS.get(kind(number)))
            .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, counting()));
    Map<String, Long> ended =
        rows.stream().collect(Collectors.groupingBy(FetchRow::error, TreeMap::new, counting()));
    report.claim(
        "what failed is a row too, and the job went on: " + failures(ended),
        ended.equals(expected));
    List<FetchRow> flaky = rows.stream().filter(row -> row.url().contains("/work/flaky/")).toList();
    report.claim(
        flaky.size() + " answered 503 at first: the client tried again",
        !flaky.isEmpty() && flaky.stream().allMatch(row -> row.status() == 200));
  }

  /** Whether the limits held in the cluster as they do in one JVM. */
  void claimLimits(Report report, List<FetchRow> rows, int perHost) {
    Map<String, Set<Integer>> subtasks =
        rows.stream()
            .filter(row -> !row.url().startsWith(NO_URL))
            .collect(
                Collectors.groupingBy(
                    row -> URI.create(row.url()).getAuthority(),
                    Collectors.mapping(FetchRow::subtask, Collectors.toSet())));
    report.claim(
        hosts.size() + " hosts, each asked by one subtask only",
        subtasks.size() == hosts.size()
            && subtasks.values().stream().allMatch(those -> those.size() == 1));
    int most = counts().stream().mapToInt(HostCounts::mostAtOnce).max().orElseThrow();
    report.claim(
        "no host saw more than " + most + " requests at once (the limit is " + perHost + ")",
        most <= perHost);
  }

  /** Whether nothing was sent twice, as is true of a cluster in which no worker died. */
  void claimNothingSentAgain(Report report, List<FetchRow> rows) {
    Set<String> clients = clients(rows);
    report.claim(subtasks(rows) + " subtasks shared one client: " + clients, clients.size() == 1);
    int requests = requests();
    int attempts = rows.stream().mapToInt(FetchRow::attempts).sum();
    report.claim(
        "the hosts saw " + requests + " requests, as the rows' attempts say", requests == attempts);
  }

  /** What a real cluster did, in which a worker may have died. */
  void tell(Report report, List<FetchRow> rows) {
    report.done(subtasks(rows) + " subtasks with the clients " + clients(rows));
    int attempts = rows.stream().mapToInt(FetchRow::attempts).sum();
    int requests = requests();
    report.claim(
        requests + " requests, " + (requests - attempts) + " of them sent in vain",
        requests >= attempts);
  }

  private static Set<String> clients(List<FetchRow> rows) {
    return rows.stream().map(FetchRow::client).collect(Collectors.toCollection(TreeSet::new));
  }

  private static long subtasks(List<FetchRow> rows) {
    return rows.stream().map(FetchRow::subtask).distinct().count();
  }

  private int requests() {
    return counts().stream().mapToInt(HostCounts::requests).sum();
  }

  private List<HostCounts> counts() {
    try (AsyncHttpClient client = AsyncHttpClient.create()) {
      return hosts.stream()
          .map(host -> client.getJson(host + "/counts", HostCounts.class).join())
          .toList();
    }
  }

  private static String failures(Map<String, Long> ended) {
    return ended.entrySet().stream()
        .filter(entry -> !entry.getKey().isEmpty())
        .map(entry -> entry.getValue() + " " + entry.getKey())
        .collect(Collectors.joining(", "));
  }

  private static Collector<Object, ?, Long> counting() {
    return Collectors.counting();
  }

  /** What a host tells of itself. */
  record HostCounts(int requests, int mostAtOnce) {}
}
