package dev.fetchwell.examples.benchmark.report;

import dev.fetchwell.examples.benchmark.client.Clients;
import dev.fetchwell.examples.benchmark.load.LoadSample;
import java.util.List;

/** What a call costs under load, as tables in Markdown and as CSV. */
public final class LoadReport {

  private static final String OF_BASE = ", of " + Clients.BASE.title();

  private LoadReport() {}

  /** A table for each number of calls in flight. */
  public static String markdown(List<LoadSample> samples) {
    StringBuilder text = new StringBuilder();
    for (int level : LoadSummary.levels(samples)) {
      text.append(table(level, LoadSummary.at(level, samples)));
    }
    return text.toString();
  }

  private static String table(int level, List<LoadSummary> summaries) {
    long rounds = summaries.stream().mapToLong(s -> s.samples().size()).max().orElse(0);
    MarkdownTable table =
        new MarkdownTable(
            level + " in flight, rounds: " + rounds,
            "client",
            "CPU per call" + OF_BASE,
            "memory" + OF_BASE,
            "us CPU per call",
            "memory, MB",
            "heap after GC, MB",
            "GC, of CPU",
            "threads",
            "connections",
            "in flight at the server",
            "errors");
    for (LoadSummary summary : summaries) {
      table.row(
          summary.client().title(),
          summary.ratio(LoadSample::cpuMicrosPerCall).map(Spread::ratio).orElse("?"),
          summary.ratio(LoadSample::rssMegabytes).map(Spread::ratio).orElse("?"),
          MarkdownTable.number("%.1f", summary.median(LoadSample::cpuMicrosPerCall)),
          MarkdownTable.number("%.0f", summary.median(LoadSample::rssMegabytes)),
          MarkdownTable.number("%.0f", summary.median(LoadSample::heapMegabytes)),
          MarkdownTable.number("%.0f %%", 100 * summary.median(LoadSample::gcShare)),
          MarkdownTable.number("%.0f", summary.most(s -> s.measured().threads())),
          MarkdownTable.number("%.0f", summary.most(s -> s.served().connections())),
          MarkdownTable.number("%.0f", summary.most(s -> s.served().mostInFlight())),
          summary.errors() + " of " + summary.calls());
    }
    return table.toString();
  }

  /** A line per sample. */
  public static String csv(List<LoadSample> samples) {
    StringBuilder text =
        new StringBuilder(
            "client,inFlight,round,calls,errors,cpuUsPerCall,gcShare,heapMb,rssMb,threads,"
                + "seconds,servedRequests,servedInFlight,connections,firstError\n");
    for (LoadSample sample : samples) {
      text.append(
          MarkdownTable.csvLine(
              sample.client().id(),
              sample.inFlight(),
              sample.round(),
              sample.measured().calls(),
              sample.measured().errors(),
              sample.cpuMicrosPerCall(),
              sample.gcShare(),
              sample.heapMegabytes(),
              sample.rssMegabytes(),
              sample.measured().threads(),
              sample.measured().wallNanos() / 1e9,
              sample.served().requests(),
              sample.served().mostInFlight(),
              sample.served().connections(),
              sample.measured().firstError()));
    }
    return text.toString();
  }
}
